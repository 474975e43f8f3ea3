#include "exporters/cpp_source.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/sha256.hpp"
#include "core/version.hpp"
#include "exporters/c_body.hpp"
#include "exporters/c_literals.hpp"
#include "exporters/c_names.hpp"
#include "exporters/numerics.c.hpp"
#include "exporters/text.c.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;

/// What numerics.c changes ends with the header.
constexpr std::string_view kBegin = R"(#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#endif

)";

constexpr std::string_view kEnd = R"(
#if defined(__clang__)
#pragma STDC FP_CONTRACT DEFAULT
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif
)";

constexpr std::string_view kTextOf = R"(static text text_of(std::string_view view) {
  if (view.empty()) view = "";
  return {view.data(), view.data() + view.size()};
}

)";

constexpr std::string_view kAboutRow =
    R"(/// One row of raw values. A missing number is NaN, a missing text empty. A boolean is 0 or 1, a date
/// "2024-02-29" or "2024-02-29T23:59:59Z". Texts are UTF-8 and outlive the call of `predict`;
/// categories are compared byte by byte. A row cannot be scored that has a number beyond 1e150 or a
/// text that is no date)";

std::string row_type(const model::Model& model) {
  const std::vector<Feature>& features = model.schema.features;
  const std::vector<std::string> members = member_names(features);
  std::string text(kAboutRow);
  if (model.schema.refuses_missing) text += ", or where a value is missing";
  text += ".\nstruct Row {\n";
  for (std::size_t f = 0; f < features.size(); ++f) {
    text += is_text_member(features[f])
                ? "  std::string_view " + members[f] + ";"
                : "  double " + members[f] + " = std::numeric_limits<double>::quiet_NaN();";
    text += "  ///< " + c_comment(features[f].name) + ", " +
            std::string(features::kind_name(features[f].kind)) + "\n";
  }
  return text + "};\n\n";
}

std::string class_types(const features::Target& target) {
  if (target.classes.empty()) return {};
  const std::string count = std::to_string(target.classes.size());
  std::string text = "inline constexpr std::array<std::string_view, " + count + "> classes = {\n";
  for (const std::string& name : target.classes) text += "    " + c_string(name) + ",\n";
  text += "};\n\n";
  text += "struct Prediction {\n";
  text += "  int label = -1;  ///< index into `classes`; -1 of a row that cannot be scored\n";
  text += "  std::array<double, " + count + "> probabilities{};  ///< by class; then NaNs\n";
  return text + "};\n\n";
}

/// The body of C, of which every part may stand in several files of a program.
std::string inline_body(const model::Model& model) {
  std::string c;
  if (reads_texts(model)) c = c_helper(kTextC) + std::string(kTextOf);
  c += c_body(model, {"Row", "static "});
  std::string text;
  for (std::size_t at = 0; at < c.size();) {
    const std::size_t end = c.find('\n', at) + 1;
    const std::string_view line = std::string_view(c).substr(at, end - at);
    constexpr std::string_view kStatic = "static ";
    if (line.starts_with(kStatic)) {
      text.append("inline ").append(line.substr(kStatic.size()));
    } else {
      text += line;
    }
    at = end;
  }
  return "namespace detail {\n\n" + text + "\n}  // namespace detail\n\n";
}

std::string predict(const model::Model& model) {
  const std::size_t classes = model.schema.target.classes.size();
  if (classes == 0) {
    return "/// NaN of a row that cannot be scored. May be called on several threads at once.\n"
           "inline double predict(const Row &row) { return detail::predict(&row); }\n";
  }
  std::string text =
      "/// May be called on several threads at once.\n"
      "inline Prediction predict(const Row &row) {\n  Prediction prediction;\n";
  if (classes == 2) {
    text +=
        "  double p;\n"
        "  prediction.label = detail::predict(&row, &p);\n"
        "  prediction.probabilities = {1.0 - p, p};\n";
  } else {
    text += "  prediction.label = detail::predict(&row, prediction.probabilities.data());\n";
  }
  return text + "  return prediction;\n}\n";
}

/// Another one for each model, so that a linker does not take the functions of one for those of
/// another.
std::string own_namespace(const std::string& body) {
  constexpr std::size_t kDigits = 12;
  return "model_" + sha256_hex(body).substr(0, kDigits);
}

}  // namespace

std::string cpp_source(const model::Model& model, const ExportOptions&) {
  std::string text = "// Made by mlserve " + std::string(kVersion) + ": target " +
                     c_comment(model.schema.target.name) + ", " +
                     std::string(model::estimator_name(model.estimator)) +
                     " regression. C++17.\n#pragma once\n\n";
  text += "#include <math.h>\n#include <stddef.h>\n#include <string.h>\n\n";
  text += "#include <array>\n#include <limits>\n#include <string_view>\n\n";
  text.append(kBegin).append(c_helper(kNumericsC));
  const std::string body =
      row_type(model) + class_types(model.schema.target) + inline_body(model) + predict(model);
  const std::string own = own_namespace(body);
  text += "namespace mlserve_model {\ninline namespace " + own + " {\n\n" + body;
  return text + "\n}  // namespace " + own + "\n}  // namespace mlserve_model\n" +
         std::string(kEnd);
}

}  // namespace mlserve::exporters
