#include "metrics/inference.hpp"

#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

namespace mlserve::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Curvature, as a share of a unit diagonal, below which a direction is taken as flat. The sums
/// over the rows that make a Hessian leave as much where the exact value is zero.
constexpr double kFlat = 1e-12;

/// Factors that give `hessian` a unit diagonal, so that the unit of a column (years, cents) does
/// not decide what counts as singular. A zero stays.
VectorXd unit_scale(const MatrixXd& hessian) {
  return hessian.diagonal().unaryExpr(
      [](double curvature) { return curvature > 0 ? 1 / std::sqrt(curvature) : 1.0; });
}

/// v' H^-1 v for each column v of `factors` when H may be singular: with H = U diag(l) U' it is the
/// sum of (u_k'v)^2 / l_k. A flat direction k tells nothing, and neither is anything known of a v
/// that takes part in it: NaN. The others are unaffected.
VectorXd variances_of_singular(const MatrixXd& factors, const MatrixXd& hessian) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(hessian);
  constexpr double kNoPart = 1e-12;  // of a squared length
  const VectorXd lengths = factors.colwise().squaredNorm();
  const MatrixXd parts = (eigen.eigenvectors().transpose() * factors).cwiseAbs2();
  VectorXd variances = VectorXd::Zero(factors.cols());
  for (Index k = 0; k < hessian.rows(); ++k) {
    const VectorXd part = parts.row(k);
    const double curvature = eigen.eigenvalues()[k];
    if (curvature > kFlat) {
      variances += part / curvature;
    } else {
      variances = (part.array() > kNoPart * lengths.array()).select(kNaN, variances);
    }
  }
  return variances;
}

/// v' H^-1 v for each column v of `factors`.
VectorXd variances(MatrixXd factors, const MatrixXd& hessian) {
  if (!hessian.allFinite()) return VectorXd::Constant(factors.cols(), kNaN);
  const VectorXd scale = unit_scale(hessian);
  const MatrixXd scaled = scale.asDiagonal() * hessian * scale.asDiagonal();
  factors = scale.asDiagonal() * factors;
  const Eigen::LDLT<MatrixXd> ldlt(scaled);
  // The factorisation takes the largest pivot first, so a small one stands for a flat direction.
  // (Its own rcond() passes over pivots that are zero.)
  const bool regular = (ldlt.vectorD().array() > kFlat).all();
  if (!regular) return variances_of_singular(factors, scaled);
  return factors.cwiseProduct(ldlt.solve(factors)).colwise().sum();
}

double two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

}  // namespace

Inference wald_inference(const VectorXd& coefficients, const MatrixXd& hessian) {
  assert(hessian.rows() == coefficients.size() && hessian.cols() == coefficients.size());
  Inference result;
  const MatrixXd identity = MatrixXd::Identity(hessian.rows(), hessian.cols());
  result.standard_errors = variances(identity, hessian).cwiseSqrt();
  result.z = coefficients.cwiseQuotient(result.standard_errors);
  result.p_values = result.z.unaryExpr(&two_sided_p);
  return result;
}

double standard_error(const VectorXd& factors, const MatrixXd& hessian) {
  assert(hessian.rows() == factors.size() && hessian.cols() == factors.size());
  return std::sqrt(variances(factors, hessian)[0]);
}

}  // namespace mlserve::metrics
