#pragma once

#include "server/openapi_template.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// Two rows that the model answers, in the layout of every protocol, and what it answers: for the
/// gaps "example_…" of openapi_models.json.
///
/// They are made up of means and the most frequent categories. A row of the training data, such as
/// the golden ones, may be about somebody.
void add_model_examples(const ServedModel& served, TemplateFilling& filling);

}  // namespace mlserve::server
