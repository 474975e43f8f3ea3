#include "estimators/l1_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

namespace mlserve::estimators {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

class Descent {
 public:
  explicit Descent(const L1Quadratic& quadratic)
      : hessian_(quadratic.hessian),
        l1_(quadratic.l1),
        x_(quadratic.x0),
        slope_(quadratic.gradient) {}

  const VectorXd& x() const { return x_; }

  /// Each variable in turn to its minimum.
  void sweep() {
    for (Index j = 0; j < x_.size(); ++j) {
      const double curvature = hessian_(j, j);
      if (!(curvature > 0)) {
        if (l1_[j] > 0) x_[j] = 0;  // a column of zeros
        continue;
      }
      const double target = curvature * x_[j] - slope_[j];
      move(j, sign(target) * std::max(0.0, std::abs(target) - l1_[j]) / curvature);
    }
  }

  /// All that are not zero towards the minimum they have for their signs, to the first that becomes
  /// zero beyond which the value would rise.
  void move_together() {
    const std::vector<Index> active = find_active();
    const auto size = static_cast<Index>(active.size());
    VectorXd slope(size);  // of the whole, corners included, while no sign changes
    for (Index a = 0; a < size; ++a) {
      const Index j = active[static_cast<std::size_t>(a)];
      slope[a] = slope_[j] + l1_[j] * sign(x_[j]);
    }
    const VectorXd step = newton_step(active, slope);
    const VectorXd curved = hessian_(active, active) * step;
    const double share = share_of_step(active, step, slope.dot(step), step.dot(curved));
    if (!(share > 0)) return;
    for (Index a = 0; a < size; ++a) {
      const Index j = active[static_cast<std::size_t>(a)];
      const double moved = x_[j] + share * step[a];
      // The one at which the way ends is zero exactly.
      const bool ends = l1_[j] > 0 && share == -x_[j] / step[a];
      move(j, ends ? 0 : moved);
    }
  }

  /// How much could still be gained, about: the sum of what each variable alone would gain.
  double remaining() const {
    double sum = 0;
    for (Index j = 0; j < x_.size(); ++j) {
      if (!(hessian_(j, j) > 0)) continue;
      const double over = x_[j] != 0 || l1_[j] == 0 ? std::abs(slope_[j] + l1_[j] * sign(x_[j]))
                                                    : std::max(0.0, std::abs(slope_[j]) - l1_[j]);
      sum += over * over / hessian_(j, j);
    }
    return sum;
  }

  /// The squared length of x in the norm of the Hessian.
  double length() const { return x_.dot(hessian_ * x_); }

 private:
  void move(Index j, double to) {
    const double change = to - x_[j];
    x_[j] = to;
    if (change != 0) slope_ += change * hessian_.col(j);
  }

  std::vector<Index> find_active() const {
    std::vector<Index> active;
    for (Index j = 0; j < x_.size(); ++j) {
      if ((x_[j] != 0 || l1_[j] == 0) && hessian_(j, j) > 0) active.push_back(j);
    }
    return active;
  }

  VectorXd newton_step(const std::vector<Index>& active, const VectorXd& slope) const {
    // Holds what moves along a direction without curvature; the minimum stays where it is.
    constexpr double kRidge = 1e-10;
    const MatrixXd block = hessian_(active, active);
    const VectorXd scale = block.diagonal().cwiseSqrt().cwiseInverse();
    MatrixXd scaled = scale.asDiagonal() * block * scale.asDiagonal();
    scaled.diagonal().array() += kRidge;
    return -scale.cwiseProduct(scaled.llt().solve(scale.cwiseProduct(slope)));
  }

  /// The value along the step is a parabola between the points at which a variable becomes zero.
  double share_of_step(const std::vector<Index>& active, const VectorXd& step, double slope,
                       double curvature) const {
    std::vector<std::pair<double, double>> corners;  // where, and what it adds to the slope
    for (Index a = 0; a < step.size(); ++a) {
      const Index j = active[static_cast<std::size_t>(a)];
      const double where = -x_[j] / step[a];
      if (l1_[j] > 0 && where > 0 && where < 1) {
        corners.emplace_back(where, 2 * l1_[j] * std::abs(step[a]));
      }
    }
    std::sort(corners.begin(), corners.end());
    for (const auto& [where, bend] : corners) {
      if (slope + where * curvature >= 0) break;  // the minimum lies before this corner
      slope += bend;
      if (slope + where * curvature >= 0) return where;
    }
    return curvature > 0 ? std::min(1.0, -slope / curvature) : 1.0;
  }

  const MatrixXd& hessian_;
  const VectorXd& l1_;
  VectorXd x_;
  VectorXd slope_;  ///< of the smooth part at x
};

}  // namespace

VectorXd minimize(const L1Quadratic& quadratic) {
  constexpr int kMaxRounds = 500;
  constexpr double kTolerance = 1e-13;  // in the norm of the Hessian, as a share of x
  Descent descent(quadratic);
  for (int round = 0; round < kMaxRounds; ++round) {
    descent.sweep();
    descent.move_together();
    const double least = kTolerance * kTolerance * std::max(1.0, descent.length());
    if (descent.remaining() <= least) break;
  }
  return descent.x();
}

}  // namespace mlserve::estimators
