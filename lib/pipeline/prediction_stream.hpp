#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/byte_source.hpp"
#include "data/json_records.hpp"
#include "pipeline/row_reader.hpp"

namespace mlserve::pipeline {

/// Predictions as `predict_rows` wrote them in JSON Lines, without kept values and null rows.
struct KeptPredictions {
  std::function<std::unique_ptr<data::ByteSource>()> open;  ///< may be called several times
  std::uint64_t rows = 0;                                   ///< lines that there are
  std::string without_rows;  ///< what is written of no rows: PredictionFormatter::without_rows
};

/// Gives kept predictions out in the format wanted, byte for byte as `predict_rows` writes it, in
/// constant memory: for a JSON document they are read once for each of its lists. One thread at a
/// time.
class PredictionStream {
 public:
  PredictionStream(KeptPredictions kept, FileFormat format)
      : kept_(std::move(kept)), format_(format) {}

  /// The next piece, about 256 KiB; "" at the end. Throws Error(corrupt) when there are other lines
  /// than there should be, and what the source throws.
  std::string next();

 private:
  void add_bytes(std::string& out);
  void add_line(std::string& out);
  std::optional<std::string_view> next_line();
  void end_pass(std::string& out);
  void add_item(std::string_view line, std::string& out);
  void add_csv(std::string_view line, std::string& out);
  void add_csv_label(std::string_view json, std::string& out);

  KeptPredictions kept_;
  FileFormat format_;
  bool ended_ = false;

  // Of the pass over the lines.
  std::unique_ptr<data::ByteSource> bytes_;   ///< JSON Lines, which need not be looked at
  std::optional<data::RecordReader> reader_;  ///< the other formats
  data::RecordBlock block_;
  std::size_t taken_ = 0;   ///< lines of the block
  std::uint64_t rows_ = 0;  ///< lines so far

  std::vector<std::string> keys_;  ///< of each line, as JSON; a pass for each
  std::size_t pass_ = 0;
  std::unordered_map<std::string, std::string> csv_labels_;  ///< by their JSON
};

}  // namespace mlserve::pipeline
