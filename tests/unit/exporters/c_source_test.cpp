#include "exporters/c_source.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "features/encoded_rows.hpp"
#include "model/scorer.hpp"
#include "pipeline/row_reader.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"
#include "support/temporary_folder.hpp"
#include "support/trained.hpp"

namespace {

using namespace mlserve;

bool is_there(const std::string& compiler) {
  return std::system(("command -v " + compiler + " > /dev/null 2>&1").c_str()) == 0;
}

/// How the file may be compiled; -Werror makes a warning a failure.
std::vector<std::string> compilers() {
  const std::string clang = is_there("clang") ? "clang" : "clang-14";
  const std::vector<std::pair<std::string, std::string>> ways = {
      {"cc", "-std=c99"},
      {"cc", "-std=gnu11 -O3 -march=native"},
      {clang, "-std=c99"},
      {clang, "-std=gnu11 -O3 -march=native"},
      {"g++", "-x c++ -std=c++11"}};
  std::vector<std::string> commands;
  for (const auto& [compiler, flags] : ways) {
    if (!is_there(compiler)) continue;
    commands.push_back(compiler);
    commands.back().append(" ").append(flags).append(" -Wall -Wextra -Werror -pedantic");
  }
  REQUIRE_FALSE(commands.empty());
  return commands;
}

/// A C literal of any text, otherwise made than the exporter's: every byte in octal.
std::string octal(const std::string& text) {
  std::string literal = "\"";
  for (const char c : text) {
    char digits[8];
    std::snprintf(digits, sizeof digits, "\\%03o", static_cast<unsigned char>(c));
    literal += digits;
  }
  return literal + '"';
}

std::string raw_value(const features::Feature& feature,
                      const features::EncodedRows::ColumnValues& column, std::size_t row) {
  if (!feature.is_categorical()) {
    const double value = column.numbers[row];
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    return std::isnan(value) ? "NAN" : digits;
  }
  const std::uint32_t code = column.codes[row];
  if (code == features::kMissing) return row % 2 == 0 ? "NULL" : "\"\"";
  if (code == features::kUnknown) return "\"of no category\"";
  return octal(feature.categories[code - features::kFirstCategory]);
}

/// A program around the export that predicts `rows` and prints each probability exactly.
std::string driver(const model::Model& model, const features::EncodedRows& rows) {
  std::string text = "#include \"model.c\"\n#include <stdio.h>\n";
  text += "static const struct mlserve_row rows[] = {\n";
  for (std::size_t row = 0; row < rows.size(); ++row) {
    text += "{";
    for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
      text += (f > 0 ? ", " : "") + raw_value(model.schema.features[f], rows.columns()[f], row);
    }
    text += "},\n";
  }
  return text + R"(};
int main(void) {
  size_t i;
  for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
    double p = -1.0;
    const int label = predict(&rows[i], &p);
    if (predict(&rows[i], NULL) != label) return 1;
    printf("%a %d\n", p, label);
  }
  for (i = 0; i < 2; ++i) printf("[%s]", mlserve_classes[i]);
  return 0;
}
)";
}

struct Answers {
  std::vector<double> probabilities;
  std::vector<int> labels;
  std::string classes;
};

Answers parse_answers(const std::string& text, std::size_t rows) {
  Answers answers;
  std::istringstream lines(text);
  std::string line;
  while (answers.labels.size() < rows && std::getline(lines, line)) {
    char* end = nullptr;
    answers.probabilities.push_back(std::strtod(line.c_str(), &end));
    answers.labels.push_back(std::atoi(end));
  }
  std::getline(lines, answers.classes, '\0');
  return answers;
}

Answers run_export(const model::Model& model, const features::EncodedRows& rows,
                   const std::string& compiler) {
  const testing::TemporaryFolder folder;
  write_file(folder.file("model.c"), exporters::c_source(model));
  write_file(folder.file("driver.c"), driver(model, rows));
  const std::string command = "cd '" + folder.path().string() + "' && " + compiler +
                              " driver.c -o driver -lm 2> errors && ./driver > answers";
  const bool done = std::system(command.c_str()) == 0;
  if (!done) FAIL(compiler << "\n" << read_file(folder.file("errors"), 1 << 24));
  return parse_answers(read_file(folder.file("answers"), 1 << 24), rows.size());
}

