#include "server/invocations_route.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/version.hpp"
#include "server/json_body.hpp"
#include "server/json_layouts.hpp"
#include "server/media_type.hpp"
#include "server/model_lookup.hpp"
#include "server/prediction.hpp"
#include "server/prediction_error.hpp"
#include "server/prediction_route.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

namespace dom = simdjson::dom;
using features::ValueForm;
using pipeline::FileFormat;
using Scratch = ServedModel::Scratch;

constexpr ErrorShape kShape = ErrorShape::mlflow;

using Append = RowPointer (*)(const RowsMember&, Scratch&, std::size_t max_rows);

/// The members of a body that hold rows, of which it has exactly one.
constexpr std::array<std::pair<std::string_view, Append>, 4> kLayouts = {
    {{"dataframe_split", append_split},
     {"dataframe_records",
      [](const RowsMember& rows, Scratch& scratch, std::size_t max_rows) {
        return append_records(rows, ValueForm::plain, scratch, max_rows);
      }},
     {"instances",
      [](const RowsMember& rows, Scratch& scratch, std::size_t max_rows) {
        return append_rows(rows, ValueForm::tensor, scratch, max_rows);
      }},
     {"inputs", [](const RowsMember& rows, Scratch& scratch, std::size_t max_rows) {
        return append_columns_or_rows(rows, ValueForm::tensor, scratch, max_rows);
      }}}};

RowPointer append_body(dom::object body, Scratch& scratch, std::size_t max_rows) {
  std::optional<RowsMember> rows;
  Append append = nullptr;
  for (const auto& [name, append_layout] : kLayouts) {
    const auto value = member(body, name);
    if (!value) continue;
    if (rows) {
      throw Malformed("the body has '" + rows->name + "' and '" + std::string(name) +
                      "', but rows stand in one of them");
    }
    rows = {std::string(name), *value};
    append = append_layout;
  }
  if (!rows) {
    throw Malformed("the body has none of dataframe_split, dataframe_records, instances, inputs");
  }
  return append(*rows, scratch, max_rows);
}

/// `"params": {"probabilities": true}`, or as MLflow's own examples of a model with parameters have
/// it, {"predict_method": "predict_proba"}. Other parameters are ignored, as there.
bool wants_probabilities(dom::object body) {
  const auto value = member(body, "params");
  if (!value) return false;
  const dom::object params = require_object(*value, "params");
  const auto method = member(params, "predict_method");
  if (!method) return flag_member(params, "probabilities");
  const std::string_view name = require_string(*method, "predict_method");
  if (name == "predict_proba") return true;
  if (name != "predict") throw Malformed("'predict_method' is neither predict nor predict_proba");
  return flag_member(params, "probabilities");
}

FileFormat request_format(const Request& request) {
  const std::string_view type = request.header("Content-Type");
  const auto format = body_format(type);
  if (!format || *format == FileFormat::jsonl || has_other_parameters(type)) {
    throw Refusal(415, "send application/json or text/csv, in UTF-8, without other parameters");
  }
  return *format;
}

/// SageMaker's clients may ask for CSV.
FileFormat answer_format(const Request& request) {
  const auto format = accepted_format(request.header("Accept"));
  if (!format || *format == FileFormat::jsonl) {
    throw Refusal(406, "answers are application/json or text/csv");
  }
  return *format;
}

Response write_answer(Prediction& prediction, const pipeline::OutputLayout& layout,
                      const RowPointer& pointer) {
  if (!prediction.problems().empty()) {
    return refuse_problems(kShape, prediction.problems(), pointer);
  }
  const pipeline::PredictionText& text = prediction.text();
  if (layout.format == FileFormat::csv) return prediction.answer("text/csv", text.rows);
  const std::string& items = layout.probabilities ? text.probabilities : text.predictions;
  return prediction.answer("application/json", "{\"predictions\":[" + items + "]}\n");
}

Response answer_invocations(const Request& request, const ServedModel& served,
                            const RouteOptions& options) {
  const FileFormat format = request_format(request);
  PredictionWish wish;
  wish.layout.format = answer_format(request);
  wish.layout.probability_form = pipeline::ProbabilityForm::list;
  const ScratchLease scratch(request, served);
  if (format == FileFormat::csv) {
    Prediction prediction(request, served, *scratch, wish, options.sync_limit);
    prediction.score_body(format);
    return write_answer(prediction, wish.layout, [](std::size_t row, std::string_view field) {
      return body_pointer(true, row, field);
    });
  }
  const dom::object body = json_body(request.body, *scratch, options.nan_tokens);
  wish.layout.probabilities = wants_probabilities(body);
  const RowPointer pointer = append_body(body, *scratch, options.sync_limit);
  Prediction prediction(request, served, *scratch, wish, options.sync_limit);
  prediction.score();
  return write_answer(prediction, wish.layout, pointer);
}

Route probe(const Service& service, std::string path) {
  const auto answer = [&service](const Request& request) {
    const int status = model_for(service, request) ? 200 : 404;
    return Response{status, "application/json", "\n", {}};
  };
  return {"GET", std::move(path), answer, {}, 0, Scope::none};
}

}  // namespace

std::vector<Route> invocations_routes(const Service& service, const RouteOptions& options) {
  const auto version = [](const Request&) {
    return Response{200, "text/plain; charset=utf-8", std::string(kVersion) + "\n", {}};
  };
  return {probe(service, "/ping"),
          probe(service, "/health"),
          {"GET", "/version", version, {}, 0, Scope::none},
          prediction_route(service, options, kShape, "/invocations",
                           [options](const Request& request, const ServedModel& served) {
                             return answer_invocations(request, served, options);
                           })};
}

}  // namespace mlserve::server
