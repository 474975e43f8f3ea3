#include "server/query.hpp"

#include "support/catch_shim.hpp"

using mlserve::server::parse_query;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("parse_query keeps the order and decodes both sides", "[server]") {
  CHECK(parse_query("b=2&a=1&b=3") == Pairs{{"b", "2"}, {"a", "1"}, {"b", "3"}});
  CHECK(parse_query("a%3Db=x+y%26z") == Pairs{{"a=b", "x y&z"}});
}

TEST_CASE("parse_query takes names without values, and values with equals signs", "[server]") {
  CHECK(parse_query("a&b=&=c") == Pairs{{"a", ""}, {"b", ""}, {"", "c"}});
  CHECK(parse_query("a=b=c==") == Pairs{{"a", "b=c=="}});
  CHECK(parse_query("&&").empty());
  CHECK(parse_query("").empty());
}

TEST_CASE("Percent signs that encode nothing stand for themselves", "[server]") {
  CHECK(parse_query("a=100%&b=%4&c=%zz&d=%+1") ==
        Pairs{{"a", "100%"}, {"b", "%4"}, {"c", "%zz"}, {"d", "% 1"}});
}
