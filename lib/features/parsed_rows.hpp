#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "features/encoded_rows.hpp"

namespace mlserve::features {

/// Why a row of the input cannot be scored as it stands. A row may have several.
struct RowProblem {
  std::size_t row;     ///< number in ParsedRows::rows
  std::string field;   ///< the feature, or empty when the whole record is meant
  std::string detail;  ///< `"old" is not a number`
};

/// A value of the input that is passed through to the output.
struct KeptValue {
  std::string text;      ///< what a CSV cell shows
  bool is_text = false;  ///< in JSON a string; else `text` is a JSON literal, or empty for null
};

/// That the records are wanted as they came, and which of their fields not.
struct RecordCapture {
  std::vector<std::string> omitted;
};

/// Rows as a reader of foreign bytes understands them. A row with a problem is there too, its bad
/// values missing, so that row numbers stay those of the input.
struct ParsedRows {
  EncodedRows rows;
  std::vector<RowProblem> problems;          ///< in order of row
  std::vector<std::vector<KeptValue>> kept;  ///< by row, then by kept name; empty if none are kept

  /// A body of nonsense is looked at no further after so many problems.
  static constexpr std::size_t kMaxProblems = 10'000;

  /// Borrowed; if set, `records` is filled. `start` leaves it as it is.
  const RecordCapture* capture = nullptr;
  std::vector<std::string> records;  ///< by row: all fields that came, as one JSON object

  void start(const Schema& schema) {
    rows.start(schema);
    problems.clear();
    kept.clear();
    records.clear();
  }

  /// Whether a parser may stop: there are so many problems, or one row more than `max_rows`, by
  /// which its caller knows.
  bool is_enough(std::size_t max_rows) const noexcept {
    return problems.size() >= kMaxProblems || rows.size() > max_rows;
  }

  /// Adds a row that has no values for `reason`, with `kept_names` values of null.
  void append_bad(const std::string& reason, std::size_t kept_names = 0);

  /// To be called when the last row has its values: what is missing there is a problem if the
  /// schema refuses that.
  void finish_row(const Schema& schema);
};

/// What is said of a table whose header lacks a column: the nearest of its names is offered.
std::string no_column(std::string_view name, std::span<const std::string> header);

/// How many values of one feature were missing, unknown, or outside the training range.
struct ValueWarnings {
  std::uint64_t missing = 0;
  std::uint64_t unknown = 0;
  std::uint64_t out_of_range = 0;
};

/// Adds what the rows without a problem have of these to `warnings`, which has one entry a feature.
void add_warnings(const Schema& schema, const ParsedRows& parsed,
                  std::vector<ValueWarnings>& warnings);

}  // namespace mlserve::features
