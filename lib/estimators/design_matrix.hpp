#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace mlserve::estimators {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A design matrix that is never written out: numbers as they are, one-hot columns as a code a row,
/// text as the terms of a row. Each column belongs to one of these parts; a column of none is zero.
///
/// It borrows the values; they must outlive it. Immutable once filled; all calls may run at once.
class DesignMatrix {
 public:
  /// One dense column: it holds (x - centre) / scale. Centred, a large and narrow column (years,
  /// timestamps) is well-conditioned, and the intercept is the only thing that changes.
  struct Numeric {
    std::span<const double> values;  ///< by row; NaN stands for `fill`
    Index column = 0;
    double fill = 0;    ///< in the unit of the values
    double centre = 0;  ///< in the unit of the values; best their mean
    double scale = 1;   ///< > 0
  };
  /// One row has a value in at most one of these columns: 1, or that of `values`.
  struct Indicators {
    std::span<const std::uint32_t> codes = {};  ///< by row
    std::vector<Index> column_of_code = {};     ///< -1: no column, all zeros
    std::span<const double> values = {};        ///< by row, never NaN; empty: 1
    std::vector<double> scale_of_code = {};     ///< divides the values; empty: 1
  };
  /// A row has values in a few of many columns.
  struct Sparse {
    std::span<const std::size_t> ends = {};       ///< by row: the end of its entries
    std::span<const std::uint32_t> columns = {};  ///< by entry, the columns of one row different
    std::span<const double> values = {};          ///< by entry, never NaN
    std::vector<Index> column_of_term = {};       ///< -1: no column
  };

  DesignMatrix(Index rows, Index columns) : rows_(rows), columns_(columns) {}

  void add(Numeric numeric) { numeric_.push_back(numeric); }
  void add(Indicators indicators) { indicators_.push_back(std::move(indicators)); }
  void add(Sparse sparse) { sparse_.push_back(std::move(sparse)); }

  Index rows() const noexcept { return rows_; }
  Index columns() const noexcept { return columns_; }
  const std::vector<Numeric>& numeric() const noexcept { return numeric_; }
  const std::vector<Indicators>& indicators() const noexcept { return indicators_; }
  const std::vector<Sparse>& sparse() const noexcept { return sparse_; }

  /// What was subtracted from each column; 0 for those that are not numeric.
  VectorXd centres() const;

  /// What each column was divided by, after its centre was subtracted.
  VectorXd scales() const;

  /// The matrix of the columns `kept` (ascending), of the same borrowed values.
  DesignMatrix select(std::span<const Index> kept) const;

 private:
  Index rows_;
  Index columns_;
  std::vector<Numeric> numeric_;
  std::vector<Indicators> indicators_;
  std::vector<Sparse> sparse_;
};

}  // namespace mlserve::estimators
