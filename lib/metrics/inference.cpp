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

/// Diagonal of the inverse of a matrix that may be singular: with H = V diag(l) V' the entry j is
/// the sum of V_jk^2 / l_k. A flat direction k tells nothing, and neither is anything known of the
/// coefficients that take part in it (V_jk != 0): NaN. The others are unaffected.
VectorXd inverse_diagonal_of_singular(const MatrixXd& hessian) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(hessian);
  constexpr double kNoPart = 1e-12;  // of a squared entry of a unit vector
  VectorXd diagonal = VectorXd::Zero(hessian.rows());
  for (Index k = 0; k < hessian.rows(); ++k) {
    const VectorXd squares = eigen.eigenvectors().col(k).array().square();
    const double curvature = eigen.eigenvalues()[k];
    if (curvature > kFlat) {
      diagonal += squares / curvature;
    } else {
      diagonal = (squares.array() > kNoPart).select(kNaN, diagonal);
    }
  }
  return diagonal;
}

VectorXd inverse_diagonal(const MatrixXd& hessian) {
  const VectorXd scale = unit_scale(hessian);
  const MatrixXd scaled = scale.asDiagonal() * hessian * scale.asDiagonal();
  const Eigen::LDLT<MatrixXd> ldlt(scaled);
  // The factorisation takes the largest pivot first, so a small one stands for a flat direction.
  // (Its own rcond() passes over pivots that are zero.)
  const bool regular = (ldlt.vectorD().array() > kFlat).all();
  const MatrixXd identity = MatrixXd::Identity(scaled.rows(), scaled.cols());
  const VectorXd diagonal =
      regular ? VectorXd(ldlt.solve(identity).diagonal()) : inverse_diagonal_of_singular(scaled);
  return diagonal.cwiseProduct(scale.cwiseAbs2());
}

double two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

}  // namespace

Inference wald_inference(const VectorXd& coefficients, const MatrixXd& hessian) {
  assert(hessian.rows() == coefficients.size() && hessian.cols() == coefficients.size());
  Inference result;
  result.standard_errors = hessian.allFinite() ? VectorXd(inverse_diagonal(hessian).cwiseSqrt())
                                               : VectorXd::Constant(coefficients.size(), kNaN);
  result.z = coefficients.cwiseQuotient(result.standard_errors);
  result.p_values = result.z.unaryExpr(&two_sided_p);
  return result;
}

}  // namespace mlserve::metrics
