#pragma once

#include <vector>

#include "estimators/loss.hpp"
#include "estimators/newton.hpp"
#include "estimators/row_block.hpp"

namespace mlserve::estimators {

/// The smooth part of what a fit minimises, sum_i weight_i * loss_i + l2 * w.w / 2, as a function
/// of its parameters: the intercepts of all outputs, then the coefficients w of output 0, of output
/// 1, …, for the columns as the matrix has them (centred and scaled).
///
/// Rows are summed by blocks which the data alone decide, added in their order: every value is the
/// same to the bit for any number of threads. Borrows matrix and loss.
class LinearObjective final : public Objective {
 public:
  struct Options {
    double l2 = 0;
    /// Several outputs of one row may move together without a change of loss. The Hessian has a
    /// curvature of its own along these directions for the intercepts; with this, also for the
    /// coefficients, which is right where no penalty tells them apart.
    bool hold_coefficients = false;
    unsigned threads = 1;
    /// Of so many chunks of rows one is used, and stands for the others: a cheap likeness.
    Index every = 1;
  };

  LinearObjective(const DesignMatrix& X, const Loss& loss, const Options& options)
      : layout_(X), loss_(loss), options_(options) {}

  Index outputs() const { return loss_.outputs(); }
  Index columns() const { return layout_.matrix().columns(); }
  Index parameters() const { return outputs() * layout_.positions(); }
  Index parameter(Index output, Index column) const {
    return outputs() + output * columns() + column;
  }

  /// The intercepts of the loss and zero coefficients.
  VectorXd start() const;

  double value(const VectorXd& at) const override;
  double gradient(const VectorXd& at, VectorXd& gradient) const;
  double derivatives(const VectorXd& at, VectorXd& gradient, MatrixXd& hessian) const override;

  /// The diagonal of the Hessian.
  VectorXd curvatures(const VectorXd& at) const;

  /// What one call of derivatives() costs, in multiplications, and one of gradient().
  double derivatives_cost() const;
  double gradient_cost() const;

 private:
  enum class Order { value, gradient, diagonal, derivatives };
  struct Sums {
    double value = 0;
    MatrixXd gradient;            ///< outputs x positions
    MatrixXd diagonal;            ///< positions x outputs
    std::vector<MatrixXd> grams;  ///< upper triangles, by pair of outputs
  };
  struct Slot;

  Index pairs() const { return outputs() * (outputs() + 1) / 2; }
  double values_per_row() const;
  Index rows_per_block(Order order) const;
  MatrixXd by_position(const VectorXd& at) const;
  VectorXd by_parameter(const MatrixXd& by_position) const;

  Sums zeros(Order order) const;
  static void clear(Sums& sums);
  Sums sum_rows(const VectorXd& at, Order order) const;
  void sum_block(const MatrixXd& W, Order order, Slot& slot) const;
  void sum_chunk(const MatrixXd& W, Order order, Index begin, Index rows, Slot& slot) const;

  double penalty(const VectorXd& at) const;
  void add_penalty_slope(const VectorXd& at, VectorXd& gradient) const;
  MatrixXd assemble(const std::vector<MatrixXd>& grams) const;
  void hold_common_moves(MatrixXd& hessian) const;

  Layout layout_;
  const Loss& loss_;
  Options options_;
};

}  // namespace mlserve::estimators
