#include "exporters/spellings.hpp"

#include <map>
#include <string_view>
#include <utility>

#include "core/number.hpp"
#include "data/missing.hpp"
#include "features/schema.hpp"

namespace mlserve::exporters {
namespace {

/// The shortest spelling of a number, and those with zeros behind it up to printf's six decimals.
std::vector<std::string> spellings_of(double number) {
  constexpr std::size_t kDecimals = 6;
  std::vector<std::string> texts = {format_double(number == 0 ? 0 : number)};
  if (texts[0].find('e') != std::string::npos) return texts;
  std::string text = texts[0];
  std::size_t point = text.find('.');
  if (point == std::string::npos) {
    point = text.size();
    text += '.';
  }
  while (text.size() - point <= kDecimals) texts.push_back(text += '0');
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
