#include "data/json_writer.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "support/catch_shim.hpp"

using mlserve::data::JsonWriter;

TEST_CASE("JsonWriter puts commas and colons where they belong", "[data]") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("prediction").begin_array().integer(0).integer(1).end_array();
  json.key("ok").boolean(true).key("none").null().end_object();
  CHECK(out == R"({"prediction":[0,1],"ok":true,"none":null})");
}

TEST_CASE("JsonWriter writes empty and nested containers", "[data]") {
  std::string out;
  JsonWriter json(out);
  json.begin_array().begin_array().end_array().begin_object().end_object();
  json.begin_object().key("a").begin_object().key("b").begin_array().end_array().end_object();
  json.end_object().boolean(false).end_array();
  CHECK(out == R"([[],{},{"a":{"b":[]}},false])");
}

TEST_CASE("JsonWriter escapes keys and strings", "[data]") {
  std::string out;
  JsonWriter(out).begin_object().key("a\"").string("b\n").end_object();
  CHECK(out == R"({"a\"":"b\n"})");
}

TEST_CASE("JsonWriter writes doubles shortest and what is not finite as null", "[data]") {
  std::string out;
  JsonWriter json(out);
  json.begin_array().number(22).number(0.1).number(-1e300).number(std::nan(""));
  json.number(std::numeric_limits<double>::infinity()).number(0).end_array();
  CHECK(out == "[22,0.1,-1e+300,null,null,0]");
}

TEST_CASE("JsonWriter writes integers of every size", "[data]") {
  std::string out;
  JsonWriter(out)
      .begin_array()
      .integer(std::numeric_limits<long long>::min())
      .integer(std::numeric_limits<long long>::max())
      .end_array();
  CHECK(out == "[-9223372036854775808,9223372036854775807]");
}

TEST_CASE("JsonWriter puts a finished value in as it is", "[data]") {
  std::string out;
  JsonWriter(out).begin_array().raw(R"({"a":1})").raw("2").end_array();
  CHECK(out == R"([{"a":1},2])");
}

TEST_CASE("JsonWriter appends to what the string holds", "[data]") {
  std::string out = "data: ";
  JsonWriter(out).integer(1);
  CHECK(out == "data: 1");
}
