#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "features/encoded_rows.hpp"
#include "model/model.hpp"
#include "model/scores.hpp"

namespace mlserve::model {

/// Contributions of the features of some rows to their margins, additive:
/// margin = baseline + sum of contributions. A margin is the log odds of the second class, of
/// several classes the log probability up to a constant, of a count the log of the mean, in a
/// regression the prediction. A contribution is coefficient times (value - training mean), summed
/// over the columns of the feature: the Shapley value of a linear model whose features are
/// independent.
struct Explanation {
  std::size_t width = 1;         ///< margins a row
  std::vector<double> baseline;  ///< by margin: that of a row of training means
  /// By effect (Scorer::effects), then row by row `width` numbers.
  std::vector<std::vector<double>> contributions;
};

/// A Model compiled for speed: a weight for each number, a table of weights by code for each
/// categorical feature; no one-hot matrix is built. Immutable and shared by all threads.
///
/// A margin is the intercept plus the terms in the order of the features, then of the interactions,
/// in double, so that every export can repeat it bit for bit.
class Scorer {
 public:
  /// Weights are one for each margin, or that many for each code, word or pair of codes.
  using Weights = std::vector<double>;

  struct NumberTerm {
    std::size_t feature;
    Weights weights;
    Weights when_missing;  ///< what a missing value adds
  };
  struct CodeTerm {
    std::size_t feature;
    Weights weights;  ///< by code; 0 for kUnknown
  };
  struct WordTerm {
    std::size_t feature;
    std::vector<double> idf;
    Weights weights;  ///< by word
    Weights when_missing;
  };
  struct DateTerm {
    std::size_t feature;
    double fill;
    std::vector<features::DatePart> parts;
    Weights weights;       ///< by part
    Weights when_missing;  ///< beside what the fill value adds
  };
  struct NumberProduct {
    std::size_t a, b;
    double fill_a, fill_b;
    Weights weights;
  };
  struct ScaledCodeTerm {
    std::size_t number, codes;
    double fill;
    Weights weights;  ///< by code
  };
  struct CodeProduct {
    std::size_t a, b;
    std::size_t codes_b;
    Weights weights;  ///< by code of a, then of b
  };
  using TermBody = std::variant<NumberTerm, CodeTerm, WordTerm, DateTerm, NumberProduct,
                                ScaledCodeTerm, CodeProduct>;
  struct Term {
    TermBody body;
    Weights mean;  ///< what it adds on average over the training rows
  };

  explicit Scorer(const Model& model);

  const std::vector<double>& intercepts() const noexcept { return intercepts_; }
  /// One a feature, then one an interaction.
  const std::vector<Term>& terms() const noexcept { return terms_; }
  /// What the terms are called: "Age", "Age:Sex".
  const std::vector<std::string>& effects() const noexcept { return effects_; }

  /// `scores` is refilled.
  void score(const features::EncodedRows& rows, Scores& scores) const;

  /// `explanation` is refilled.
  void explain(const features::EncodedRows& rows, Explanation& explanation) const;

  /// Index of the class that is predicted for a row of scores: of two the second when its
  /// probability is above the threshold, else the first of the most probable ones.
  std::size_t label(std::span<const double> row) const noexcept;

 private:
  std::vector<double> intercepts_;  ///< one a margin
  Estimator estimator_;
  double threshold_;
  std::vector<Term> terms_;
  std::vector<std::string> effects_;
};

}  // namespace mlserve::model
