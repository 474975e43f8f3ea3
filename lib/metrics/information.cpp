#include "metrics/information.hpp"

#include <cassert>
#include <cmath>

#include "core/number.hpp"

namespace mlserve::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Curvature, as a share of a unit diagonal, below which a direction is taken as flat. The sums
/// over the rows that make a Hessian leave as much where the exact value is zero.
constexpr double kFlat = 1e-12;

/// Factors that give `hessian` a unit diagonal, so that the unit of a column (years, cents) does
/// not decide what counts as singular. A zero stays.
VectorXd unit_scale(const MatrixXd& hessian) {
  return hessian.diagonal().unaryExpr(
      [](double curvature) { return curvature > 0 ? 1 / std::sqrt(curvature) : 1.0; });
}

}  // namespace

Information::Information(const MatrixXd& hessian)
    : scale_(unit_scale(hessian)), finite_(hessian.allFinite()) {
  assert(hessian.rows() == hessian.cols());
  if (!finite_) return;
  const MatrixXd scaled = scale_.asDiagonal() * hessian * scale_.asDiagonal();
  ldlt_.compute(scaled);
  // The factorisation takes the largest pivot first, so a small one stands for a flat direction.
  // (Its own rcond() passes over pivots that are zero.)
  regular_ = (ldlt_.vectorD().array() > kFlat).all();
  if (!regular_) eigensystem_.compute(scaled);
}

MatrixXd Information::covariance(const MatrixXd& factors) const {
  assert(factors.rows() == scale_.size());
  if (!finite_) return MatrixXd::Constant(factors.cols(), factors.cols(), kNaN);
  const MatrixXd scaled = scale_.asDiagonal() * factors;
  if (!regular_) return covariance_of_singular(scaled);
  return scaled.transpose() * ldlt_.solve(scaled);
}

// With H = U diag(l) U' the covariance of v and w is the sum of (u_k'v)(u_k'w) / l_k.
MatrixXd Information::covariance_of_singular(const MatrixXd& scaled_factors) const {
  constexpr double kNoPart = 1e-12;  // of a squared length
  const VectorXd& curvatures = eigensystem_.eigenvalues();
  const VectorXd lengths = scaled_factors.colwise().squaredNorm();
  MatrixXd parts = eigensystem_.eigenvectors().transpose() * scaled_factors;
  VectorXd known = VectorXd::Zero(scaled_factors.cols());  // NaN marks what is not known
  for (Index k = 0; k < curvatures.size(); ++k) {
    if (curvatures[k] > kFlat) {
      parts.row(k) /= std::sqrt(curvatures[k]);
    } else {
      const VectorXd part = parts.row(k).cwiseAbs2();
      known = (part.array() > kNoPart * lengths.array()).select(kNaN, known);
      parts.row(k).setZero();
    }
  }
  const VectorXd ones = VectorXd::Ones(known.size());
  return parts.transpose() * parts + known * ones.transpose() + ones * known.transpose();
}

}  // namespace mlserve::metrics
