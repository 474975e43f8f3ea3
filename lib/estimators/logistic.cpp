#include "estimators/logistic.hpp"

#include <algorithm>
#include <cmath>

#include "core/ordered_run.hpp"
#include "estimators/newton.hpp"

namespace mlserve::estimators {
namespace {

/// Rows of one unit of work. Fixed by the data alone, and their sums are added in order, so the
/// result does not depend on threads.
constexpr Index kMinBlockRows = 8192;
constexpr Index kMaxBlocks = 64;

enum class Order { value, derivatives };

/// The objective divided by C, so that its Hessian is that of the likelihood whatever C is.
/// Parameters are (intercept, coefficients) for the centred matrix.
class LogisticObjective final : public Objective {
 public:
  LogisticObjective(const DesignMatrix& X, std::span<const unsigned char> labels,
                    std::span<const double> weights, const LogisticOptions& options)
      : X_(X), labels_(labels), weights_(weights), C_(options.C), threads_(options.threads) {}

  double value(const VectorXd& at) const override {
    return sum_blocks(at, Order::value).value + penalty(at);
  }

  double derivatives(const VectorXd& at, VectorXd& gradient, MatrixXd& hessian) const override {
    Sums sums = sum_blocks(at, Order::derivatives);
    gradient = sums.gradient;
    gradient.tail(X_.columns()) += at.tail(X_.columns()) / C_;
    hessian = sums.hessian.selfadjointView<Eigen::Upper>();
    hessian.diagonal().tail(X_.columns()).array() += 1 / C_;
    return sums.value + penalty(at);
  }

 private:
  struct Sums {
    double value = 0;
    VectorXd gradient;
    MatrixXd hessian;  ///< upper triangle
  };
  struct Block {
    Index begin = 0;
    Index rows = 0;
    Sums sums;
  };

  double penalty(const VectorXd& at) const {
    return at.tail(X_.columns()).squaredNorm() / (2 * C_);
  }

  Sums sum_blocks(const VectorXd& at, Order order) const {
    const Index block_rows = std::max(kMinBlockRows, (X_.rows() + kMaxBlocks - 1) / kMaxBlocks);
    const Index parameters = order == Order::derivatives ? at.size() : 0;
    Sums total{0, VectorXd::Zero(parameters), MatrixXd::Zero(parameters, parameters)};
    Index next = 0;
    const auto blocks = static_cast<unsigned>((X_.rows() + block_rows - 1) / block_rows);
    run_ordered<Block>(
        std::min(threads_, blocks),
        [&](Block& block) {
          block.begin = next;
          block.rows = std::min(block_rows, X_.rows() - next);
          next += block.rows;
          return block.rows > 0;
        },
        [&](Block& block) { sum_block(at, order, block); },
        [&](const Block& block) {
          total.value += block.sums.value;
          total.gradient += block.sums.gradient;
          total.hessian += block.sums.hessian;
        });
    return total;
  }

  void sum_block(const VectorXd& at, Order order, Block& block) const {
    VectorXd margins(block.rows);
    X_.margins(block.begin, at.tail(X_.columns()), at[0], margins);
    block.sums.value = 0;
    for (Index i = 0; i < block.rows; ++i) {
      const auto row = static_cast<std::size_t>(block.begin + i);
      const double m = margins[i];
      // log(1 + exp(m)) - y m, without overflow.
      const double loss =
          std::max(m, 0.0) - (labels_[row] != 0 ? m : 0.0) + std::log1p(std::exp(-std::abs(m)));
      block.sums.value += weights_[row] * loss;
    }
    if (order == Order::derivatives) add_derivatives(margins, block);
  }

  void add_derivatives(const VectorXd& margins, Block& block) const {
    VectorXd residuals(block.rows);   // dloss / dmargin
    VectorXd curvatures(block.rows);  // d2loss / dmargin2
    for (Index i = 0; i < block.rows; ++i) {
      const auto row = static_cast<std::size_t>(block.begin + i);
      const double p = sigmoid(margins[i]);
      residuals[i] = weights_[row] * (p - labels_[row]);
      curvatures[i] = weights_[row] * p * (1 - p);
    }
    const Index parameters = X_.columns() + 1;
    block.sums.gradient.setZero(parameters);
    block.sums.gradient[0] = residuals.sum();
    X_.add_transposed_product(block.begin, residuals, block.sums.gradient.tail(X_.columns()));
    block.sums.hessian.setZero(parameters, parameters);
    X_.add_weighted_gram(block.begin, curvatures, block.sums.hessian);
  }

  const DesignMatrix& X_;
  std::span<const unsigned char> labels_;
  std::span<const double> weights_;
  double C_;
  unsigned threads_;
};

}  // namespace

double sigmoid(double margin) {
  if (margin >= 0) return 1 / (1 + std::exp(-margin));
  const double e = std::exp(margin);
  return e / (1 + e);
}

LogisticFit fit_logistic(const DesignMatrix& X, std::span<const unsigned char> labels,
                         std::span<const double> weights, const LogisticOptions& options) {
  const LogisticObjective objective(X, labels, weights, options);
  const NewtonResult newton = minimize(objective, VectorXd::Zero(X.columns() + 1));

  LogisticFit fit;
  fit.iterations = newton.iterations;
  fit.converged = newton.converged;
  fit.coefficients = newton.solution.tail(X.columns());
  fit.centres = X.centres();
  fit.intercept = newton.solution[0] - fit.centres.dot(fit.coefficients);
  fit.hessian = newton.hessian;
  return fit;
}

}  // namespace mlserve::estimators
