#include "features/design_column.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/schemas.hpp"

using namespace mlserve::features;
using mlserve::testing::boolean;
using mlserve::testing::categorical;
using mlserve::testing::numeric;
using mlserve::testing::passenger_schema;

namespace {

std::vector<DesignColumn> columns_of(const Schema& schema) {
  return design_columns(schema, mlserve::testing::plain_encoder(schema));
}

std::vector<std::string> names_of(const std::vector<DesignColumn>& columns) {
  std::vector<std::string> names;
  for (const DesignColumn& column : columns) names.push_back(column.name);
  return names;
}

}  // namespace

TEST_CASE("Design columns are named as pandas.get_dummies does, and sorted", "[features]") {
  CHECK(names_of(columns_of(passenger_schema())) ==
        std::vector<std::string>{"Age", "Embarked_C", "Embarked_Q", "Embarked_S", "Sex_female",
                                 "Sex_male"});
}

TEST_CASE("Design columns are sorted by code point, not by a language", "[features]") {
  Schema schema;
  schema.features = {numeric("b"), numeric("B"), numeric("ä"), boolean("a_x"),
                     categorical("a", {"Z", "_"})};
  CHECK(names_of(columns_of(schema)) ==
        std::vector<std::string>{"B", "a_Z", "a__", "a_x", "b", "ä"});
}

TEST_CASE("Two features may share a joined name; columns know feature and category", "[features]") {
  Schema schema;
  schema.features = {categorical("a", {"b_c"}), categorical("a_b", {"c"}), numeric("a_b_c")};
  const std::vector<DesignColumn> columns = columns_of(schema);
  CHECK(names_of(columns) == std::vector<std::string>(3, "a_b_c"));
  CHECK(columns[0].part.feature == 0);
  CHECK(columns[0].part.kind == ColumnPart::Kind::category);
  CHECK(columns[1].part.feature == 1);
  CHECK(columns[2].part.feature == 2);
  CHECK(columns[2].part.kind == ColumnPart::Kind::number);
}

TEST_CASE("Dates, texts, missing values and rare categories have columns of their own",
          "[features]") {
  Schema schema;
  schema.features = {mlserve::testing::date("d"), mlserve::testing::text("t", {"cat", "dog"}),
                     numeric("n"), categorical("c", {"a", "b", "x"})};
  std::vector<FeatureEncoding> encodings = mlserve::testing::plain_encoder(schema).encodings();
  encodings[1].idf[1] = 0;  // a word that the rows of the fit do not have
  encodings[2].indicator = true;
  encodings[3].use = {CategoryUse::infrequent, CategoryUse::none, CategoryUse::infrequent};
  const Encoder encoder(encodings);
  const std::vector<DesignColumn> columns = design_columns(schema, encoder);
  CHECK(names_of(columns) == std::vector<std::string>{"c_infrequent", "d_day_of_week", "d_month",
                                                      "n", "n_missing", "t_cat"});
  CHECK(codes_of(columns[0].part, encoder) ==
        std::vector<std::uint32_t>{kFirstCategory, kFirstCategory + 2});
}

TEST_CASE("An interaction has a column for each pair of columns", "[features]") {
  Schema schema;
  schema.features = {categorical("a", {"x", "y"}), numeric("n"), categorical("b", {"u"})};
  schema.interactions = {{0, 1}, {0, 2}};
  CHECK(names_of(columns_of(schema)) ==
        std::vector<std::string>{"a_x", "a_x:b_u", "a_x:n", "a_y", "a_y:b_u", "a_y:n", "b_u", "n"});
}
