#pragma once

#include <string_view>

#include "model/model.hpp"

namespace mlserve::server {

// A model of TensorFlow has signatures: what it can be asked. Ours have one for the answer and, of
// classes, one for the probabilities.
inline constexpr std::string_view kDefaultSignature = "serving_default";
inline constexpr std::string_view kProbabilitySignature = "predict_proba";

/// Whether :predict by this signature gives probabilities. Throws Error(invalid_argument) for one
/// that the model has not.
bool gives_probabilities(std::string_view signature, const model::Model& model);

/// Throws Error(invalid_argument) for a signature that is not for `verb`: neither the default one,
/// nor the verb, nor "tensorflow/serving/<verb>".
void require_signature(std::string_view signature, std::string_view verb);

}  // namespace mlserve::server
