#include "exporters/exporter.hpp"

#include <array>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "exporters/bundle.hpp"
#include "exporters/columns.hpp"
#include "exporters/onnx.hpp"
#include "exporters/pmml.hpp"
#include "exporters/source_code.hpp"
#include "exporters/sql.hpp"
#include "exporters/weights_json.hpp"

namespace mlserve::exporters {

std::span<const Exporter> exporters() {
  // name, half a line for --help, is text, is executable
  static constexpr std::array kExporters = {
      Exporter{"onnx", "a graph from raw values to answers", false, false, &onnx_model},
      Exporter{"pmml", "a PMML 4.4 document with a regression model", true, false, &pmml},
      Exporter{"sql", "a SELECT that scores a table", true, false, &sql_select},
      Exporter{"c", "source code with a predict function", true, false, &source_code},
      Exporter{"json", "the weights by feature", true, false, &weights_json},
      Exporter{"columns", "the columns of the design matrix as a list", true, false, &columns_json},
      Exporter{"bundle", "this program with the model in it", false, true, &bundle},
  };
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
