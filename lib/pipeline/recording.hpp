#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/byte_source.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"
#include "model/scores.hpp"

namespace mlserve::pipeline {

/// Rows of one request, as they came, and what was answered: a line of RECORDING.md.
struct Recording {
  std::string time;  ///< RFC 3339
  std::string request_id;
  std::string route;
  std::string model;
  std::string version;
  std::vector<std::string> omitted;  ///< fields that were left out of the records
  std::uint64_t first_row = 0;       ///< its number in the request
  std::vector<std::string> records;  ///< JSON objects, one a row
  std::vector<std::string> classes;  ///< of a classifier
  std::vector<std::size_t> labels;   ///< of a classifier: the class of each row
  /// Row by row: of a classifier the probability of each class, else the number predicted.
  std::vector<double> values;

  std::size_t width() const noexcept { return classes.empty() ? 1 : classes.size(); }
  std::span<const double> row(std::size_t i) const {
    return std::span(values).subspan(i * width(), width());
  }
};

/// Adds rows: `records` as JSON objects, `scores` what `model`, compiled to `scorer`, gave for
/// them.
void add_rows(const model::Model& model, const model::Scorer& scorer,
              std::span<const std::string> records, const model::Scores& scores, Recording& out);

/// Appends a recording as lines, each of about a megabyte at most unless one row needs more.
void append_lines(const Recording& recording, std::string& out);

/// Reads lines of recordings one after the other, in memory for some of them.
class RecordingReader {
 public:
  RecordingReader(std::unique_ptr<data::ByteSource> source, const std::string& name);
  ~RecordingReader();

  /// False at the end. What is no JSON, as a line that a killed process left behind, is passed
  /// over. Throws Error(invalid_data) naming the line for JSON that is no recording, and for a line
  /// that is far too long.
  bool next(Recording& recording);

  /// The number of the line of the last recording, 1-based.
  std::uint64_t line() const noexcept;
  /// Lines that were passed over.
  std::uint64_t damaged() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlserve::pipeline
