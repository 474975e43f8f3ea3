#pragma once

#include <cstddef>
#include <vector>

#include "estimators/design_matrix.hpp"

namespace mlserve::estimators {

/// The order in which products are computed: the intercept at position 0, then the numeric columns,
/// which are dense, then all others. Borrows the matrix.
class Layout {
 public:
  explicit Layout(const DesignMatrix& X);

  const DesignMatrix& matrix() const noexcept { return *X_; }

  /// Columns and the intercept.
  Index positions() const noexcept { return X_->columns() + 1; }

  /// The intercept and the numeric columns.
  Index dense() const noexcept { return dense_; }

  /// Values of the average row that are not dense.
  double entries_per_row() const noexcept { return entries_per_row_; }

  /// Rows that are written out at once, so that they stay in the cache.
  Index rows_at_once() const noexcept { return rows_at_once_; }

  Index position(Index column) const { return position_[static_cast<std::size_t>(column)]; }

 private:
  const DesignMatrix* X_;
  Index dense_;
  double entries_per_row_ = 0;
  Index rows_at_once_ = 0;
  std::vector<Index> position_;  ///< by column
};

/// A few rows of a design matrix written out, and products with them. Matrices have a column for
/// each row of data, so that what belongs to one row lies together. Keeps its buffers from one load
/// to the next; each thread has its own.
class RowBlock {
 public:
  /// Rows [begin, begin + rows) of the matrix of `layout`, which is borrowed until the next load.
  void load(const Layout& layout, Index begin, Index rows);

  Index rows() const noexcept { return rows_; }

  /// `margins` (outputs x rows) = W [1 X]', for W of outputs x positions.
  void margins(const MatrixXd& W, MatrixXd& margins) const;

  /// `gradient` (outputs x positions) += residuals [1 X], for residuals of outputs x rows.
  void add_gradient(const MatrixXd& residuals, MatrixXd& gradient) const;

  /// Upper triangle of `gram` (positions x positions) += [1 X]' diag(d) [1 X]; no two of `d` have
  /// different signs.
  void add_gram(const VectorXd& d, MatrixXd& gram);

  /// `diagonal` (positions) += that of [1 X]' diag(d) [1 X].
  void add_gram_diagonal(const VectorXd& d, Eigen::Ref<VectorXd> diagonal) const;

 private:
  void load_dense(const Layout& layout, Index begin);
  void load_entries(const Layout& layout, Index begin);
  void add_entries(const DesignMatrix::Indicators& indicators, const Layout& layout,
                   std::size_t row);
  void add_entries(const DesignMatrix::Sparse& sparse, const Layout& layout, std::size_t row);
  void add_dense_gram(const VectorXd& d, MatrixXd& gram);

  Index rows_ = 0;
  MatrixXd dense_;     ///< 1 and the numeric columns, by row
  MatrixXd weighted_;  ///< the same, each row times a number
  // Entries of the other columns: those of row i are [ends_[i - 1], ends_[i]).
  std::vector<std::size_t> ends_;
  std::vector<Index> positions_;
  std::vector<double> values_;
};

}  // namespace mlserve::estimators
