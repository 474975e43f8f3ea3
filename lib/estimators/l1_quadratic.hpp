#pragma once

#include <Eigen/Core>

namespace mlserve::estimators {

/// A quadratic with corners: gradient.(x - x0) + (x - x0)' hessian (x - x0) / 2 + l1.|x|, where
/// `l1` >= 0 has a weight for each variable and |x| is taken by element.
struct L1Quadratic {
  const Eigen::VectorXd& x0;
  const Eigen::VectorXd& gradient;  ///< of the smooth part at x0
  const Eigen::MatrixXd& hessian;   ///< positive semidefinite, both triangles
  const Eigen::VectorXd& l1;
};

/// The x where it is least, with exact zeros, sought from x0. Coordinate descent finds which
/// variables are zero; between its rounds the others are moved to the minimum for their signs at
/// once, as far as no sign changes, without which columns that are alike would take it thousands of
/// rounds. (Lee et al., "Efficient sparse coding algorithms", 2006, is the second half.)
Eigen::VectorXd minimize(const L1Quadratic& quadratic);

}  // namespace mlserve::estimators
