#include "features/parsed_rows.hpp"

#include <cmath>

namespace mlserve::features {
namespace {

/// By row: whether it has no problem.
std::vector<bool> sound_rows(const ParsedRows& parsed) {
  std::vector<bool> sound(parsed.rows.size(), true);
  for (const RowProblem& problem : parsed.problems) sound[problem.row] = false;
  return sound;
}

}  // namespace

void add_warnings(const Schema& schema, const ParsedRows& parsed,
                  std::vector<ValueWarnings>& warnings) {
  const std::vector<bool> sound = sound_rows(parsed);
  for (std::size_t f = 0; f < warnings.size(); ++f) {
    const Feature& feature = schema.features[f];
    const EncodedRows::ColumnValues& column = parsed.rows.columns()[f];
    ValueWarnings& found = warnings[f];
    for (std::size_t row = 0; row < sound.size(); ++row) {
      if (!sound[row]) continue;
      if (column.is_codes) {
        found.missing += column.codes[row] == kMissing;
        found.unknown += column.codes[row] == kUnknown;
      } else {
        const double value = column.numbers[row];
        found.missing += std::isnan(value);
        found.out_of_range += value < feature.minimum || value > feature.maximum;
      }
    }
  }
}

}  // namespace mlserve::features
