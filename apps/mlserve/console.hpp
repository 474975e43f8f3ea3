#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "features/parsed_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::app {

/// Writes results to standard output; throws Error(internal) when nobody takes them.
void print(std::string_view text);

/// Rows of cells as aligned columns, for people: the first to the left, numbers to the right.
class TextTable {
 public:
  enum class Align { left, right };

  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}

  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Each row indented by `indent` blanks.
  std::string text(std::size_t indent) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// `value` with `digits` significant digits, as printf's %g; "n/a" for NaN.
std::string rounded(double value, int digits = 4);
/// 1317 -> "1,317".
std::string grouped(std::uint64_t count);

/// One warning a feature that had missing, unknown or out-of-range values among `rows` rows.
void log_value_warnings(Log& log, const features::Schema& schema,
                        const std::vector<features::ValueWarnings>& warnings, std::uint64_t rows);

}  // namespace mlserve::app
