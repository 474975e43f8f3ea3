#include "server/open_inference_infer.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "data/json_writer.hpp"
#include "features/json_document.hpp"
#include "server/error_shape.hpp"
#include "server/media_type.hpp"
#include "server/open_inference_metadata.hpp"
#include "server/open_inference_request.hpp"
#include "server/prediction.hpp"
#include "server/prediction_error.hpp"
#include "server/refusal.hpp"

namespace mlserve::server::open_inference {
namespace {

using data::JsonWriter;

void require_json(const Request& request) {
  // Triton's clients: the length of the JSON in front of the bytes of the tensors.
  if (!request.header("Inference-Header-Content-Length").empty()) {
    throw Refusal(415, "binary tensors are not taken here; send the data of each tensor as JSON");
  }
  if (body_format(request.header("Content-Type")) != pipeline::FileFormat::json) {
    throw Refusal(415, "send application/json, in UTF-8");
  }
  if (!accepts_json(request.header("Accept"))) throw Refusal(406, "answers are application/json");
}

simdjson::dom::element read_body(const Request& request, features::JsonDocument& document) {
  try {
    return document.read(request.body);
  } catch (const Error& error) {
    throw Malformed(std::string("the body ") + error.what());
  }
}

/// The probability of each class, row by row.
void write_probabilities(JsonWriter& json, const model::Scores& scores, std::size_t classes) {
  for (std::size_t i = 0; i < scores.rows(); ++i) {
    for (std::size_t k = 0; k < classes; ++k) json.number(model::probability(scores.row(i), k));
  }
}

void write_output(JsonWriter& json, Output output, const features::Target& target,
                  const Prediction& prediction, const model::Scores& scores) {
  const bool is_predict = output == Output::predict;
  const std::size_t columns = is_predict ? 1 : target.classes.size();
  const std::string_view datatype = datatype_of(output, target);
  json.begin_object().key("name").string(output_name(output)).key("shape").begin_array();
  json.integer(static_cast<long long>(prediction.rows()));
  json.integer(static_cast<long long>(columns));
  json.end_array().key("datatype").string(datatype);
  // Into what Python clients turn it.
  json.key("parameters").begin_object().key("content_type");
  json.string(datatype == "BYTES" ? "str" : "np").end_object().key("data").begin_array();
  if (!is_predict) {
    write_probabilities(json, scores, columns);
  } else if (prediction.rows() > 0) {
    json.raw(prediction.text().predictions);
  }
  json.end_array().end_object();
}

std::string answer_text(const ServedModel& served, const InferRequest& infer,
                        const Prediction& prediction, const model::Scores& scores) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("model_name").string(served.name());
  json.key("model_version").string(served.version());
  if (infer.id) json.key("id").string(*infer.id);
  json.key("outputs").begin_array();
  for (const Output output : infer.outputs) {
    write_output(json, output, served.model().schema.target, prediction, scores);
  }
  json.end_array().end_object();
  text += '\n';
  return text;
}

Response answer(const Request& request, const ServedModel& served, std::size_t max_rows) {
  require_json(request);
  const ScratchLease scratch(request, served);
  const features::Schema& schema = served.model().schema;
  const features::JsonRowBuilder& builder = scratch->parser.builder();
  ProblemList problems;
  InferRequest infer =
      parse_request(read_body(request, scratch->parser.document()), schema, builder, problems);
  if (!problems.empty()) return problems.response();
  if (infer.rows > max_rows) throw TooManyRows(max_rows);
  features::JsonDocument decoded;
  decode_base64_inputs(infer, decoded, problems);
  append_rows(infer, builder, scratch->parsed);
  add_row_problems(infer, scratch->parsed.problems, problems);
  if (!problems.empty()) return problems.response();
  Prediction prediction(request, served, *scratch, {}, max_rows);
  prediction.score();
  return prediction.answer("application/json",
                           answer_text(served, infer, prediction, scratch->scored.scores));
}

}  // namespace

Response infer(const Request& request, const ServedModel& served, std::size_t max_rows) {
  try {
    return answer(request, served, max_rows);
  } catch (const Error& error) {
    return prediction_error(ErrorShape::error_member, error);
  }
}

}  // namespace mlserve::server::open_inference
