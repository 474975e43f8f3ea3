#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
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

/// Rows as a reader of foreign bytes understands them. A row with a problem is there too, its bad
/// values missing, so that row numbers stay those of the input.
struct ParsedRows {
  EncodedRows rows;
  std::vector<RowProblem> problems;          ///< in order of row
  std::vector<std::vector<KeptValue>> kept;  ///< by row, then by kept name; empty if none are kept

  void start(const Schema& schema) {
    rows.start(schema);
    problems.clear();
    kept.clear();
  }

  /// To be called when the last row has its values: what is missing there is a problem if the
  /// schema refuses that.
  void finish_row(const Schema& schema);
};

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
