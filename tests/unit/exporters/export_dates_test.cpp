#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "features/calendar.hpp"
#include "support/export_models.hpp"
#include "support/reference.hpp"
#include "support/run_export.hpp"

namespace {

using namespace mlserve;
using testing::Language;

/// A regression on a date whose prediction tells every part of it: the parts are the digits of a
/// number, so to speak, exact in a double.
model::Model telling_model() {
  model::Model model = testing::model_for("number", {testing::whole_date("d")});
  model.intercepts = {0};
  double unit = 1;
  const std::array<std::pair<features::DatePart, double>, 8> sizes = {
      {{features::DatePart::second, 60},
       {features::DatePart::minute, 60},
       {features::DatePart::hour, 24},
       {features::DatePart::day_of_year, 367},
       {features::DatePart::day_of_week, 8},
       {features::DatePart::day, 32},
       {features::DatePart::month, 13},
       {features::DatePart::year, 10000}}};
  for (const auto& [part, size] : sizes) {
    for (std::size_t c = 0; c < model.columns.size(); ++c) {
      if (model.columns[c].part.index == static_cast<std::size_t>(part))
        model.coefficients[0][c] = unit;
    }
    unit *= size;
  }
  return model;
}

std::string day_text(double days_since_1970) {
  return features::format_date(86400 * days_since_1970).substr(0, 10);
}

/// Days of all years, every one where leap years matter.
std::vector<std::string> days() {
  std::vector<std::string> texts;
  const double first = *features::parse_date("0001-01-01") / 86400;
  const double last = *features::parse_date("9999-12-31") / 86400;
  for (double day = first; day <= last; day += 29) texts.push_back(day_text(day));
  for (const char* year : {"0001", "0004", "0100", "0400", "1899", "1900", "1969", "1970", "2000",
                           "2023", "2024", "2100", "9996", "9999"}) {
    const double begin = *features::parse_date(std::string(year) + "-01-01") / 86400;
    for (double day = begin; day < begin + 366 && day <= last; ++day)
      texts.push_back(day_text(day));
  }
  return texts;
}

/// Times with offsets and fractions, some of which a double rounds up to the next second.
std::vector<std::string> times() {
  std::vector<std::string> texts;
  const std::vector<std::string> moments = {"1970-01-01T00:00:00", "1970-01-01T00:00:01",
                                            "1969-12-31T23:59:59", "2024-02-29 23:59:59",
                                            "0001-01-01T00:00:00", "9999-12-31T23:59:59"};
  for (const std::string& moment : moments) {
    for (const char* offset : {"", "Z", "+00", "-00:30", "+0545", "-23:59", "+23:59"})
      texts.push_back(moment + offset);
    // As near to a whole second as doubles can be at all times: exactly between two, and beside.
    for (int bits = 1; bits <= 57; ++bits) {
      char digits[80];
      std::snprintf(digits, sizeof digits, "%.57f", 1 - std::ldexp(1, -bits));
      const std::string fraction(digits + 1);
      std::string below = fraction;
      for (std::size_t i = below.size() - 1; below[i]-- == '0'; --i) below[i] = '9';
      for (const std::string& text : {fraction, fraction + "0001", below + "9999", below})
        texts.push_back(moment + text + "Z");
    }
    for (const std::string& digits :
         {std::string(500, '9'), std::string(54, '9') + "4", std::string(400, '0') + "1",
          std::string("0"), std::string("123456789")})
      texts.push_back(moment + "." + digits);
  }
  return texts;
}

/// Texts that look like dates: each of some with one or two characters changed.
std::vector<std::string> nearly_dates() {
  std::mt19937 chance(7);
  const std::vector<std::string> dates = {"2024-02-29", "2024-12-31T23:59:59.25+02:00",
                                          "1900-02-28 00:00Z", "0001-01-01T00:00:00-0100"};
  const std::string some = "0123456789-:+.TZ tz\x80";
  std::vector<std::string> texts = dates;
  for (int i = 0; i < 20000; ++i) {
    std::string text = dates[chance() % dates.size()];
    for (auto n = 1 + chance() % 2; n > 0; --n) {
      const std::size_t at = chance() % text.size();
      const char c = some[chance() % (some.size() - 1)];
      switch (chance() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at);
      }
      if (text.empty()) text = "-";
    }
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

TEST_CASE("Exports read every date as the program does, and refuse what it refuses",
          "[exporters]") {
  const auto language = GENERATE(Language::c, Language::cpp, Language::javascript);
  CAPTURE(static_cast<int>(language));
  const model::Model model = telling_model();
  std::vector<std::string> texts = days();
  for (const auto& more : {times(), nearly_dates()})
    texts.insert(texts.end(), more.begin(), more.end());
  const nlohmann::json reference = testing::read_reference("text.json");
  for (const auto& entry : reference.at("dates")) texts.push_back(entry.at("text"));
  for (const char* missing : {"", "NA", "#N/A N/A"}) texts.emplace_back(missing);
  const testing::Numbers given = testing::run_export(model, language, testing::rows_of(texts));
  CHECK(testing::wrong_texts(model, texts, given) == std::vector<std::string>{});
  std::size_t refused = 0;
  for (const auto& number : given) refused += !number;
  CHECK(refused > 1000);
  CHECK(given.size() - refused > 100'000);
}
