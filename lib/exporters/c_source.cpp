#include "exporters/c_source.hpp"

#include <vector>

#include "core/version.hpp"
#include "exporters/c_body.hpp"
#include "exporters/c_literals.hpp"
#include "exporters/c_names.hpp"
#include "exporters/numerics.c.hpp"
#include "exporters/text.c.hpp"
#include "exporters/text_of.c.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;

constexpr std::string_view kAboutRow =
    R"(/* One row of raw values. A missing number is NAN, a missing text NULL or "". A boolean is 0 or 1, a
   date "2024-02-29" or "2024-02-29T23:59:59Z". Texts are UTF-8; categories are compared byte by
   byte. A row cannot be scored that has a number beyond 1e150 or a text that is no date)";

std::string row_type(const model::Model& model) {
  const std::vector<Feature>& features = model.schema.features;
  const std::vector<std::string> members = member_names(features);
  std::string text(kAboutRow);
  if (model.schema.refuses_missing) text += ", or\n   where a value is missing";
  text += ". */\nstruct mlserve_row {\n";
  for (std::size_t f = 0; f < features.size(); ++f) {
    text += is_text_member(features[f]) ? "  const char *" : "  double ";
    text += members[f] + "; /* " + c_comment(features[f].name) + ", " +
            std::string(features::kind_name(features[f].kind)) + " */\n";
  }
  return text + "};\n\n";
}

std::string class_list(const features::Target& target) {
  if (target.classes.empty()) return {};
  std::string text = "/* The classes, in the order of predict's result. */\n";
  const std::string type =
      "const char *const mlserve_classes[" + std::to_string(target.classes.size()) + "]";
  text += "extern " + type + ";\n" + type + " = {\n";
  for (const std::string& name : target.classes) text += "  " + c_string(name) + ",\n";
  return text + "};\n\n";
}

}  // namespace

std::string c_source(const model::Model& model, const ExportOptions&) {
  std::string text = "/* Made by mlserve " + std::string(kVersion) + ": target " +
                     c_comment(model.schema.target.name) + ", " +
                     std::string(model::estimator_name(model.estimator)) +
                     " regression.\n   C99; link with -lm. */\n\n";
  text += "#include <math.h>\n#include <stddef.h>\n#include <string.h>\n\n";
  text += c_helper(kNumericsC);
  text += row_type(model);
  text += class_list(model.schema.target);
  if (reads_texts(model)) text += c_helper(kTextC) + c_helper(kTextOfC);
  return text + c_body(model, {"struct mlserve_row", ""});
}

}  // namespace mlserve::exporters
