#include "exporters/spellings.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/number.hpp"
#include "support/export_models.hpp"

namespace {

using namespace mlserve;

std::vector<std::string> spellings_of(const std::string& category) {
  const model::Model model =
      testing::make_model({testing::categorical("k", {category, "other"})}, testing::two_classes());
  std::vector<std::string> texts;
  for (const auto& [text, code] : exporters::spellings(model, 0)) {
    if (code == features::kFirstCategory) texts.push_back(text);
  }
  return texts;
}

}  // namespace

TEST_CASE("A category is spelled as programs write its number", "[exporters]") {
  struct Case {
    std::string category;
    std::vector<std::string> spelled;  // by printf, R, PostgreSQL, SQLite, DuckDB, JavaScript, Java
  };
  const Case of = GENERATE(
      Case{"3", {"3", "3.", "3.0", "3.00", "3.000000"}},
      Case{"0.5", {"0.5", ".5", "0.50", ".500000"}}, Case{"-0.25", {"-0.25", "-.25", "-0.250000"}},
      Case{"0", {"0", "0.0", "0.000000"}},
      Case{"0.0001", {"0.0001", "0.00010", "0.000100", "1e-04", ".0001"}},
      Case{"0.00001", {"0.00001", "0.000010", "1e-05", "1.0e-05", "1e-5", "1E-05", "1.0E-5"}},
      Case{"100000", {"100000", "100000.0", "1e+05"}},
      Case{"1000000000000000",
           {"1000000000000000", "1000000000000000.0", "1e+15", "1.0e+15", "1.0E15"}},
      Case{"1e22", {"10000000000000000000000", "1e22", "1e+22", "1E+22"}},
      Case{"1e300", {"1e300", "1e+300"}}, Case{"2.5e-9", {"2.5e-9", "2.5e-09", "2.5E-9"}});
  const std::vector<std::string> found = spellings_of(of.category);
  for (const std::string& text : of.spelled) {
    CAPTURE(of.category, text);
    CHECK(std::find(found.begin(), found.end(), text) != found.end());
  }
  for (const std::string& text : found) {
    CAPTURE(of.category, text);
    CHECK(parse_double(text) == parse_double(of.category));
    CHECK(text.size() <= 24 + 7);
  }
}

TEST_CASE("A category that is no number has one spelling", "[exporters]") {
  for (const char* text : {"male", "1,5", "", "e5", "."})
    CHECK(spellings_of(text) == std::vector<std::string>{text});
}
