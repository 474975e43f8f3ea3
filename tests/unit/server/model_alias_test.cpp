#include "server/model_alias.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"

using namespace mlserve;
using namespace mlserve::server;
using testing::error_of;

TEST_CASE("An alias names a model, or a version of it, or is a label of a model", "[server]") {
  CHECK(parse_alias("champion=titanic") == ModelAlias{"champion", "titanic", ""});
  CHECK(parse_alias("champion=titanic@3") == ModelAlias{"champion", "titanic", "3"});
  CHECK(parse_alias("champion=titanic@003") == ModelAlias{"champion", "titanic", "3"});
  CHECK(parse_alias("titanic@stable=3") == ModelAlias{"titanic@stable", "titanic", "3"});
  CHECK(parse_alias("titanic@stable=3").name == label_name("titanic", "stable"));
  for (const char* text : {"", "=", "champion", "champion=", "=titanic", "champion=titanic@",
                           "champion=@3", "@stable=3", "titanic@=3", "titanic@stable=other@3"}) {
    CAPTURE(text);
    const auto error = error_of([&] { parse_alias(text); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::invalid_argument);
  }
}

TEST_CASE("A file of aliases is an object of texts", "[server]") {
  CHECK(parse_aliases(R"({"champion": "titanic@3", "titanic@stable": "2"})", "f") ==
        std::vector<ModelAlias>{{"champion", "titanic", "3"}, {"titanic@stable", "titanic", "2"}});
  CHECK(parse_aliases("{}", "f").empty());
  for (const char* text : {"", "{", "[]", "3", R"({"a": 3})", R"({"a": {"b": "c"}})",
                           R"({"a": ["b"]})", R"({"a": ""})", "{\"a\": \"\xFF\"}"}) {
    CAPTURE(text);
    const auto error = error_of([&] { parse_aliases(text, "dir/aliases.json"); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::corrupt);
    CHECK(std::string(error->what()).starts_with("dir/aliases.json: "));
  }
}
