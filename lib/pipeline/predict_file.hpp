#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.hpp"
#include "data/byte_sink.hpp"
#include "data/input.hpp"
#include "features/parsed_rows.hpp"
#include "model/model.hpp"
#include "pipeline/row_reader.hpp"

namespace mlserve::pipeline {

/// What happens to a row that cannot be scored.
enum class OnError {
  fail,  ///< the first one is an error and no file appears
  skip,  ///< it is left out
  null   ///< its prediction is null (an empty cell in CSV)
};

/// What is made of rows, wherever they come from and go to.
struct PredictOptions {
  std::optional<FileFormat> input_format;  ///< by the input's name; JSON for standard input
  std::optional<FileFormat> format;        ///< as the input
  data::CsvOptions csv;                    ///< of CSV input
  bool probabilities = false;
  bool explain = false;           ///< contributions of the features
  std::vector<std::string> keep;  ///< values passed through to the output
  OnError on_error = OnError::fail;
  unsigned threads = 1;
  Progress progress;  ///< is told how much of the input is read
};

struct PredictFileOptions : PredictOptions {
  std::string input = "-";
  std::string output = "-";
  std::string rejects;  ///< CSV file for rows that cannot be scored: number, reason; empty: none
};

struct PredictSummary {
  std::uint64_t rows = 0;                         ///< read
  std::uint64_t rejected = 0;                     ///< of these not scored
  std::vector<features::ValueWarnings> warnings;  ///< by feature
};

/// Scores an input row by row into `output`, input order kept; rows that cannot be scored go to
/// `rejects`, if there is one. Memory is constant for CSV and JSON Lines output; a JSON document is
/// put together before it is written. The sinks are the caller's to commit.
/// Throws Error(invalid_data) for bad input, Error(invalid_argument) when the format is not clear
/// or a kept name would stand twice in the output, and what the sinks and the progress throw.
PredictSummary predict_rows(const model::Model& model, const data::Input& input,
                            const PredictOptions& options, data::ByteSink& output,
                            data::ByteSink* rejects = nullptr);

/// The same from file to file; these appear whole or not at all.
PredictSummary predict_file(const model::Model& model, const PredictFileOptions& options);

}  // namespace mlserve::pipeline
