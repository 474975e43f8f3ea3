#include "server/open_inference_infer.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "data/json_writer.hpp"
#include "features/json_document.hpp"
#include "server/json_body.hpp"
#include "server/media_type.hpp"
#include "server/open_inference_metadata.hpp"
#include "server/open_inference_request.hpp"
#include "server/open_inference_rows.hpp"
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

void write_output(JsonWriter& json, Output output, const features::Target& target,
                  const Prediction& prediction) {
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
  const pipeline::PredictionText& text = prediction.text();
  if (prediction.rows() > 0) json.raw(is_predict ? text.predictions : text.probabilities);
  json.end_array().end_object();
}

std::string answer_text(const ServedModel& served, const InferRequest& infer,
                        const Prediction& prediction) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("model_name").string(served.name());
  json.key("model_version").string(served.version());
  if (infer.id) json.key("id").string(*infer.id);
  json.key("outputs").begin_array();
  for (const Output output : infer.outputs) {
    write_output(json, output, served.model().schema.target, prediction);
  }
  json.end_array().end_object();
  text += '\n';
  return text;
}

/// The layout of what the outputs need.
pipeline::OutputLayout layout_of(const std::vector<Output>& outputs) {
  pipeline::OutputLayout layout;
  layout.probabilities = std::ranges::find(outputs, Output::predict_proba) != outputs.end();
  layout.probability_form = pipeline::ProbabilityForm::flat;
  return layout;
}

}  // namespace

Response infer(const Request& request, const ServedModel& served, std::size_t max_rows) {
  require_json(request);
  const ScratchLease scratch(request, served);
  const auto body = json_body(request.body, *scratch, features::NanTokens::refuse);
  const features::JsonRowBuilder& builder = scratch->parser.builder();
  ProblemList problems;
  InferRequest infer = parse_request(body, served.model().schema, builder, problems);
  if (!problems.empty()) return problems.response();
  if (infer.rows > max_rows) throw TooManyRows(max_rows);
  features::JsonDocument decoded;
  decode_base64_inputs(infer, decoded, problems);
  append_rows(infer, builder, scratch->parsed);
  add_row_problems(infer, scratch->parsed.problems, problems);
  if (!problems.empty()) return problems.response();
  Prediction prediction(request, served, *scratch, {layout_of(infer.outputs)}, max_rows);
  prediction.score();
  return prediction.answer("application/json", answer_text(served, infer, prediction));
}

}  // namespace mlserve::server::open_inference
