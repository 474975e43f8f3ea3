#pragma once

#include "model/model.hpp"
#include "server/openapi_template.hpp"

namespace mlserve::server {

/// JSON Schemas (2020-12) of what one model takes and answers, for the gaps of openapi_models.json:
/// "record", "columns", "feature_name", "value", "margin", "output_names", "signature_names", and
/// of classes "probabilities".
///
/// They say what a client should send. What more is understood, such as numbers in quotes, they do
/// not say; but no value that a model answers to as such is ruled out: not null where a value may
/// be missing, nor categories that training has not seen.
void add_model_schemas(const model::Model& model, TemplateFilling& filling);

}  // namespace mlserve::server
