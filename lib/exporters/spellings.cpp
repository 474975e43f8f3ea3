#include "exporters/spellings.hpp"

#include <map>
#include <string_view>
#include <utility>

#include "core/number.hpp"
#include "data/missing.hpp"
#include "features/schema.hpp"

namespace mlserve::exporters {

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
    const std::string shortest = format_double(*number == 0 ? 0 : *number);
    for (const std::string& text : {shortest, shortest + ".0"})
      if (parse_double(text)) codes.emplace(text, feature.index.code(text));
  }
  if (tells_missing(model, f)) {
    codes.emplace("", features::kMissing);
    for (const std::string_view marker : data::kMissingMarkers)
      codes.emplace(marker, features::kMissing);
  }
  std::vector<Spelling> all;
  for (auto& [text, code] : codes) all.push_back({text, code});
  return all;
}

}  // namespace mlserve::exporters
