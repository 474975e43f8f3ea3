#include "server/tensorflow_signatures.hpp"

#include <string>

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlserve::server {
namespace {

bool is_for(std::string_view signature, std::string_view verb) {
  return signature == kDefaultSignature || signature == verb ||
         signature == "tensorflow/serving/" + std::string(verb);
}

Error unknown(std::string_view signature, std::string_view known) {
  return Error(ErrorKind::invalid_argument,
               "no signature '" + shown(signature) + "' here, but " + std::string(known));
}

}  // namespace

bool gives_probabilities(std::string_view signature, const model::Model& model) {
  const bool has_classes = !model.schema.target.classes.empty();
  if (has_classes && signature == kProbabilitySignature) return true;
  if (is_for(signature, "predict")) return false;
  throw unknown(signature, has_classes ? "serving_default, predict_proba" : "serving_default");
}

void require_signature(std::string_view signature, std::string_view verb) {
  if (!is_for(signature, verb)) throw unknown(signature, kDefaultSignature);
}

}  // namespace mlserve::server
