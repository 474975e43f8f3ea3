#include "server/tensorflow_predict.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "server/json_body.hpp"
#include "server/json_layouts.hpp"
#include "server/prediction.hpp"
#include "server/prediction_error.hpp"
#include "server/tensorflow_signatures.hpp"

namespace mlserve::server {
namespace {

namespace dom = simdjson::dom;
using features::ValueForm;
using pipeline::ProbabilityForm;
using Scratch = ServedModel::Scratch;

/// Scores the rows in the scratch; {"key": [items]}, where the items are those that `wish` is for.
Response answer_rows(const Request& request, const ServedModel& served, Scratch& scratch,
                     const PredictionWish& wish, std::size_t max_rows, std::string_view key,
                     const RowPointer& pointer) {
  Prediction prediction(request, served, scratch, wish, max_rows);
  prediction.score();
  if (!prediction.problems().empty()) {
    return refuse_problems(ErrorShape::error_member, prediction.problems(), pointer);
  }
  const pipeline::PredictionText& text = prediction.text();
  const std::string& items = wish.layout.probabilities ? text.probabilities : text.predictions;
  return prediction.answer("application/json", "{\"" + std::string(key) + "\":[" + items + "]}\n");
}

/// What :classify and :regress have in common.
Response answer_examples(const Request& request, const ServedModel& served, Scratch& scratch,
                         dom::object body, const PredictionWish& wish, std::size_t max_rows) {
  const auto examples = member(body, "examples");
  if (!examples) throw Malformed("the body has no 'examples'");
  std::optional<dom::object> context;
  if (const auto value = member(body, "context")) context = require_object(*value, "context");
  const RowPointer pointer = append_records({"examples", *examples}, ValueForm::tensor, scratch,
                                            max_rows, context ? &*context : nullptr);
  return answer_rows(request, served, scratch, wish, max_rows, "results", pointer);
}

/// The signature that a body asks for; that of the model's answer when it asks for none.
std::string_view signature_of(dom::object body) {
  const auto name = member(body, "signature_name");
  return name ? require_string(*name, "signature_name") : kDefaultSignature;
}

}  // namespace

Response answer_tensorflow_predict(const Request& request, const ServedModel& served,
                                   const RouteOptions& options) {
  const ScratchLease scratch(request, served);
  const dom::object body = json_body(request.body, *scratch, options.nan_tokens);
  const auto instances = member(body, "instances");
  const auto inputs = member(body, "inputs");
  if (instances.has_value() == inputs.has_value()) {
    throw Malformed(instances ? "the body has 'instances' and 'inputs', but rows stand in one"
                              : "the body has neither 'instances' nor 'inputs'");
  }
  PredictionWish wish;
  wish.layout.probability_form = ProbabilityForm::list;
  wish.layout.probabilities = gives_probabilities(signature_of(body), served.model());
  if (const auto parameters = member(body, "parameters")) {
    wish.layout.probabilities |=
        flag_member(require_object(*parameters, "parameters"), "probabilities");
  }
  const RowPointer pointer =
      instances
          ? append_rows({"instances", *instances}, ValueForm::tensor, *scratch, options.sync_limit)
          : append_columns_or_rows({"inputs", *inputs}, ValueForm::tensor, *scratch,
                                   options.sync_limit);
  return answer_rows(request, served, *scratch, wish, options.sync_limit,
                     instances ? "predictions" : "outputs", pointer);
}

Response answer_tensorflow_classify(const Request& request, const ServedModel& served,
                                    const RouteOptions& options) {
  const ScratchLease scratch(request, served);
  const dom::object body = json_body(request.body, *scratch, options.nan_tokens);
  require_signature(signature_of(body), "classify");
  PredictionWish wish;
  wish.layout.probabilities = true;
  wish.layout.probability_form = ProbabilityForm::pairs;
  return answer_examples(request, served, *scratch, body, wish, options.sync_limit);
}

Response answer_tensorflow_regress(const Request& request, const ServedModel& served,
                                   const RouteOptions& options) {
  if (!served.model().schema.target.classes.empty()) {
    throw Error(ErrorKind::invalid_argument, "a model of classes has :predict and :classify");
  }
  const ScratchLease scratch(request, served);
  const dom::object body = json_body(request.body, *scratch, options.nan_tokens);
  require_signature(signature_of(body), "regress");
  return answer_examples(request, served, *scratch, body, {}, options.sync_limit);
}

}  // namespace mlserve::server
