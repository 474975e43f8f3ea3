#pragma once

#include <vector>

#include "estimators/design_matrix.hpp"

namespace mlserve::estimators {

/// Tells data that have no finite estimate without a penalty, as some combination of columns
/// separates the classes (or the rows without counts), wholly or in part: the standard errors
/// then grow without end on the solver's way. After Lesaffre and Albert (1989), "Partial separation
/// in logistic discrimination", J. R. Statist. Soc. B 51, 109-116.
class Separation {
 public:
  /// `information` at the start, and by parameter the largest absolute value of its column.
  Separation(const MatrixXd& information, VectorXd reach);

  /// The parameters, ascending, that have lost their standard errors at `information`; most often
  /// none.
  std::vector<Index> diverging(const MatrixXd& information) const;

 private:
  VectorXd first_errors_;
  VectorXd reach_;
};

/// The largest absolute value of each column, centred and scaled.
VectorXd largest_by_column(const DesignMatrix& X);

}  // namespace mlserve::estimators
