#include "features/category_use.hpp"

#include <algorithm>
#include <cstddef>

namespace mlserve::features {
namespace {

using Uses = std::vector<CategoryUse>;

std::size_t number_of(const Uses& uses, CategoryUse use) {
  return static_cast<std::size_t>(std::count(uses.begin(), uses.end(), use));
}

/// Of the categories with a column, in order of count; of equally frequent ones the first is first.
std::vector<std::size_t> rarest_first(std::span<const double> counts, const Uses& uses) {
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < uses.size(); ++k) {
    if (uses[k] == CategoryUse::own) order.push_back(k);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return counts[a] < counts[b]; });
  return order;
}

void limit_columns(std::span<const double> counts, std::size_t most, Uses& uses) {
  const std::size_t columns =
      number_of(uses, CategoryUse::own) + (number_of(uses, CategoryUse::infrequent) > 0 ? 1 : 0);
  if (most == 0 || columns <= most) return;
  const std::vector<std::size_t> order = rarest_first(counts, uses);
  const std::size_t kept = most - 1;  // and the shared one
  for (std::size_t i = 0; i + kept < order.size(); ++i) uses[order[i]] = CategoryUse::infrequent;
}

}  // namespace

std::vector<CategoryUse> category_use(std::span<const double> counts, double rows,
                                      const EncoderOptions& options) {
  const double least =
      options.min_frequency < 1 ? options.min_frequency * rows : options.min_frequency;
  Uses uses;
  for (const double count : counts) {
    uses.push_back(count <= 0      ? CategoryUse::none
                   : count < least ? CategoryUse::infrequent
                                   : CategoryUse::own);
  }
  limit_columns(counts, options.max_categories, uses);
  if (!options.drop_first) return uses;
  if (const auto first = std::find(uses.begin(), uses.end(), CategoryUse::own);
      first != uses.end()) {
    *first = CategoryUse::none;
  } else {  // nothing but the shared column
    std::fill(uses.begin(), uses.end(), CategoryUse::none);
  }
  return uses;
}

}  // namespace mlserve::features
