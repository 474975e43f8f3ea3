#include "features/parsed_rows.hpp"

#include <cmath>

#include "core/text.hpp"

namespace mlserve::features {
namespace {

/// By row: whether it has no problem.
std::vector<bool> sound_rows(const ParsedRows& parsed) {
  std::vector<bool> sound(parsed.rows.size(), true);
  for (const RowProblem& problem : parsed.problems) sound[problem.row] = false;
  return sound;
}

}  // namespace

void ParsedRows::append_bad(const std::string& reason, std::size_t kept_names) {
  problems.push_back({rows.append_missing(), "", reason});
  if (kept_names > 0) kept.emplace_back(kept_names);
  if (capture != nullptr) records.emplace_back("{}");
}

void ParsedRows::finish_row(const Schema& schema) {
  if (!schema.refuses_missing) return;
  const std::size_t row = rows.size() - 1;
  const bool sound = problems.empty() || problems.back().row != row;
  for (std::size_t f = 0; sound && f < schema.features.size(); ++f) {
    if (rows.is_missing(row, f)) {
      problems.push_back({row, schema.features[f].name, "is missing, which this model refuses"});
    }
  }
}

std::string no_column(std::string_view name, std::span<const std::string> header) {
  const auto meant = nearest_name(name, header);
  return "has no column '" + shown(name) + "'" +
         (meant ? "; did you mean '" + shown(*meant) + "'?" : "") +
         " (columns are: " + shown(join(header), 200) + ")";
}

void add_warnings(const Schema& schema, const ParsedRows& parsed,
                  std::vector<ValueWarnings>& warnings) {
  const std::vector<bool> sound = sound_rows(parsed);
  for (std::size_t f = 0; f < warnings.size(); ++f) {
    const Feature& feature = schema.features[f];
    const EncodedRows::ColumnValues& column = parsed.rows.columns()[f];
    ValueWarnings& found = warnings[f];
    for (std::size_t row = 0; row < sound.size(); ++row) {
      if (!sound[row]) continue;
      if (column.form != EncodedRows::Form::numbers) {
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