void check_agreement(const model::Model& model, const features::EncodedRows& rows,
                     const std::string& compiler) {
  CAPTURE(compiler);
  const Answers answers = run_export(model, rows, compiler);
  const model::Scorer scorer(model);
  model::Scores scores;
  scorer.score(rows, scores);
  const std::vector<double>& expected = scores.values;
  REQUIRE(answers.probabilities.size() == rows.size());
  double most_ulps = 0;
  std::size_t wrong_labels = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double ulp = std::nextafter(expected[i], 2) - expected[i];
    most_ulps = std::max(most_ulps, std::abs(answers.probabilities[i] - expected[i]) / ulp);
    wrong_labels += static_cast<std::size_t>(answers.labels[i]) != scorer.label(scores.row(i));
  }
  CHECK(most_ulps <= 1);
  CHECK(wrong_labels == 0);
  const auto& classes = model.schema.target.classes;
  CHECK(answers.classes == "[" + classes[0] + "][" + classes[1] + "]");
}

/// Every code of every categorical feature and numbers of many sizes, missing ones included.
features::EncodedRows varied_rows(const model::Model& model) {
  constexpr double kNumbers[] = {0, -0.0, 1, 0.1, 1e-300, 5e-324, 1e300, -1e300, 123456789.125};
  features::EncodedRows rows(model.schema);
  for (std::size_t i = 0; i < 120; ++i) {
    rows.append_missing();
    for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
      const features::Feature& feature = model.schema.features[f];
      if (feature.is_categorical()) {
        const std::size_t codes = features::kFirstCategory + feature.categories.size();
        rows.set_code(i, f, static_cast<std::uint32_t>((i + f) % codes));
      } else if ((i + 3 * f) % 4 != 0) {
        rows.set_number(i, f, kNumbers[(i + f) % std::size(kNumbers)] / (i % 3 == 0 ? 1e300 : 1));
      }
    }
  }
  return rows;
}

features::EncodedRows titanic_rows(const model::Model& model) {
  const auto reader =
      pipeline::open_rows(testing::kTitanic, pipeline::FileFormat::csv, model.schema, {});
  pipeline::RowBlock block;
  REQUIRE(reader->read(block));
  reader->parse(block);
  features::EncodedRows rows = block.parsed.rows;
  REQUIRE(rows.size() == 1317);
  REQUIRE_FALSE(reader->read(block));
  rows.append_missing();
  const std::size_t unknown = rows.append_missing();
  for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
    if (model.schema.features[f].is_categorical()) rows.set_code(unknown, f, features::kUnknown);
  }
  return rows;
}

}  // namespace

TEST_CASE("The C export gives the scorer's answers for every Titanic passenger", "[exporters]") {
  const model::Model model = pipeline::train({testing::kTitanic}, {}).model;
  const features::EncodedRows rows = titanic_rows(model);
  for (const std::string& compiler : compilers()) check_agreement(model, rows, compiler);
}

TEST_CASE("The C export carries any name, category and class", "[exporters]") {
  const model::Model model = testing::awkward_model();
  const features::EncodedRows rows = varied_rows(model);
  for (const std::string& compiler : compilers()) check_agreement(model, rows, compiler);
}

TEST_CASE("The C export compiles when features are named as keywords and macros are",
          "[exporters]") {
  std::vector<features::Feature> numbers;
  // The macros of the headers that the file includes, as this machine has them, and keywords.
  const testing::TemporaryFolder folder;
  write_file(folder.file("all.c"), "#include <math.h>\n#include <stddef.h>\n#include <string.h>\n");
  const std::string command = "cd '" + folder.path().string() +
                              "' && cc -dM -E all.c | sed 's/#define \\([A-Za-z0-9_]*\\).*/\\1/' |"
                              " sort -u > macros";
  REQUIRE(std::system(command.c_str()) == 0);
  std::istringstream names(read_file(folder.file("macros"), 1 << 24) +
                           "int\nclass\nrestrict\nusing\nxor\nco_await\nmlserve_row\npredict\n"
                           "sigmoid\nweight_of\nrow\nmargin\np\nprobability\nsize_t\nmain\n");
  for (std::string name; std::getline(names, name);) {
    numbers.push_back(testing::number(name, 0, 1));
  }
  const model::Model model =
      testing::make_model(numbers, {"y", features::TargetType::integer, {"0", "1"}, {1, 1}});
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  const std::vector<std::string> ways = compilers();  // C first, C++ last
  check_agreement(model, rows, ways.front());
  check_agreement(model, rows, ways.back());
}

