#include "exporters/c_source.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "support/c_export.hpp"
#include "support/errors.hpp"
#include "support/export_models.hpp"
#include "support/trained.hpp"

namespace {

using namespace mlserve;
using testing::RawRow;

std::string estimator() { return GENERATE("two classes", "three classes", "number", "count"); }

/// Some rows with a value that cannot be, or without one that must be: none is scored.
void check_refused(const model::Model& model, const std::vector<RawRow>& rows) {
  const testing::CAnswers answers =
      testing::run_c_export(model, rows, testing::c_compilers().front());
  REQUIRE(answers.numbers.size() == rows.size() * model.intercepts.size());
  for (const double number : answers.numbers) CHECK(std::isnan(number));
  if (model.schema.target.classes.empty()) return;
  CHECK(answers.labels == std::vector<int>(rows.size(), -1));
}

}  // namespace

TEST_CASE("The C export gives the scorer's answers for numbers, categories, dates and texts",
          "[exporters]") {
  const std::string kind = estimator();
  CAPTURE(kind);
  const model::Model model =
      testing::model_for(kind, testing::one_of_each_kind(), testing::every_product());
  const std::vector<RawRow> rows = testing::varied_rows(model);
  for (const std::string& compiler : testing::c_compilers())
    testing::check_c_export(model, rows, compiler);
}

TEST_CASE("The C export keeps missing indicators and the threshold", "[exporters]") {
  model::Model model = testing::model_for(estimator(), testing::one_of_each_kind());
  model.threshold = 0.3;
  testing::add_indicators(model);
  const std::vector<RawRow> rows = testing::varied_rows(model);
  for (const std::string& compiler : testing::c_compilers())
    testing::check_c_export(model, rows, compiler);
}

TEST_CASE("The C export writes nothing that a model does not need", "[exporters]") {
  // A compiler with warnings on sees what is not used.
  const std::string kind = estimator();
  const std::vector<std::vector<features::Feature>> some_kinds = {
      {testing::number("age", 0, 90)},
      {testing::categorical("port", {"C", "Q"})},
      {testing::date("day")},
      {testing::whole_date("day"), testing::number("age", 0, 90)},
      {testing::text("about", {"cat", "dog"})},
      {testing::text("about", {"σοφός"})},
      {testing::text("about", {"no word"}), testing::date("day")}};
  for (const auto& some : some_kinds) {
    CAPTURE(kind, some[0].name);
    const model::Model model = testing::model_for(kind, some);
    const std::vector<std::string> ways = testing::c_compilers();  // C first, C++ last
    for (const std::string& compiler : {ways.front(), ways.back()})
      testing::check_c_export(model, testing::varied_rows(model, 30), compiler);
  }
}

TEST_CASE("The C export reads dates that tell nothing", "[exporters]") {
  features::Feature constant = testing::date("day");
  constant.date_parts.clear();
  model::Model model = testing::model_for("two classes", {constant, testing::number("n", 0, 1)});
  for (const std::string& compiler : testing::c_compilers())
    testing::check_c_export(model, testing::varied_rows(model, 20), compiler);
  check_refused(model, {{"never", 1.0}});
}

TEST_CASE("The C export of a model without dates and texts has no code for them", "[exporters]") {
  const std::string code = exporters::c_source(testing::small_model());
  for (const char* part : {"calendar", "word", "missing_values", "softmax"}) {
    CAPTURE(part);
    CHECK(code.find(part) == std::string::npos);
  }
}

TEST_CASE("The C export refuses what is no date, no number of a usable size or missing",
          "[exporters]") {
  const std::string kind = estimator();
  CAPTURE(kind);
  const model::Model model =
      testing::model_for(kind, {testing::number("age", 0, 90), testing::date("day")});
  check_refused(model, {{1.0, "2024-02-30"}, {1e151, {}}, {-HUGE_VAL, {}}, {{}, "today"}});

  model::Model strict = testing::model_for(kind, testing::one_of_each_kind());
  strict.schema.refuses_missing = true;
  const RawRow whole = {1.0, 1.0, "C", "1", "2024-02-29", "a cat"};
  std::vector<RawRow> rows;
  for (std::size_t f = 0; f < whole.size(); ++f) {
    rows.push_back(whole);
    rows.back()[f] = std::monostate();
    if (f < 2) continue;
    for (const char* missing : {"", "NA", "-1.#QNAN", "null"}) {
      rows.push_back(whole);
      rows.back()[f] = missing;
    }
  }
  check_refused(strict, rows);
  testing::check_c_export(strict, {whole, {1.0, 0.0, "X", "9", "2024-02-29", "nothing"}},
                          testing::c_compilers().front());
}

TEST_CASE("The C export gives the scorer's answers for every Titanic passenger", "[exporters]") {
  const model::Model model = pipeline::train({testing::kTitanic}, {}).model;
  const std::vector<RawRow> rows = testing::raw_rows_of(model, testing::kTitanic);
  REQUIRE(rows.size() == 1317);
  for (const std::string& compiler : testing::c_compilers())
    testing::check_c_export(model, rows, compiler);
}

TEST_CASE("The C export has no coefficient that its text rounds", "[exporters]") {
  model::Model model = testing::small_model();
  const double value = GENERATE(5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.0, 1e22,
                                1.0 / 3, 9007199254740993.0, -123456789012345680.0);
  model.coefficients = {{value, -value, value}};
  model.intercepts = {value};
  testing::check_c_export(model, {{{}, "male"}, {0.0, "female"}, {1.0, {}}, {-1.0, "male"}},
                          testing::c_compilers().front());
}

TEST_CASE("The C export does not compile where NaN is taken for impossible", "[exporters]") {
  const testing::TemporaryFolder folder;
  write_file(folder.file("model.c"), exporters::c_source(testing::small_model()));
  const std::string compile = "cc -std=c99 -c -o /dev/null " + folder.file("model.c");
  CHECK(std::system(compile.c_str()) == 0);
  CHECK(std::system((compile + " -ffast-math 2> " + folder.file("errors")).c_str()) != 0);
  CHECK(read_file(folder.file("errors"), 1 << 20).find("missing values are NaN") !=
        std::string::npos);
}
