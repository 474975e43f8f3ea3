#include "exporters/source_code.hpp"

#include "exporters/c_source.hpp"
#include "exporters/cpp_source.hpp"
#include "exporters/javascript_source.hpp"

namespace mlserve::exporters {

std::string source_code(const model::Model& model, const ExportOptions& options) {
  switch (options.language) {
    case Language::c:
      return c_source(model, options);
    case Language::cpp:
      return cpp_source(model, options);
    case Language::javascript:
      return javascript_source(model, options);
  }
  return {};
}

}  // namespace mlserve::exporters
