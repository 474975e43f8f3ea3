#pragma once

#include <vector>

#include <Eigen/Core>

namespace mlserve::metrics {

/// How much the covariance of a feature's coefficients grows by the other features.
struct VarianceInflation {
  double gvif;  ///< generalised variance inflation factor; the usual one for a single column
  Eigen::Index degrees_of_freedom;  ///< columns that count
  double adjusted;                  ///< gvif^(1 / (2 degrees of freedom)), to compare features
};

/// Generalised variance inflation (Fox and Monette 1992), one value a group, as R's car::vif:
/// det(R11) det(R22) / det(R) of the correlations R of the coefficients, R11 within the group and
/// R22 within the others. `groups` are the columns of each feature as indices into `covariance`;
/// indices in no group (intercepts) are left out. A column whose variance is NaN does not count; a
/// group without any other has NaN, and so have all when R is singular.
std::vector<VarianceInflation> variance_inflation(
    const Eigen::MatrixXd& covariance, const std::vector<std::vector<Eigen::Index>>& groups);

}  // namespace mlserve::metrics
