#include "exporters/sql.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "features/encoder.hpp"
#include "support/errors.hpp"
#include "support/export_models.hpp"

namespace {

using namespace mlserve;
using exporters::Dialect;
using exporters::ExportOptions;

/// Why there is no SELECT.
std::string complaint(const model::Model& model, Dialect dialect, const std::string& key = {}) {
  ExportOptions options;
  options.dialect = dialect;
  options.key = key;
  const auto error = testing::error_of([&] { exporters::sql_select(model, options); });
  return error && error->kind() == ErrorKind::invalid_argument ? error->what() : "none";
}

model::Model model_of(const std::vector<std::string>& names) {
  std::vector<features::Feature> features;
  for (const std::string& name : names) features.push_back(testing::number(name, 0, 1));
  return testing::make_model(features, testing::two_classes());
}

model::Model wide_model(std::size_t columns) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns; ++i) names.push_back("f" + std::to_string(i));
  return model_of(names);
}

}  // namespace

TEST_CASE("A SELECT says what it cannot carry", "[exporters]") {
  const auto model = [](features::Feature feature) {
    return testing::make_model({std::move(feature)}, testing::two_classes());
  };
  CHECK(complaint(model(testing::text("t", {"cat"})), Dialect::duckdb) ==
        "an SQL statement cannot carry the text 't': no function that databases share splits a "
        "text into words");
  CHECK(complaint(model(testing::date("d")), Dialect::postgresql) ==
        "an SQL statement cannot carry the date 'd': each database reads the spellings of dates in "
        "its own way");
  CHECK(complaint(model(testing::categories("c", {std::string("a\0b", 3)})), Dialect::sqlite) ==
        "an SQL statement cannot carry 'a\\x00b': it has a NUL byte");
}

TEST_CASE("A SELECT is refused where two features would be one column", "[exporters]") {
  const model::Model cases = model_of({"Age", "age"});
  CHECK(complaint(cases, Dialect::sqlite) ==
        "an SQL statement cannot carry both 'Age' and 'age': SQLite takes them for one column");
  CHECK(complaint(cases, Dialect::duckdb) ==
        "an SQL statement cannot carry both 'Age' and 'age': DuckDB takes them for one column");
  CHECK(complaint(cases, Dialect::postgresql) == "none");

  const model::Model long_names =
      model_of({std::string(63, 'x') + "1", std::string(63, 'x') + "2"});
  CHECK(complaint(long_names, Dialect::sqlite) == "none");
  CHECK_THAT(complaint(long_names, Dialect::postgresql),
             Catch::EndsWith("PostgreSQL takes them for one column"));
}

TEST_CASE("A SELECT is refused for names and numbers of columns that a database lacks",
          "[exporters]") {
  CHECK(complaint(model_of({""}), Dialect::sqlite) == "none");
  CHECK(complaint(model_of({""}), Dialect::postgresql) ==
        "an SQL statement cannot carry the name '': PostgreSQL has no empty names");
  CHECK(complaint(model_of({""}), Dialect::duckdb) ==
        "an SQL statement cannot carry the name '': DuckDB has no empty names");

  CHECK(complaint(wide_model(2000), Dialect::sqlite) == "none");
  CHECK(complaint(wide_model(1999), Dialect::sqlite, "id") == "none");
  CHECK(complaint(wide_model(2000), Dialect::sqlite, "f1999") ==
        "an SQL statement cannot carry this model: SQLite has at most 2000 columns in a subselect");
  CHECK(complaint(wide_model(2000), Dialect::sqlite, "id") ==
        "an SQL statement cannot carry 2001 columns: a table of SQLite has at most 2000");
  CHECK(complaint(wide_model(1601), Dialect::postgresql) ==
        "an SQL statement cannot carry 1601 columns: a table of PostgreSQL has at most 1600");
  CHECK(complaint(wide_model(3000), Dialect::duckdb) == "none");
}

TEST_CASE("A SELECT has no two columns of one name", "[exporters]") {
  const model::Model model = model_of({"a"});
  CHECK(complaint(model, Dialect::postgresql, "prediction") ==
        "--key: the output would have two columns 'prediction'");
  CHECK(complaint(model, Dialect::postgresql, "probability_1") ==
        "--key: the output would have two columns 'probability_1'");
  CHECK(complaint(model, Dialect::sqlite, "Prediction") ==
        "--key: the output would have two columns 'prediction'");
  CHECK(complaint(model, Dialect::postgresql, "Prediction") == "none");
  CHECK(complaint(model, Dialect::sqlite, "a") == "none");

  const model::Model classes = testing::make_model(
      {testing::number("a", 0, 1)}, {"y", features::TargetType::string, {"A", "a"}, {1, 1}});
  CHECK(complaint(classes, Dialect::sqlite) == "the output would have two columns 'probability_a'");
  CHECK(complaint(classes, Dialect::postgresql) == "none");
}

TEST_CASE("A SELECT is refused when a missing value adds more than a double holds", "[exporters]") {
  model::Model model = model_of({"a"});
  std::vector<features::FeatureEncoding> encodings = model.encoder.encodings();
  encodings[0].fill = 1e150;
  model.encoder = features::Encoder(encodings);
  model.coefficients = {{1e200}};
  CHECK(complaint(model, Dialect::sqlite) ==
        "an SQL statement cannot carry what a missing 'a' adds: it exceeds the range of a double");
}

TEST_CASE("A SELECT has hostile names in quotes alone", "[exporters]") {
  const std::string name = "*/; DROP TABLE x; --\n\"'";
  const model::Model model =
      testing::make_model({testing::number(name, 0, 1), testing::categories("c", {name})},
                          {name, features::TargetType::string, {"no", name}, {1, 1}});
  ExportOptions options;
  options.dialect = GENERATE(Dialect::sqlite, Dialect::postgresql, Dialect::duckdb);
  options.table = name;
  options.key = name + "key";
  std::string sql = exporters::sql_select(model, options);
  // Whatever is between quotes goes; doubled ones leave nothing behind either.
  std::string rest;
  char quote = 0;
  for (const char c : sql) {
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0) {
      rest += c;
    }
  }
  CHECK(quote == 0);
  CHECK(rest.find("DROP TABLE x;") == std::string::npos);
  CHECK(rest.find(';') == std::string::npos);
}

TEST_CASE("Stages are never called as the table that they read", "[exporters]") {
  ExportOptions options;
  options.table = "MLserve_input";
  const std::string sql = exporters::sql_select(model_of({"a"}), options);
  CHECK(sql.find("FROM \"MLserve_input\" AS t") != std::string::npos);
  CHECK(sql.find("mlserve__input AS (") != std::string::npos);
}
