#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as one ES module for node and browsers: `predict(record)` takes a record as the HTTP
/// API does and gives `{prediction, probabilities}`; `features` and `classes` say what there is.
/// What stands in it can be inlined in a page: names and categories from the data are escaped.
std::string javascript_source(const model::Model& model, const ExportOptions& options = {});

/// A JavaScript string literal of UTF-8, without "<", so that no text ends a script of a page.
std::string javascript_string(std::string_view text);

}  // namespace mlserve::exporters
