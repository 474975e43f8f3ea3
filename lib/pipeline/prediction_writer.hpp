#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "features/parsed_rows.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"
#include "pipeline/row_reader.hpp"

namespace mlserve::pipeline {

/// How JSON has the probabilities of a row.
enum class ProbabilityForm {
  by_class,  ///< {"0":0.8,"1":0.2}
  list,      ///< [0.8,0.2], in the order of the classes
  pairs,     ///< [["0",0.8],["1",0.2]]
  flat       ///< 0.8,0.2: the rows' lists are one
};

/// What is written of each row.
struct OutputLayout {
  FileFormat format = FileFormat::json;
  bool probabilities = false;     ///< only of classes
  bool explanations = false;      ///< contributions of the features to the margins
  std::vector<std::string> kept;  ///< names of the values passed through
  ProbabilityForm probability_form = ProbabilityForm::by_class;
};

/// What a model says of some rows, and which of them are to be shown.
struct ScoredRows {
  enum class State : unsigned char { scored, null, skipped };
  model::Scores scores;
  model::Explanation explanation;  ///< only filled when it is wanted
  std::vector<State> states;       ///< by row
};

/// Scores `rows`, all of them to be shown, explained when `explain` is set.
void score_rows(const model::Scorer& scorer, const features::EncodedRows& rows, bool explain,
                ScoredRows& scored);

/// Text of some rows in the chosen layout, ready to be joined to that of their neighbours.
struct PredictionText {
  std::string rows;               ///< CSV or JSON Lines
  std::string predictions;        ///< JSON: the lists' items with commas between them
  std::string probabilities;      ///< JSON
  std::string explanations;       ///< JSON
  std::vector<std::string> kept;  ///< JSON, by name

  /// Adds the text of the rows that follow.
  void append(const PredictionText& next);
};

/// Formats predictions. Immutable: `format` may run on several threads at once. Borrows the scorer.
///
/// CSV has the kept columns, `prediction`, with probabilities one `probability_<class>` a class,
/// and with explanations `baseline` and one `contribution_<feature>` a feature (of several classes
/// each with the class behind it); JSON Lines an object a row with the same; JSON one object of
/// lists.
class PredictionFormatter {
 public:
  /// Throws Error(invalid_argument) when a kept name would stand twice in the output, and when
  /// probabilities are asked of a model that has none.
  PredictionFormatter(const model::Model& model, const model::Scorer& scorer, OutputLayout layout);

  void format(const features::ParsedRows& parsed, const ScoredRows& scored,
              PredictionText& text) const;

  /// First line of a CSV file, or nothing.
  std::string header() const;

  /// The whole output when there are no rows.
  std::string without_rows() const;

  /// The whole JSON document from the joined texts.
  std::string document(const PredictionText& all) const;

 private:
  /// A row and what is to be shown of it.
  struct Row {
    const features::ParsedRows& parsed;
    const ScoredRows& scored;
    std::size_t index;

    bool is_null() const { return scored.states[index] == ScoredRows::State::null; }
  };

  void append_csv(const Row& row, std::string& out) const;
  void append_line(const Row& row, std::string& out) const;
  void append_items(const Row& row, PredictionText& text) const;
  void append_prediction(const Row& row, std::string& out) const;
  void append_probabilities(const Row& row, std::string& out) const;
  void append_explanation(const Row& row, std::string& out) const;
  void append_csv_probabilities(const Row& row, std::string& out) const;
  void append_csv_explanation(const Row& row, std::string& out) const;

  const model::Scorer& scorer_;
  OutputLayout layout_;
  std::vector<std::string> names_;         ///< of the output's columns
  std::vector<std::string> classes_;       ///< as plain text; none in a regression
  std::vector<std::string> class_labels_;  ///< as JSON, or as a CSV field
};

}  // namespace mlserve::pipeline
