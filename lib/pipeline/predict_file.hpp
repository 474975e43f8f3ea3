#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

struct PredictOptions {
  std::string input = "-";
  std::string output = "-";
  std::optional<FileFormat> input_format;  ///< by the input's name; JSON for standard input
  std::optional<FileFormat> format;        ///< as the input
  data::CsvOptions csv;                    ///< of CSV input
  bool probabilities = false;
  bool explain = false;           ///< contributions of the features
  std::vector<std::string> keep;  ///< values passed through to the output
  OnError on_error = OnError::fail;
  std::string rejects;  ///< CSV file for rows that cannot be scored: number, reason; empty: none
  unsigned threads = 1;
};

struct PredictSummary {
  std::uint64_t rows = 0;                         ///< read
  std::uint64_t rejected = 0;                     ///< of these not scored
  std::vector<features::ValueWarnings> warnings;  ///< by feature
};

/// Scores a file row by row, input order kept. Memory is constant for CSV and JSON Lines output; a
/// JSON document is put together before it is written. Files appear whole or not at all.
/// Throws Error(invalid_data) for bad input, Error(invalid_argument) when the format is not clear
/// or a kept name would stand twice in the output.
PredictSummary predict_file(const model::Model& model, const PredictOptions& options);

}  // namespace mlserve::pipeline
