#include "features/schema.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "features/boolean_text.hpp"
#include "support/schemas.hpp"

using namespace mlserve::features;
using mlserve::testing::passenger_schema;

TEST_CASE("A category is found by its text, other texts are unknown", "[features]") {
  const CategoryIndex index({"female", "male"});
  CHECK(index.code("female") == kFirstCategory);
  CHECK(index.code("male") == kFirstCategory + 1);
  CHECK(index.code("Male") == kUnknown);
  CHECK(index.code("") == kUnknown);
  CHECK(index.code("\"female\"") == kUnknown);
  CHECK(index.code(1.0) == kUnknown);
  CHECK(CategoryIndex().code("x") == kUnknown);
}

TEST_CASE("3, \"3\" and \"3.0\" are one category", "[features]") {
  const CategoryIndex index({"1", "2.50", "3"});
  CHECK(index.code(3.0) == kFirstCategory + 2);
  CHECK(index.code("3") == kFirstCategory + 2);
  CHECK(index.code("3.0") == kFirstCategory + 2);
  CHECK(index.code("+3e0") == kFirstCategory + 2);
  CHECK(index.code(2.5) == kFirstCategory + 1);
  CHECK(index.code("2.5") == kFirstCategory + 1);
  CHECK(index.code(4.0) == kUnknown);
  CHECK(index.code("three") == kUnknown);
}

TEST_CASE("Of categories that spell one number, its own text comes first, then the first of them",
          "[features]") {
  const CategoryIndex index({"007", "7", "7.0"});
  CHECK(index.code("007") == kFirstCategory);
  CHECK(index.code("7") == kFirstCategory + 1);
  CHECK(index.code("7.0") == kFirstCategory + 2);
  CHECK(index.code(7.0) == kFirstCategory + 1);
  // A code with leading zeros stands for its number where nothing else does.
  CHECK(CategoryIndex({"007", "7.0"}).code("7") == kFirstCategory + 1);
  CHECK(CategoryIndex({"007"}).code(7.0) == kFirstCategory);
}

TEST_CASE("Zero is one category with either sign", "[features]") {
  CHECK(CategoryIndex({"0"}).code(-0.0) == kFirstCategory);
  CHECK(CategoryIndex({"-0.0"}).code("0") == kFirstCategory);
}

TEST_CASE("A truth value finds the category that spells it", "[features]") {
  CHECK(CategoryIndex({"False", "True", "maybe"}).boolean_code(true) == kFirstCategory + 1);
  CHECK(CategoryIndex({"False", "True", "maybe"}).boolean_code(false) == kFirstCategory);
  CHECK(CategoryIndex({"no", "yes"}).boolean_code(true) == kUnknown);
}

TEST_CASE("true and false are booleans as pandas spells them, yes and 1 are not", "[features]") {
  for (const char* text : {"true", "True", "TRUE"}) CHECK(parse_boolean(text) == true);
  for (const char* text : {"false", "False", "FALSE"}) CHECK(parse_boolean(text) == false);
  for (const char* text : {"", "tRUE", "yes", "no", "1", "0", "T", "true "}) {
    CHECK_FALSE(parse_boolean(text).has_value());
  }
}

TEST_CASE("A class has one text for all spellings of its number or truth value", "[features]") {
  CHECK(class_text("1.0", TargetType::integer) == "1");
  CHECK(class_text(" 1e2", TargetType::integer) == "100");
  CHECK(class_text("-0", TargetType::integer) == "0");
  CHECK(class_text("0.50", TargetType::real) == "0.5");
  CHECK(class_text("TRUE", TargetType::boolean) == "true");
  CHECK(class_text("1.0", TargetType::string) == "1.0");
}

TEST_CASE("A class is found in any spelling", "[features]") {
  const Target integers{"y", TargetType::integer, {"0", "1"}, {1, 1}};
  CHECK(target_value(integers, "1.00") == 1.0);
  CHECK_FALSE(target_value(integers, "2"));
  CHECK_FALSE(target_value(integers, "true"));
  const Target booleans{"y", TargetType::boolean, {"false", "true"}, {1, 1}};
  CHECK(target_value(booleans, "True") == 1.0);
  const Target numbers{"y", TargetType::real, {}, {}, Task::regression};
  CHECK(target_value(numbers, "2.5") == 2.5);
  CHECK_FALSE(target_value(numbers, "much"));
}

TEST_CASE("Classes are written in JSON by their type", "[features]") {
  CHECK(class_json({"y", TargetType::integer, {"0", "1"}, {}}, 1) == "1");
  CHECK(class_json({"y", TargetType::boolean, {"false", "true"}, {}}, 0) == "false");
  CHECK(class_json({"y", TargetType::string, {"a", "\"b\""}, {}}, 1) == R"("\"b\"")");
}

TEST_CASE("Names of kinds and types read back", "[features]") {
  for (const auto kind : {FeatureKind::numeric, FeatureKind::boolean, FeatureKind::categorical,
                          FeatureKind::text, FeatureKind::date}) {
    CHECK(parse_kind(kind_name(kind)) == kind);
  }
  for (const auto type :
       {TargetType::integer, TargetType::real, TargetType::boolean, TargetType::string}) {
    CHECK(parse_target_type(type_name(type)) == type);
  }
  CHECK_FALSE(parse_kind("txt").has_value());
  CHECK_FALSE(parse_target_type("").has_value());
}

TEST_CASE("Schema finds features by name", "[features]") {
  const Schema schema = passenger_schema();
  CHECK(schema.find("Embarked") == 2U);
  CHECK_FALSE(schema.find("embarked"));
  CHECK(schema.feature_names() == std::vector<std::string>{"Age", "Sex", "Embarked"});
}
