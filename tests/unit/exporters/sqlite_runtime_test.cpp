#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "exporters/sql.hpp"
#include "pipeline/export_runtime.hpp"
#include "support/errors.hpp"
#include "support/export_differences.hpp"
#include "support/export_models.hpp"
#include "support/raw_rows.hpp"

namespace {

using namespace mlserve;
using testing::RawRow;

pipeline::ExportAnswers answers_in_sqlite(const model::Model& model,
                                          const std::vector<RawRow>& rows,
                                          const exporters::ExportOptions& options = {}) {
  const std::string select = exporters::sql_select(model, options);
  return pipeline::sqlite_runtime({model, options, select})->score(rows);
}

void check_in_sqlite(const model::Model& model, const std::vector<RawRow>& rows,
                     const exporters::ExportOptions& options = {}) {
  const testing::Differences found = testing::differences(answers_in_sqlite(model, rows, options),
                                                          testing::answers_of(model, rows));
  CHECK(found.largest <= 1e-15);
  CHECK(found.labels == 0);
}

std::vector<features::Feature> kinds_of_sql() {
  return {testing::number("age", 0, 90), testing::boolean("is_member"),
          testing::categorical("port", {"C", "Q", "S"}),
          testing::categorical("class", {"1", "2", "3.0"})};
}

std::vector<std::string> many_texts(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back("category '" + std::to_string(10000 + i) + "' \\ é");
  return texts;
}

}  // namespace

TEST_CASE("A SELECT gives the scorer's answers in SQLite", "[exporters]") {
  const std::string kind = GENERATE("two classes", "three classes", "number", "count");
  CAPTURE(kind);
  model::Model model = testing::model_for(kind, kinds_of_sql(), testing::every_product());
  SECTION("with indicators") { testing::add_indicators(model); }
  SECTION("without") {}
  model.threshold = 0.4;
  check_in_sqlite(model, testing::varied_rows(model, 400));
}

TEST_CASE("A SELECT carries any name, category, class, table and key in SQLite", "[exporters]") {
  const model::Model model = testing::awkward_model();
  exporters::ExportOptions options;
  options.table = GENERATE("data", "a\"; DROP TABLE b; --\n\\ $$ 'é /*", "temp.\"a.b\"",
                           "\"other schema\".data", "mlserve_input");
  options.key = GENERATE("", "the \"key\"; --'\n*/", "größe");
  CAPTURE(options.table, options.key);
  check_in_sqlite(model, testing::varied_rows(model), options);
}

TEST_CASE("A SELECT scores nearly two thousand numbers in SQLite", "[exporters]") {
  std::vector<features::Feature> numbers;
  for (std::size_t i = 0; i < 1999; ++i)
    numbers.push_back(testing::number("number " + std::to_string(i), 0, 1));
  const model::Model model =
      testing::model_for(GENERATE("two classes", "three classes"), numbers, {{0, 1998}, {1000, 2}});
  check_in_sqlite(model, testing::varied_rows(model, 10));
}

TEST_CASE("A SELECT scores a thousand categories of five classes in SQLite", "[exporters]") {
  features::Target target = testing::two_classes();
  target.classes = {"0", "1", "2", "3", "4"};
  const model::Model model = testing::make_model(
      {testing::categories("many", many_texts(1000)), testing::number("x", -1, 1),
       testing::categories("few", {"a", "b", "c"})},
      target, {{0, 1}, {0, 2}});
  check_in_sqlite(model, testing::varied_rows(model, 1100));
}

TEST_CASE("A SELECT joins more tables of weights than SQLite joins at once", "[exporters]") {
  std::vector<features::Feature> features;
  for (int i = 0; i < 130; ++i)
    features.push_back(testing::categories("feature " + std::to_string(i), many_texts(40)));
  const model::Model model = testing::make_model(features, testing::two_classes());
  check_in_sqlite(model, testing::varied_rows(model, 60));
}

TEST_CASE("A SELECT finds the most probable of hundreds of classes in SQLite", "[exporters]") {
  features::Target target = testing::two_classes();
  target.type = features::TargetType::string;
  target.classes = many_texts(300);
  const model::Model model =
      testing::make_model({testing::number("x", -1, 1), testing::number("y", -1, 1)}, target);
  check_in_sqlite(model, testing::varied_rows(model, 60));
}

TEST_CASE("A SELECT predicts classes of every type in SQLite", "[exporters]") {
  using features::TargetType;
  const features::Target target =
      GENERATE(features::Target{"y", TargetType::boolean, {"false", "true"}, {1, 1}},
               features::Target{"y", TargetType::real, {"-0.1", "2.5", "1e+300"}, {1, 1, 1}},
               features::Target{"y", TargetType::integer, {"-3", "7", "1e+30"}, {1, 1, 1}},
               features::Target{"y", TargetType::string, {"1", "it's", "\\"}, {1, 1, 1}});
  const model::Model model = testing::make_model({testing::number("x", -9, 9)}, target);
  check_in_sqlite(model, testing::varied_rows(model));
}

TEST_CASE("The weights of a SELECT are exact in SQLite", "[exporters]") {
  model::Model model = testing::small_model();
  model.estimator = model::Estimator::linear;
  model.schema.target.classes.clear();
  model.schema.target.task = features::Task::regression;
  const double value = GENERATE(1.0 / 3, -2.0 / 3e-200, 1e22, 9007199254740993.0, 0.1,
                                -123456789012345680.0, 1.7976931348623157e308, 1e-200, -0.0);
  CAPTURE(value);
  model.intercepts = {value};
  model.coefficients = {{0, 0, 0}};
  const std::vector<RawRow> rows = {{1.0, "male"}};
  CHECK(answers_in_sqlite(model, rows).numbers.values[0] == value);
}

TEST_CASE("A SELECT has no answer to a row that the model refuses", "[exporters]") {
  model::Model model = testing::model_for(GENERATE("two classes", "three classes"), kinds_of_sql());
  model.schema.refuses_missing = true;
  const RawRow whole = {1.0, 1.0, "C", "1"};
  check_in_sqlite(model, {whole});
  for (std::size_t f = 0; f < whole.size(); ++f) {
    RawRow row = whole;
    row[f] = std::monostate();
    const auto error = testing::error_of([&] { answers_in_sqlite(model, {row}); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::internal);
  }
  RawRow marked = whole;
  marked[2] = "NA";
  CHECK(testing::error_kind_of([&] { answers_in_sqlite(model, {marked}); }) == ErrorKind::internal);
}

TEST_CASE("SQLite says what is wrong with a SELECT", "[exporters]") {
  const model::Model model = testing::small_model();
  const std::string sql = GENERATE(
      "SELEKT", "SELECT 1", "SELECT 'x' AS prediction, 1.0, 1.0 FROM data",
      "SELECT 1, 0.5, 0.5 FROM data UNION ALL SELECT 1, 0.5, 0.5", "SELECT no_such FROM data");
  const exporters::ExportOptions options;
  const auto run = [&] {
    pipeline::sqlite_runtime({model, options, sql})->score(std::vector<RawRow>{{1.0, "male"}});
  };
  const auto error = testing::error_of(run);
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::internal);
  CHECK_THAT(error->what(), Catch::StartsWith("SQLite 3."));
}
