#include "server/model_version.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

using namespace mlserve::server;

TEST_CASE("A version that is a whole number has one way to be written", "[server]") {
  CHECK(normal_version("7") == "7");
  CHECK(normal_version("007") == "7");
  CHECK(normal_version("000") == "0");
  CHECK(normal_version("00x7") == "00x7");
  CHECK(normal_version("-7") == "-7");
  CHECK(normal_version("").empty());
}

TEST_CASE("Whole numbers are newer than other versions, and in their order", "[server]") {
  std::vector<std::string> versions = {"2024-05", "9", "é", "10",     "b", "18446744073709551616",
                                       "0",       "a", "",  "2024-06"};
  std::ranges::sort(versions, is_newer);
  CHECK(versions == std::vector<std::string>{"18446744073709551616", "10", "9", "0", "é", "b", "a",
                                             "2024-06", "2024-05", ""});
  CHECK_FALSE(is_newer("3", "3"));
}
