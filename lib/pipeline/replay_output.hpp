#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "features/schema.hpp"
#include "pipeline/replay.hpp"
#include "pipeline/row_reader.hpp"

namespace mlserve::pipeline {

/// Writes replayed rows as CSV or JSON Lines, the recorded answer beside the new one: `request_id`,
/// `row`, `recorded`, `new`, `difference`, `reason`, and of classes their probabilities. A refused
/// row has a reason, and nothing new.
class ReplayFormatter {
 public:
  /// `target` is that of the new model and outlives the formatter. `format` is csv or jsonl.
  ReplayFormatter(const features::Target& target, FileFormat format);

  /// The first line of CSV; nothing of JSON Lines.
  std::string header() const;
  void append(const ReplayedRow& row, std::string& out) const;

 private:
  void append_csv(const ReplayedRow& row, std::string& out) const;
  void append_json(const ReplayedRow& row, std::string& out) const;
  std::string answer_json(const std::string& answer) const;

  const features::Target& target_;
  FileFormat format_;
  std::unordered_map<std::string, std::string> class_json_;  ///< by the class's text
};

/// A result as a JSON document, with a line break at the end.
std::string replay_json(const ReplayResult& result);

}  // namespace mlserve::pipeline
