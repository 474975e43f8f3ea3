#pragma once

#include <span>

#include <Eigen/Core>

#include "estimators/design_matrix.hpp"

namespace mlserve::estimators {

struct LogisticOptions {
  double C = 1;          ///< inverse strength of the L2 penalty, > 0
  unsigned threads = 1;  ///< the result is the same for any number
};

struct LogisticFit {
  VectorXd coefficients;  ///< by column of the design matrix, for uncentred values
  double intercept = 0;
  /// Hessian of the objective divided by C, X'WX + I/C with 0 for the intercept, which is the first
  /// row and column; X is the centred matrix, for one far from its centre has lost the digits.
  MatrixXd hessian;
  VectorXd centres;  ///< the centred intercept is intercept + centres.dot(coefficients)
  int iterations = 0;
  bool converged = false;
};

/// Logistic regression with an L2 penalty:
///   minimise C * sum_i weight_i * log(1 + exp(-s_i m_i)) + w.w / 2,
/// m = X w + b, s = +1 for label 1 and -1 for label 0; b is not penalised. Agrees with
/// sklearn.linear_model.LogisticRegression(C) converged. `labels` (0 or 1) and `weights` have one
/// entry a row of `X`; a weight counts equal rows.
LogisticFit fit_logistic(const DesignMatrix& X, std::span<const unsigned char> labels,
                         std::span<const double> weights, const LogisticOptions& options = {});

/// 1 / (1 + exp(-margin)), without overflow for any margin.
double sigmoid(double margin);

}  // namespace mlserve::estimators
