#include "exporters/c_driver.hpp"

#include <cstddef>
#include <vector>

#include "exporters/c_body.hpp"
#include "exporters/c_names.hpp"
#include "exporters/driver.c.hpp"

namespace mlserve::exporters {
namespace {

/// Statements that ask the export and print what it says.
std::string ask(const model::Model& model, bool is_cpp) {
  const std::size_t classes = model.schema.target.classes.size();
  const std::string row = is_cpp ? "(row)" : "(&row";
  if (classes == 0)
    return "    printf(\"0 %.17g\\n\", predict" + row + (is_cpp ? "" : ")") + ");\n";
  const std::size_t width = model.intercepts.size();
  std::string text;
  if (is_cpp) {
    text = "    const auto answer = predict(row);\n    printf(\"%d\", answer.label);\n";
  } else {
    text = "    double p[" + std::to_string(width) + "];\n";
    text += "    const int label = predict(&row, p);\n    printf(\"%d\", label);\n";
  }
  for (std::size_t k = 0; k < width; ++k) {
    const std::string at = "[" + std::to_string(is_cpp && width == 1 ? 1 : k) + "]";
    text += "    printf(\" %.17g\", " + (is_cpp ? "answer.probabilities" + at : "p" + at) + ");\n";
  }
  return text + "    printf(\"\\n\");\n";
}

}  // namespace

std::string c_driver(const model::Model& model, const ExportOptions& options,
                     std::string_view source) {
  const bool is_cpp = options.language == Language::cpp;
  const std::vector<features::Feature>& features = model.schema.features;
  const std::vector<std::string> members = member_names(features);
  std::string text = "#include \"" + std::string(source) + "\"\n\n";
  text += "#include <stdio.h>\n#include <stdlib.h>\n\n";
  if (is_cpp) text += "using mlserve_model::predict;\n\n";
  text += c_helper(kDriverC);
  text += "int main(void) {\n  double left = driver_number();\n";
  text += "  for (; left > 0; --left) {\n";
  text += is_cpp ? "    mlserve_model::Row row;\n" : "    struct mlserve_row row;\n";
  std::string after;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const std::string member = "    row." + members[f] + " = ";
    if (!is_text_member(features[f])) {
      text += member + "driver_number();\n";
      continue;
    }
    const std::string name = "text_" + std::to_string(f);
    const std::string bytes = name + ".bytes";
    text.append("    const struct driver_text ").append(name).append(" = driver_read_text();\n");
    text.append(member);
    if (is_cpp) {
      text.append("std::string_view(").append(bytes).append(", ").append(name).append(".size)");
    } else {
      text.append(bytes);
    }
    text += ";\n";
    after.append("    free(").append(bytes).append(");\n");
  }
  return text + ask(model, is_cpp) + after + "  }\n  return 0;\n}\n";
}

}  // namespace mlserve::exporters
