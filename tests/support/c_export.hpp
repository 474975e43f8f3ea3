#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "support/catch_shim.hpp"

#include "exporters/c_source.hpp"
#include "support/c_compiler.hpp"
#include "support/raw_rows.hpp"

namespace mlserve::testing {

/// A C literal of any text, otherwise made than the exporter's: every byte in octal.
inline std::string octal(const std::string& text) {
  std::string literal = "\"";
  for (const char c : text) {
    char digits[8];
    std::snprintf(digits, sizeof digits, "\\%03o", static_cast<unsigned char>(c));
    literal += digits;
  }
  return literal + '"';
}

inline std::string c_value(const features::Feature& feature, const RawValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return octal(*text);
  const auto* number = std::get_if<double>(&value);
  const bool is_number = feature.is_number() && !feature.is_date();
  if (number == nullptr) return is_number ? "NAN" : "NULL";
  if (std::isinf(*number)) return *number > 0 ? "HUGE_VAL" : "-HUGE_VAL";
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.17g", *number);
  return digits;
}

/// A program around the export that predicts `rows`, each a line: its label and numbers exactly.
/// At the end the classes.
inline std::string c_program(const model::Model& model, const std::vector<RawRow>& rows) {
  std::string text = "#include \"model.c\"\n#include <stdio.h>\n";
  text += "static const struct mlserve_row rows[] = {\n";
  for (const RawRow& row : rows) {
    text += "{";
    for (std::size_t f = 0; f < row.size(); ++f)
      text += (f > 0 ? ", " : "") + c_value(model.schema.features[f], row[f]);
    text += "},\n";
  }
  text += "};\nint main(void) {\n  size_t i;\n";
  text += "  for (i = 0; i < sizeof rows / sizeof *rows; ++i) {\n";
  const std::size_t classes = model.schema.target.classes.size();
  if (classes == 0) {
    text += "    printf(\"0 %a\\n\", predict(&rows[i]));\n  }\n";
  } else {
    const std::string count = std::to_string(model.intercepts.size());
    text += "    double p[" + count + "];\n    size_t k;\n    int label = predict(&rows[i], p);\n";
    text += "    if (predict(&rows[i], NULL) != label) return 1;\n    printf(\"%d\", label);\n";
    text += "    for (k = 0; k < " + count + "; ++k) printf(\" %a\", p[k]);\n";
    text += "    printf(\"\\n\");\n  }\n";
    text += "  for (i = 0; i < " + std::to_string(classes) + "; ++i) {\n";
    text += "    printf(\"[%s]\", mlserve_classes[i]);\n  }\n";
  }
  return text + "  return 0;\n}\n";
}

struct CAnswers {
  std::vector<double> numbers;
  std::vector<int> labels;
  std::string classes;
};

inline CAnswers run_c_export(const model::Model& model, const std::vector<RawRow>& rows,
                             const std::string& compiler) {
  const std::string output = compile_and_run(
      compiler, {{"program.c", c_program(model, rows)}, {"model.c", exporters::c_source(model)}});
  CAnswers answers;
  std::istringstream lines(output);
  for (std::string line; answers.labels.size() < rows.size() && std::getline(lines, line);) {
    char* at = nullptr;
    answers.labels.push_back(static_cast<int>(std::strtol(line.c_str(), &at, 10)));
    while (*at != '\0') answers.numbers.push_back(std::strtod(at, &at));
  }
  std::getline(lines, answers.classes, '\0');
  return answers;
}

/// How far two numbers are apart, in units of the last place of the second.
inline double ulps(double given, double expected) {
  if (given == expected) return 0;
  const double size = std::abs(expected);
  return std::abs(given - expected) / (std::nextafter(size, HUGE_VAL) - size);
}

/// The export says of `rows` what the program says: the same labels and, to the last place of its
/// machine's exp and log, the same numbers.
inline void check_c_export(const model::Model& model, const std::vector<RawRow>& rows,
                           const std::string& compiler) {
  CAPTURE(compiler);
  const CAnswers answers = run_c_export(model, rows, compiler);
  const pipeline::ExportAnswers expected = answers_of(model, rows);
  // Of two classes C gives the probability of the second.
  const std::size_t width = expected.numbers.width;
  const std::size_t first = width == 2 ? 1 : 0;
  REQUIRE(answers.numbers.size() == rows.size() * (width - first));
  double most = 0;
  for (std::size_t i = 0; i < answers.numbers.size(); ++i) {
    const std::size_t row = i / (width - first);
    const double number = expected.numbers.row(row)[first + i % (width - first)];
    most = std::max(most, ulps(answers.numbers[i], number));
  }
  CHECK(most <= 1);
  std::size_t wrong_labels = 0;
  for (std::size_t i = 0; i < expected.labels.size(); ++i)
    wrong_labels += static_cast<std::size_t>(answers.labels[i]) != expected.labels[i];
  CHECK(wrong_labels == 0);
  std::string classes;
  for (const std::string& name : model.schema.target.classes) classes += "[" + name + "]";
  CHECK(answers.classes == classes);
}

}  // namespace mlserve::testing
