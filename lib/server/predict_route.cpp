#include "server/predict_route.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "data/json_writer.hpp"
#include "pipeline/describe.hpp"
#include "server/media_type.hpp"
#include "server/prediction.hpp"
#include "server/prediction_error.hpp"
#include "server/query.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

using pipeline::FileFormat;

/// Puts "warnings" at the end of a JSON object: counts by feature, where there are any.
void add_warnings(const features::Schema& schema, const Prediction& prediction,
                  std::string& document) {
  document.resize(document.rfind('}'));
  std::string text;
  data::JsonWriter json(text);
  pipeline::write_value_warnings(json, schema, prediction.warnings());
  document += ",\"warnings\":" + text + "}\n";
}

/// Scores the body, which is true for a list of records and false for a single one.
bool score_body(const Request& request, const PredictQuery& query, std::size_t max_rows,
                ServedModel::Scratch& scratch, Prediction& prediction) {
  if (query.format != FileFormat::json) {
    prediction.score_body(query.format);
    return true;
  }
  bool in_list = true;
  try {
    in_list = scratch.parser.parse(request.body, scratch.parsed, max_rows);
  } catch (const Error& error) {
    throw Malformed(std::string("the body ") + error.what());
  }
  prediction.score();
  return in_list;
}

Response answer(const Request& request, const ServedModel& served, const PredictQuery& query,
                std::size_t max_rows) {
  const ScratchLease scratch(request, served);
  Prediction prediction(
      request, served, *scratch,
      {{FileFormat::json, query.probabilities, query.explain, {}}, query.warnings}, max_rows);
  const bool in_list = score_body(request, query, max_rows, *scratch, prediction);
  if (!prediction.problems().empty()) {
    return refuse_problems(ErrorShape::problem_details, prediction.problems(),
                           [in_list](std::size_t row, std::string_view field) {
                             return body_pointer(in_list, row, field);
                           });
  }
  std::string document = prediction.formatter().document(prediction.text());
  if (query.warnings) add_warnings(served.model().schema, prediction, document);
  return prediction.answer("application/json", std::move(document));
}

}  // namespace

PredictQuery predict_query(const Request& request) {
  const auto format = body_format(request.header("Content-Type"));
  if (!format) {
    throw Refusal(415, "send application/json, application/x-ndjson or text/csv, in UTF-8");
  }
  return {*format, query_flag(request, "probabilities"), query_flag(request, "explain"),
          query_flag(request, "warnings")};
}

std::optional<Response> answer_predict(const Request& request, const ServedModel& served,
                                       std::size_t max_rows) {
  try {
    const PredictQuery query = predict_query(request);
    if (!accepts_json(request.header("Accept"))) throw Refusal(406, "answers are application/json");
    return answer(request, served, query, max_rows);
  } catch (const TooManyRows&) {
    return std::nullopt;
  } catch (const Error& error) {
    return prediction_error(ErrorShape::problem_details, error);
  }
}

}  // namespace mlserve::server
