#pragma once

#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/number.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "exporters/c_driver.hpp"
#include "exporters/source_code.hpp"
#include "support/c_compiler.hpp"
#include "support/raw_rows.hpp"

namespace mlserve::testing {

using exporters::Language;

/// By row the first number that an export gives; none where it does not score the row.
using Numbers = std::vector<std::optional<double>>;

inline Numbers read_numbers(const std::string& lines, std::size_t rows) {
  Numbers numbers;
  std::istringstream all(lines);
  for (std::string line; std::getline(all, line);) numbers.push_back(parse_double(line));
  REQUIRE(numbers.size() == rows);
  return numbers;
}

/// What the C or C++ export gives; `flags` go to the compiler.
inline Numbers run_compiled(const model::Model& model, Language language,
                            const std::vector<RawRow>& rows, const std::string& flags = "-O1") {
  exporters::ExportOptions options;
  options.language = language;
  const bool is_cpp = language == Language::cpp;
  std::string input = std::to_string(rows.size()) + "\n";
  for (const RawRow& row : rows) {
    for (const RawValue& value : row) {
      const auto* text = std::get_if<std::string>(&value);
      input += text ? std::to_string(text->size()) + "\n" + *text + "\n" : "-1\n";
    }
  }
  const std::string lines = compile_and_run(
      (is_cpp ? "c++ -std=c++17 " : "cc -std=c99 ") + flags,
      {{is_cpp ? "program.cpp" : "program.c", exporters::c_driver(model, options, "model")},
       {"model", exporters::source_code(model, options)}},
      input);
  std::string numbers;
  std::istringstream all(lines);
  for (std::string line; std::getline(all, line);)
    numbers += line.substr(line.find(' ') + 1) + "\n";
  return read_numbers(numbers, rows.size());
}

inline Numbers run_javascript(const model::Model& model, const std::vector<RawRow>& rows) {
  exporters::ExportOptions options;
  options.language = Language::javascript;
  std::string input;
  for (const RawRow& row : rows) {
    data::JsonWriter json(input);
    json.begin_array();
    for (const RawValue& value : row) {
      const auto* text = std::get_if<std::string>(&value);
      text ? json.string(*text) : json.null();
    }
    json.end_array();
    input += '\n';
  }
  constexpr const char* kProgram = R"(
import { readFileSync } from "node:fs";
import { features, predict } from "./model.mjs";
const lines = readFileSync(0, "utf8").split("\n").slice(0, -1);
const answers = lines.map((line) => {
  const record = {};
  JSON.parse(line).forEach((value, f) => { record[features[f].name] = value; });
  try {
    return predict(record).prediction;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return "refused";
  }
});
process.stdout.write(answers.map((answer) => `${answer}\n`).join(""));
)";
  // A "compiler" that makes a program of the module.
  const std::string node =
      "make() { printf '#!/bin/sh\\nexec node program.mjs\\n' > program; chmod +x program; }; make";
  return read_numbers(
      compile_and_run(
          node, {{"program.mjs", kProgram}, {"model.mjs", exporters::source_code(model, options)}},
          input),
      rows.size());
}

inline Numbers run_export(const model::Model& model, Language language,
                          const std::vector<RawRow>& rows) {
  return language == Language::javascript ? run_javascript(model, rows)
                                          : run_compiled(model, language, rows);
}

/// What the program gives.
inline Numbers expected_numbers(const model::Model& model, const std::vector<RawRow>& rows) {
  Numbers numbers;
  const model::Scorer scorer(model);
  model::Scores scores;
  for (const RawRow& row : rows) {
    features::EncodedRows encoded(model.schema);
    encoded.append_missing();
    bool is_sound = true;
    for (std::size_t f = 0; f < row.size(); ++f) {
      if (const auto* text = std::get_if<std::string>(&row[f]))
        is_sound =
            !features::encode_text(model.schema.features[f], *text, encoded, 0, f) && is_sound;
    }
    scorer.score(encoded, scores);
    numbers.push_back(is_sound ? std::optional(scores.values[0]) : std::nullopt);
  }
  return numbers;
}

inline std::vector<RawRow> rows_of(const std::vector<std::string>& texts) {
  std::vector<RawRow> rows;
  for (const std::string& text : texts) rows.push_back({text});
  return rows;
}

/// Some of the texts, each a row of one feature, to which the numbers are not the program's.
inline std::vector<std::string> wrong_texts(const model::Model& model,
                                            const std::vector<std::string>& texts,
                                            const Numbers& given) {
  constexpr std::size_t kSome = 5;
  const Numbers expected = expected_numbers(model, rows_of(texts));
  std::vector<std::string> wrong;
  for (std::size_t i = 0; i < texts.size() && wrong.size() < kSome; ++i) {
    if (given[i] != expected[i]) wrong.push_back(shown(texts[i]));
  }
  return wrong;
}

}  // namespace mlserve::testing
