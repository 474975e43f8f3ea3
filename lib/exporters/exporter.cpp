#include "exporters/exporter.hpp"

#include <array>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "exporters/c_source.hpp"
#include "exporters/columns.hpp"

namespace mlserve::exporters {

std::span<const Exporter> exporters() {
  static constexpr std::array<Exporter, 2> kExporters = {{
      {"columns", "the columns of the design matrix as a JSON list", true, false, &columns_json},
      {"c", "one C99 file with a predict function", true, false, &c_source},
  }};
  return kExporters;
}

const Exporter& find_exporter(std::string_view name) {
  std::vector<std::string> names;
  for (const Exporter& exporter : exporters()) {
    if (exporter.name == name) return exporter;
    names.emplace_back(exporter.name);
  }
  throw Error(ErrorKind::invalid_argument,
              "no export format '" + shown(name) + "' (formats are: " + join(names) + ")");
}

}  // namespace mlserve::exporters
