#include "exporters/spellings.hpp"

#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "core/number.hpp"
#include "data/missing.hpp"
#include "features/schema.hpp"

namespace mlserve::exporters {
namespace {

/// The shortest text that reads back as `number`.
std::string written(double number, std::chars_format notation) {
  std::array<char, 400> text;  // the largest double has 309 digits, the smallest 324 decimals
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, notation).ptr;
  return {text.data(), end};
}

/// "0.1", with zeros behind it up to printf's six decimals, and ".1"; "3" also as "3.".
void add_fixed(std::string text, std::vector<std::string>& texts) {
  constexpr std::size_t kDecimals = 6;
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const bool is_fraction = text.compare(sign, 2, "0.") == 0;
  const auto add = [&] {
    texts.push_back(text);
    if (is_fraction) texts.push_back(std::string(text).erase(sign, 1));
  };
  add();
  std::size_t point = text.find('.');
  if (point == std::string::npos) {
    point = text.size();
    text += '.';
    add();
  }
  while (text.size() - point <= kDecimals) {
    text += '0';
    add();
  }
}

/// "1e-05" (R, C, PostgreSQL), "1.0e-05" (SQLite), "1e-5" (JavaScript), "1E-05" (spreadsheets),
/// "1.0E-5" (Java), "1e5" (DuckDB).
void add_scientific(const std::string& text, std::vector<std::string>& texts) {
  const std::size_t e = text.find('e');
  const std::string mantissa = text.substr(0, e);
  const std::string exponent = text.substr(e + 1);  // a sign and at least two digits
  std::string brief = exponent.substr(exponent[1] == '0' ? 2 : 1);
  if (exponent[0] == '-') brief.insert(0, 1, '-');
  std::vector<std::string> mantissas = {mantissa};
  if (mantissa.find('.') == std::string::npos) mantissas.push_back(mantissa + ".0");
  for (const std::string& digits : mantissas) {
    for (const char letter : {'e', 'E'}) {
      for (const std::string& power : {exponent, brief}) texts.push_back(digits + letter + power);
    }
  }
}

/// How programs write a number: with an exponent those that it makes no longer.
std::vector<std::string> spellings_of(double number) {
  constexpr std::size_t kMostFixed = 24;  // characters; nobody writes 1e300 in full
  number = number == 0 ? 0 : number;
  const std::string fixed = written(number, std::chars_format::fixed);
  const std::string scientific = written(number, std::chars_format::scientific);
  std::vector<std::string> texts;
  if (fixed.size() <= kMostFixed) add_fixed(fixed, texts);
  if (scientific.size() <= fixed.size()) add_scientific(scientific, texts);
  return texts;
}

}  // namespace

bool tells_missing(const model::Model& model, std::size_t f) {
  return model.encoder[f].indicator || model.schema.refuses_missing;
}

std::vector<Spelling> spellings(const model::Model& model, std::size_t f) {
  const features::Feature& feature = model.schema.features[f];
  std::map<std::string, std::uint32_t> codes;
  for (const std::string& category : feature.categories)
    codes.emplace(category, feature.index.code(category));
  for (const std::string& category : feature.categories) {
    const auto number = parse_double(category);
    if (!number) continue;
    for (const std::string& text : spellings_of(*number))
      codes.emplace(text, feature.index.code(text));
  }
  if (tells_missing(model, f)) {
    codes.emplace("", features::kMissing);
    for (const std::string_view marker : data::kMissingMarkers)
      codes.emplace(marker, features::kMissing);
  }
  std::vector<Spelling> all;
  all.reserve(codes.size());
  for (auto& [text, code] : codes) all.push_back({text, code});
  return all;
}

}  // namespace mlserve::exporters