TEST_CASE("The C export of thousands of names that C cannot tell apart is quick and compiles",
          "[exporters]") {
  std::vector<features::Feature> numbers;
  for (int i = 0; i < 2000; ++i) {
    std::string name = "\xE5\x90\x8D";
    for (int bit = 0; bit < 12; ++bit) name += (i >> bit) % 2 == 0 ? "?" : "!";
    numbers.push_back(testing::number(name, 0, 1));
  }
  const model::Model model =
      testing::make_model(numbers, {"y", features::TargetType::integer, {"0", "1"}, {1, 1}});
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  check_agreement(model, rows, compilers().front());
}

TEST_CASE("The C export without a categorical feature has nothing unused", "[exporters]") {
  const model::Model model =
      testing::make_model({testing::number("age", 0, 90)},
                          {"y", features::TargetType::boolean, {"false", "true"}, {1, 1}});
  const features::EncodedRows rows = varied_rows(model);
  for (const std::string& compiler : compilers()) check_agreement(model, rows, compiler);
}

TEST_CASE("The C export has no coefficient that its text rounds", "[exporters]") {
  model::Model model = testing::small_model();
  const double value = GENERATE(5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.0, 1e22,
                                1.0 / 3, 9007199254740993.0, -123456789012345680.0);
  model.coefficients = {{value, -value, value}};
  model.intercepts = {value};
  const features::EncodedRows rows = varied_rows(model);
  check_agreement(model, rows, compilers().front());
}

TEST_CASE("The C export refuses a text that C99 need not take", "[exporters]") {
  const auto model_with = [](std::size_t bytes) {
    return testing::make_model({testing::categories("k", {std::string(bytes, 'x')})},
                               {"y", features::TargetType::integer, {"0", "1"}, {1, 1}});
  };
  const model::Model longest = model_with(4095);
  check_agreement(longest, varied_rows(longest), compilers().front());
  CHECK(testing::error_kind_of([&] { exporters::c_source(model_with(4096)); }) ==
        ErrorKind::invalid_argument);
}

TEST_CASE("The C export keeps the threshold and missing indicators of numbers", "[exporters]") {
  model::Model model = testing::small_model();
  model.threshold = 0.3;
  std::vector<features::FeatureEncoding> encodings = model.encoder.encodings();
  encodings[0].indicator = true;
  model.encoder = features::Encoder(encodings);
  model.columns = features::design_columns(model.schema, model.encoder);
  model.coefficients = {{0.01, 0.7, -0.4, 0.3}};
  model.means.assign(4, 0.0);
  check_agreement(model, varied_rows(model), compilers().front());
}

TEST_CASE("The C export says what it cannot carry", "[exporters]") {
  const auto complaint = [](const model::Model& model) {
    const auto error = testing::error_of([&] { exporters::c_source(model); });
    return error ? std::string(error->what()) : "no error";
  };
  const features::Target two{"y", features::TargetType::integer, {"0", "1"}, {1, 1}};
  CHECK(complaint(testing::make_model({testing::number("n", 0, 1)},
                                      {"y", features::TargetType::string, {"a", "b", "c"}, {}})) ==
        "a C file cannot carry anything but two classes");
  CHECK(complaint(testing::make_model({testing::text("t", {"cat"})}, two)) ==
        "a C file cannot carry the text 't'");
  CHECK(complaint(testing::make_model({testing::date("d")}, two)) ==
        "a C file cannot carry the date 'd'");
  CHECK(complaint(testing::make_model({testing::number("a", 0, 1), testing::number("b", 0, 1)}, two,
                                      {{0, 1}})) == "a C file cannot carry interactions");
}
