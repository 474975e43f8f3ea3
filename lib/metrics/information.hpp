#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

namespace mlserve::metrics {

/// What the curvature H of an objective tells of its parameters: a factorised symmetric positive
/// semidefinite matrix. The unit of a parameter does not matter: what counts as flat is measured on
/// the matrix with a unit diagonal. Immutable.
class Information {
 public:
  explicit Information(const Eigen::MatrixXd& hessian);

  /// F' H^-1 F for the columns of `factors` (parameters x quantities): the covariance of those sums
  /// of parameters. When H is singular, a flat direction tells nothing, and a quantity that takes
  /// part in it has a row and a column of NaN; the others are unaffected. All NaN when H is not
  /// finite.
  Eigen::MatrixXd covariance(const Eigen::MatrixXd& factors) const;

 private:
  Eigen::MatrixXd covariance_of_singular(const Eigen::MatrixXd& scaled_factors) const;

  Eigen::VectorXd scale_;  ///< scale_ H scale_ has a unit diagonal
  bool finite_;
  bool regular_ = false;
  Eigen::LDLT<Eigen::MatrixXd> ldlt_;  ///< of the scaled matrix, if regular
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigensystem_;  ///< of it, if singular
};

}  // namespace mlserve::metrics
