#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "features/parsed_rows.hpp"
#include "model/model.hpp"
#include "pipeline/row_reader.hpp"

namespace mlserve::pipeline {

/// What is written of each row.
struct OutputLayout {
  FileFormat format = FileFormat::json;
  bool probabilities = false;
  std::vector<std::string> kept;  ///< names of the values passed through
};

/// Predictions of one row, and whether they are to be shown.
struct ScoredRow {
  enum class State { scored, null, skipped };
  State state = State::scored;
  double probability = 0;  ///< of the second class
};

/// Text of some rows in the chosen layout, ready to be joined to that of their neighbours.
struct PredictionText {
  std::string rows;               ///< CSV or JSON Lines
  std::string predictions;        ///< JSON: the lists' items with commas between them
  std::string probabilities;      ///< JSON
  std::vector<std::string> kept;  ///< JSON, by name

  /// Adds the lists of the rows that follow.
  void append(const PredictionText& next);
};

/// Formats predictions. Immutable: `format` may run on several threads at once.
///
/// CSV has the kept columns, `prediction` and with probabilities one `probability_<class>` a class;
/// JSON Lines an object a row with the same; JSON one object of lists.
class PredictionFormatter {
 public:
  /// Throws Error(invalid_argument) when a kept name would stand twice in the output.
  PredictionFormatter(const model::Model& model, OutputLayout layout);

  void format(const features::ParsedRows& parsed, const std::vector<ScoredRow>& scored,
              PredictionText& text) const;

  /// First line of a CSV file, or nothing.
  std::string header() const;

  /// The whole JSON document from the joined texts.
  std::string document(const PredictionText& all) const;

 private:
  void append_csv(const features::ParsedRows& parsed, std::size_t row, const ScoredRow& scored,
                  std::string& out) const;
  void append_line(const features::ParsedRows& parsed, std::size_t row, const ScoredRow& scored,
                   std::string& out) const;
  void append_items(const features::ParsedRows& parsed, std::size_t row, const ScoredRow& scored,
                    PredictionText& text) const;
  std::string_view label(const ScoredRow& scored) const;
  void append_probabilities(const ScoredRow& scored, std::string& out) const;

  OutputLayout layout_;
  std::vector<std::string> names_;         ///< of the output's columns
  std::vector<std::string> classes_;       ///< as plain text
  std::vector<std::string> class_labels_;  ///< as JSON, or as a CSV field
};

}  // namespace mlserve::pipeline
