#include "estimators/row_block.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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
      entries_per_row_(static_cast<double>(X.indicators().size())),
      position_(static_cast<std::size_t>(X.columns()), 0) {
  Index next = 1;
  for (const auto& numeric : X.numeric()) {
    position_[static_cast<std::size_t>(numeric.column)] = next++;
  }
  for (const auto& indicators : X.indicators()) {
    of_code_.push_back(assign(indicators.column_of_code, next));
  }
  for (const auto& sparse : X.sparse()) {
    first_position_.push_back(next);
    Positions positions = assign(sparse.column_of_term, next);
    // Where every term has a column of its own, terms are in the order of their positions.
    const auto terms = static_cast<Index>(positions.size());
    if (next - first_position_.back() == terms) positions.clear();
    of_term_.push_back(std::move(positions));
    entries_per_row_ += static_cast<double>(sparse.values.size()) /
                        static_cast<double>(std::max<Index>(1, X.rows()));
  }
  for (Index& position : position_) {
    if (position == 0) position = next++;
  }
  rows_at_once_ = choose_rows_at_once(static_cast<double>(dense()) + entries_per_row_);
}

Layout::Positions Layout::assign(const std::vector<Index>& columns, Index& next) {
  Positions positions;
  for (const Index column : columns) {
    if (column < 0) {
      positions.push_back(-1);
      continue;
    }
    Index& position = position_[static_cast<std::size_t>(column)];
    if (position == 0) position = next++;
    positions.push_back(static_cast<std::int32_t>(position));
  }
  return positions;
}

void RowBlock::load(const Layout& layout, Index begin, Index rows) {
  layout_ = &layout;
  begin_ = begin;
  dense_.resize(rows, layout.dense());
  dense_.col(0).setOnes();
  Index position = 1;
  for (const auto& numeric : layout.matrix().numeric()) {
    const auto values = VectorXd::Map(numeric.values.data() + begin, rows).array();
    const double factor = 1 / numeric.scale;
    auto column = dense_.col(position++);
    column = (values - numeric.centre) * factor;
    // A sum is a number only if all that is summed are (or overflows, which does no harm).
    if (std::isfinite(column.sum())) continue;
    const double filled = (numeric.fill - numeric.centre) * factor;
    for (double& value : column) value = std::isnan(value) ? filled : value;
  }
}

void RowBlock::margins(const MatrixXd& W, MatrixXd& margins) const {
  const Index outputs = W.rows();
  margins.resize(outputs, dense_.rows());
  margins.noalias() = W.leftCols(dense_.cols()) * dense_.transpose();
  for (Index i = 0; i < dense_.rows(); ++i) {
    double* const margin = margins.data() + i * outputs;
    if (outputs == 1) {
      double sum = 0;
      layout_->for_each_entry(
          begin_ + i, [&](Index position, double value) { sum += value * W.data()[position]; });
      *margin += sum;
      continue;
    }
    layout_->for_each_entry(begin_ + i, [&](Index position, double value) {
      const double* const w = W.data() + position * outputs;
      for (Index k = 0; k < outputs; ++k) margin[k] += value * w[k];
    });
  }
}

void RowBlock::add_gradient(const MatrixXd& residuals, MatrixXd& gradient) const {
  const Index outputs = gradient.rows();
  gradient.leftCols(dense_.cols()).noalias() += residuals * dense_;
  double* const sums = gradient.data();
  for (Index i = 0; i < dense_.rows(); ++i) {
    const double* const residual = residuals.data() + i * outputs;
    if (outputs == 1) {
      const double r = *residual;
      layout_->for_each_entry(begin_ + i,
                              [&](Index position, double value) { sums[position] += value * r; });
      continue;
    }
    layout_->for_each_entry(begin_ + i, [&](Index position, double value) {
      double* const g = sums + position * outputs;
      for (Index k = 0; k < outputs; ++k) g[k] += value * residual[k];
    });
  }
}

void RowBlock::add_dense_gram(const VectorXd& d, MatrixXd& gram) {
  const double sign = d.sum() < 0 ? -1 : 1;
  roots_ = (sign * d).cwiseSqrt();
  weighted_.noalias() = roots_.asDiagonal() * dense_;
  gram.topLeftCorner(dense_.cols(), dense_.cols())
      .selfadjointView<Eigen::Upper>()
      .rankUpdate(weighted_.transpose(), sign);
}

void RowBlock::add_gram(const VectorXd& d, MatrixXd& gram) {
  add_dense_gram(d, gram);
  if (layout_->entries_per_row() == 0) return;
  for (Index i = 0; i < dense_.rows(); ++i) {
    if (d[i] == 0) continue;
    entries_.clear();
    layout_->for_each_entry(begin_ + i, [&](Index position, double value) {
      entries_.push_back({position, value});
    });
    dense_row_ = dense_.row(i);
    for (std::size_t a = 0; a < entries_.size(); ++a) {
      const double weighted = d[i] * entries_[a].value;
      const Index column = entries_[a].position;
      gram.col(column).head(dense_row_.size()) += weighted * dense_row_;
      for (std::size_t b = 0; b <= a; ++b) {
        const Index row = entries_[b].position;
        gram(std::min(row, column), std::max(row, column)) += weighted * entries_[b].value;
      }
    }
  }
}

void RowBlock::add_gram_diagonal(const VectorXd& d, Eigen::Ref<VectorXd> diagonal) const {
  diagonal.head(dense_.cols()).noalias() += dense_.cwiseAbs2().transpose() * d;
  for (Index i = 0; i < dense_.rows(); ++i) {
    layout_->for_each_entry(begin_ + i, [&](Index position, double value) {
      diagonal[position] += d[i] * value * value;
    });
  }
}

}  // namespace mlserve::estimators
