#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "estimators/design_matrix.hpp"
#include "features/design_column.hpp"
#include "features/encoded_rows.hpp"
#include "features/encoder.hpp"
#include "features/schema.hpp"

namespace mlserve::model {

/// The design matrix of some rows, with what had to be computed for it. It looks into the rows,
/// which must outlive it.
class Design {
 public:
  /// Columns as `columns`, which is design_columns(schema, encoder); row i counts `counts[i]` times
  /// in the means and deviations of the columns. With `standardize` numbers, truth values, parts of
  /// dates and products of two numbers are divided by their standard deviation (ddof 0, 1 for a
  /// constant); columns of categories and words are not.
  Design(const features::Schema& schema, const features::Encoder& encoder,
         const std::vector<features::DesignColumn>& columns, const features::EncodedRows& rows,
         std::span<const double> counts, bool standardize);
  Design(const Design&) = delete;
  Design& operator=(const Design&) = delete;

  const estimators::DesignMatrix& matrix() const noexcept { return matrix_; }
  const std::vector<double>& means() const noexcept { return means_; }    ///< by column
  const std::vector<double>& scales() const noexcept { return scales_; }  ///< by column

 private:
  class Builder;

  estimators::DesignMatrix matrix_;
  std::vector<double> means_;
  std::vector<double> scales_;
  std::deque<std::vector<double>> numbers_;  ///< computed columns and values
  std::deque<std::vector<std::uint32_t>> codes_;
  std::deque<std::vector<std::size_t>> ends_;
};

}  // namespace mlserve::model
