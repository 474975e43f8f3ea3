#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// `options.program`, the executable of mlserve, with the model behind it (model/bundle_file.hpp):
/// run under any name it is mlserve, with that model in place of model.json. It needs the shared
/// libraries that the program needs. Throws as read_file for the program.
std::string bundle(const model::Model& model, const ExportOptions& options);

}  // namespace mlserve::exporters
