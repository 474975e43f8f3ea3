#pragma once

#include <cstdint>
#include <vector>

#include "features/encoded_rows.hpp"
#include "model/model.hpp"

namespace mlserve::model {

/// A Model compiled for speed: a weight for each number, a table of weights by code for each
/// categorical feature; no one-hot matrix is built. Immutable and shared by all threads.
///
/// The margin is the intercept plus the features' terms in schema order, in double, so that every
/// export can repeat it bit for bit.
class Scorer {
 public:
  struct Term {
    bool is_codes = false;
    double weight = 0;                   ///< numeric
    double fill = 0;                     ///< numeric: stands in for a missing value
    std::vector<double> weight_of_code;  ///< categorical; 0 for missing and unknown
  };

  explicit Scorer(const Model& model);

  double intercept() const noexcept { return intercept_; }
  const std::vector<Term>& terms() const noexcept { return terms_; }

  /// Probability of the second class for each row, in order; `probabilities` is resized.
  void score(const features::EncodedRows& rows, std::vector<double>& probabilities) const;

  /// Index of the predicted class; a tie goes to the first.
  static unsigned char label(double probability) { return probability > 0.5 ? 1 : 0; }

 private:
  double intercept_;
  std::vector<Term> terms_;  ///< by feature
};

}  // namespace mlserve::model
