#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace mlserve::estimators {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A design matrix that is never written out: numbers as they are, one-hot columns as a code a row.
/// Products with it are sums over codes.
///
/// The matrix is centred: a numeric column holds x - centre, which makes the intercept the only
/// thing that changes and keeps large, narrow columns (years, timestamps) well-conditioned.
/// It borrows the values; they must outlive it. Immutable once filled; all calls may run at once.
class DesignMatrix {
 public:
  struct Numeric {
    std::span<const double> values;  ///< NaN stands for the centre
    Index column;
    double centre;
  };
  struct Indicators {
    std::span<const std::uint32_t> codes;
    std::vector<Index> column_of_code;  ///< -1: no column, all zeros
  };

  DesignMatrix(Index rows, Index columns) : rows_(rows), columns_(columns) {}

  void add(Numeric numeric) { numeric_.push_back(numeric); }
  void add(Indicators indicators) { indicators_.push_back(std::move(indicators)); }

  Index rows() const noexcept { return rows_; }
  Index columns() const noexcept { return columns_; }

  /// What was subtracted from each column; 0 for one-hot columns.
  VectorXd centres() const;

  /// X w + intercept for rows [begin, begin + margins.size()).
  void margins(Index begin, const VectorXd& w, double intercept,
               Eigen::Ref<VectorXd> margins) const;

  /// gradient += X' r, over the same rows.
  void add_transposed_product(Index begin, const VectorXd& r, Eigen::Ref<VectorXd> gradient) const;

  /// Upper triangle of `gram` += [1 X]' diag(d) [1 X], over the same rows: the intercept is the
  /// first row and column, so `gram` has columns() + 1 of each.
  void add_weighted_gram(Index begin, const VectorXd& d, MatrixXd& gram) const;

 private:
  /// The numeric columns of some rows written out, with a leading column of ones.
  MatrixXd numeric_block(Index begin, Index rows) const;
  void add_small_gram(Index begin, const VectorXd& d, MatrixXd& gram) const;

  Index rows_;
  Index columns_;
  std::vector<Numeric> numeric_;
  std::vector<Indicators> indicators_;
};

}  // namespace mlserve::estimators
