#include "estimators/row_block.hpp"

#include <algorithm>
#include <cmath>

namespace mlserve::estimators {
namespace {

Index choose_rows_at_once(double width) {
  constexpr double kValuesInCache = 32768;
  constexpr double kFewest = 64;
  constexpr double kMost = 512;
  return static_cast<Index>(std::clamp(kValuesInCache / width, kFewest, kMost));
}

}  // namespace

Layout::Layout(const DesignMatrix& X)
    : X_(&X),
      dense_(static_cast<Index>(X.numeric().size()) + 1),
      entries_per_row_(static_cast<double>(X.indicators().size())),
      position_(static_cast<std::size_t>(X.columns()), 0) {
  Index next = 1;
  for (const auto& numeric : X.numeric()) {
    position_[static_cast<std::size_t>(numeric.column)] = next++;
  }
  for (Index& position : position_) {
    if (position == 0) position = next++;
  }
  for (const auto& sparse : X.sparse()) {
    entries_per_row_ += static_cast<double>(sparse.values.size()) /
                        static_cast<double>(std::max<Index>(1, X.rows()));
  }
  rows_at_once_ = choose_rows_at_once(static_cast<double>(dense_) + entries_per_row_);
}

void RowBlock::load(const Layout& layout, Index begin, Index rows) {
  rows_ = rows;
  load_dense(layout, begin);
  load_entries(layout, begin);
}

void RowBlock::load_dense(const Layout& layout, Index begin) {
  dense_.resize(layout.dense(), rows_);
  dense_.row(0).setOnes();
  Index position = 1;
  for (const auto& numeric : layout.matrix().numeric()) {
    const double* values = numeric.values.data() + begin;
    const double factor = 1 / numeric.scale;
    const double filled = (numeric.fill - numeric.centre) * factor;
    double* out = dense_.data() + position++;
    for (Index i = 0; i < rows_; ++i, out += layout.dense()) {
      *out = std::isnan(values[i]) ? filled : (values[i] - numeric.centre) * factor;
    }
  }
}

void RowBlock::load_entries(const Layout& layout, Index begin) {
  ends_.clear();
  positions_.clear();
  values_.clear();
  for (Index i = 0; i < rows_; ++i) {
    const auto row = static_cast<std::size_t>(begin + i);
    for (const auto& indicators : layout.matrix().indicators()) {
      add_entries(indicators, layout, row);
    }
    for (const auto& sparse : layout.matrix().sparse()) add_entries(sparse, layout, row);
    ends_.push_back(positions_.size());
  }
}

void RowBlock::add_entries(const DesignMatrix::Indicators& indicators, const Layout& layout,
                           std::size_t row) {
  const std::uint32_t code = indicators.codes[row];
  const Index column = indicators.column_of_code[code];
  if (column < 0) return;
  double value = indicators.values.empty() ? 1.0 : indicators.values[row];
  if (!indicators.scale_of_code.empty()) value /= indicators.scale_of_code[code];
  positions_.push_back(layout.position(column));
  values_.push_back(value);
}

void RowBlock::add_entries(const DesignMatrix::Sparse& sparse, const Layout& layout,
                           std::size_t row) {
  for (std::size_t e = row == 0 ? 0 : sparse.ends[row - 1]; e < sparse.ends[row]; ++e) {
    const Index column = sparse.column_of_term[sparse.columns[e]];
    if (column < 0) continue;
    positions_.push_back(layout.position(column));
    values_.push_back(sparse.values[e]);
  }
}

void RowBlock::margins(const MatrixXd& W, MatrixXd& margins) const {
  margins.resize(W.rows(), rows_);
  margins.noalias() = W.leftCols(dense_.rows()) * dense_;
  std::size_t e = 0;
  for (Index i = 0; i < rows_; ++i) {
    for (; e < ends_[static_cast<std::size_t>(i)]; ++e) {
      if (W.rows() == 1) {
        margins(0, i) += values_[e] * W(0, positions_[e]);
      } else {
        margins.col(i) += values_[e] * W.col(positions_[e]);
      }
    }
  }
}

void RowBlock::add_gradient(const MatrixXd& residuals, MatrixXd& gradient) const {
  gradient.leftCols(dense_.rows()).noalias() += residuals * dense_.transpose();
  std::size_t e = 0;
  for (Index i = 0; i < rows_; ++i) {
    for (; e < ends_[static_cast<std::size_t>(i)]; ++e) {
      if (gradient.rows() == 1) {
        gradient(0, positions_[e]) += values_[e] * residuals(0, i);
      } else {
        gradient.col(positions_[e]) += values_[e] * residuals.col(i);
      }
    }
  }
}

void RowBlock::add_dense_gram(const VectorXd& d, MatrixXd& gram) {
  const double sign = d.sum() < 0 ? -1 : 1;
  weighted_.noalias() = dense_ * (sign * d).cwiseSqrt().asDiagonal();
  gram.topLeftCorner(dense_.rows(), dense_.rows())
      .selfadjointView<Eigen::Upper>()
      .rankUpdate(weighted_, sign);
}

void RowBlock::add_gram(const VectorXd& d, MatrixXd& gram) {
  add_dense_gram(d, gram);
  std::size_t begin = 0;
  for (Index i = 0; i < rows_; ++i) {
    const std::size_t end = ends_[static_cast<std::size_t>(i)];
    for (std::size_t a = begin; a < end; ++a) {
      const double weighted = d[i] * values_[a];
      const Index column = positions_[a];
      gram.col(column).head(dense_.rows()) += weighted * dense_.col(i);
      for (std::size_t b = begin; b <= a; ++b) {
        gram(std::min(positions_[b], column), std::max(positions_[b], column)) +=
            weighted * values_[b];
      }
    }
    begin = end;
  }
}

void RowBlock::add_gram_diagonal(const VectorXd& d, Eigen::Ref<VectorXd> diagonal) const {
  diagonal.head(dense_.rows()).noalias() += dense_.cwiseAbs2() * d;
  std::size_t e = 0;
  for (Index i = 0; i < rows_; ++i) {
    for (; e < ends_[static_cast<std::size_t>(i)]; ++e) {
      diagonal[positions_[e]] += d[i] * values_[e] * values_[e];
    }
  }
}

}  // namespace mlserve::estimators
