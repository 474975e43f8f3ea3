#include "features/design_column.hpp"

#include <algorithm>

#include "features/calendar.hpp"

namespace mlserve::features {
namespace {

using Kind = ColumnPart::Kind;

struct NamedPart {
  std::string name;
  ColumnPart part;
};

void add_categories(const Feature& feature, const FeatureEncoding& encoding, std::size_t f,
                    std::vector<NamedPart>& parts) {
  for (std::size_t k = 0; k < feature.categories.size(); ++k) {
    if (encoding.use[k] != CategoryUse::own) continue;
    parts.push_back({feature.name + "_" + feature.categories[k], {f, Kind::category, k}});
  }
  const auto& use = encoding.use;
  if (std::find(use.begin(), use.end(), CategoryUse::infrequent) != use.end())
    parts.push_back({feature.name + "_infrequent", {f, Kind::infrequent, 0}});
}

/// What a value of the feature becomes, without the column for a missing one.
std::vector<NamedPart> value_parts(const Schema& schema, const Encoder& encoder, std::size_t f) {
  const Feature& feature = schema.features[f];
  std::vector<NamedPart> parts;
  switch (feature.kind) {
    case FeatureKind::numeric:
    case FeatureKind::boolean:
      parts.push_back({feature.name, {f, Kind::number, 0}});
      break;
    case FeatureKind::categorical:
      add_categories(feature, encoder[f], f, parts);
      break;
    case FeatureKind::date:
      for (const DatePart part : feature.date_parts) {
        parts.push_back({feature.name + "_" + std::string(name_of(part)),
                         {f, Kind::date_part, static_cast<std::size_t>(part)}});
      }
      break;
    case FeatureKind::text:
      for (std::size_t k = 0; k < feature.categories.size(); ++k) {
        if (encoder[f].idf[k] > 0)
          parts.push_back({feature.name + "_" + feature.categories[k], {f, Kind::word, k}});
      }
      break;
  }
  return parts;
}

void add_products(const std::vector<NamedPart>& a, const std::vector<NamedPart>& b,
                  std::vector<DesignColumn>& columns) {
  for (const NamedPart& left : a) {
    for (const NamedPart& right : b) {
      columns.push_back({left.name + ":" + right.name, left.part, right.part});
    }
  }
}

}  // namespace

std::size_t number_of_columns(const Schema& schema, const Encoder& encoder) {
  std::vector<std::size_t> parts;
  std::size_t columns = 0;
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    parts.push_back(value_parts(schema, encoder, f).size());
    columns += parts.back() + (encoder[f].indicator ? 1 : 0);
  }
  for (const auto& [a, b] : schema.interactions) columns += parts[a] * parts[b];
  return columns;
}

std::vector<std::uint32_t> codes_of(const ColumnPart& part, const Encoder& encoder) {
  if (part.kind == Kind::missing) return {kMissing};
  if (part.kind == Kind::category) return {kFirstCategory + static_cast<std::uint32_t>(part.index)};
  std::vector<std::uint32_t> codes;
  const std::vector<CategoryUse>& use = encoder[part.feature].use;
  for (std::uint32_t k = 0; k < use.size(); ++k) {
    if (use[k] == CategoryUse::infrequent) codes.push_back(kFirstCategory + k);
  }
  return codes;
}

std::vector<DesignColumn> design_columns(const Schema& schema, const Encoder& encoder) {
  std::vector<DesignColumn> columns;
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    for (NamedPart& named : value_parts(schema, encoder, f)) {
      columns.push_back({std::move(named.name), named.part, std::nullopt});
    }
    if (encoder[f].indicator) {
      columns.push_back(
          {schema.features[f].name + "_missing", {f, Kind::missing, 0}, std::nullopt});
    }
  }
  for (const auto& [a, b] : schema.interactions) {
    add_products(value_parts(schema, encoder, a), value_parts(schema, encoder, b), columns);
  }
  std::stable_sort(columns.begin(), columns.end(),
                   [](const DesignColumn& a, const DesignColumn& b) { return a.name < b.name; });
  return columns;
}

}  // namespace mlserve::features
