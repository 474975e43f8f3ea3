#pragma once

#include <cstddef>
#include <cstdint>
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
  Index dense() const noexcept { return static_cast<Index>(X_->numeric().size()) + 1; }

  /// Values of the average row that are not dense.
  double entries_per_row() const noexcept { return entries_per_row_; }

  /// Rows that are written out at once, so that they stay in the cache.
  Index rows_at_once() const noexcept { return rows_at_once_; }

  Index position(Index column) const { return position_[static_cast<std::size_t>(column)]; }

  /// Calls entry(position, value) for each value of a row that is not dense.
  template <class Entry>
  void for_each_entry(Index row, Entry entry) const;

 private:
  using Positions = std::vector<std::int32_t>;  ///< -1: none; small, for it is read at random

  Positions assign(const std::vector<Index>& columns, Index& next);

  const DesignMatrix* X_;
  double entries_per_row_ = 0;
  Index rows_at_once_ = 0;
  std::vector<Index> position_;        ///< by column
  std::vector<Positions> of_code_;     ///< for each part with indicators
  std::vector<Positions> of_term_;     ///< for each sparse part; empty: in order from the first
  std::vector<Index> first_position_;  ///< for each sparse part
};

/// A few rows of a design matrix, their numeric columns written out, and products with them.
/// Matrices have a column for each row of data, so that what belongs to one row lies together.
/// Keeps its buffers from one load to the next; each thread has its own.
class RowBlock {
 public:
  /// Rows [begin, begin + rows) of the matrix of `layout`, which is borrowed until the next load.
  void load(const Layout& layout, Index begin, Index rows);

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
  struct Entry {
    Index position;
    double value;
  };

  void add_dense_gram(const VectorXd& d, MatrixXd& gram);

  const Layout* layout_ = nullptr;
  Index begin_ = 0;
  MatrixXd dense_;      ///< rows x (1 and the numeric columns)
  MatrixXd weighted_;   ///< the same, each row times a number of roots_
  VectorXd roots_;      ///< by row
  VectorXd dense_row_;  ///< one row of dense_
  std::vector<Entry> entries_;
};

template <class Entry>
void Layout::for_each_entry(Index index, Entry entry) const {
  const auto row = static_cast<std::size_t>(index);
  for (std::size_t part = 0; part < of_code_.size(); ++part) {
    const DesignMatrix::Indicators& indicators = X_->indicators()[part];
    const std::uint32_t code = indicators.codes[row];
    const Index position = of_code_[part][code];
    if (position < 0) continue;
    double value = indicators.values.empty() ? 1.0 : indicators.values[row];
    if (!indicators.scale_of_code.empty()) value /= indicators.scale_of_code[code];
    entry(position, value);
  }
  for (std::size_t part = 0; part < of_term_.size(); ++part) {
    const DesignMatrix::Sparse& sparse = X_->sparse()[part];
    const std::size_t end = sparse.ends[row];
    std::size_t e = row == 0 ? 0 : sparse.ends[row - 1];
    if (of_term_[part].empty()) {
      for (; e < end; ++e) {
        entry(first_position_[part] + static_cast<Index>(sparse.columns[e]), sparse.values[e]);
      }
      continue;
    }
    for (; e < end; ++e) {
      const Index position = of_term_[part][sparse.columns[e]];
      if (position >= 0) entry(position, sparse.values[e]);
    }
  }
}

}  // namespace mlserve::estimators
