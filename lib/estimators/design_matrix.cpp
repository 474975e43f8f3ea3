#include "estimators/design_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace mlserve::estimators {
namespace {

double centred(const DesignMatrix::Numeric& numeric, Index row) {
  const double value = numeric.values[static_cast<std::size_t>(row)];
  return std::isnan(value) ? 0.0 : value - numeric.centre;
}

Index column_at(const DesignMatrix::Indicators& indicators, Index row) {
  return indicators.column_of_code[indicators.codes[static_cast<std::size_t>(row)]];
}

}  // namespace

VectorXd DesignMatrix::centres() const {
  VectorXd centres = VectorXd::Zero(columns_);
  for (const Numeric& numeric : numeric_) centres[numeric.column] = numeric.centre;
  return centres;
}

void DesignMatrix::margins(Index begin, const VectorXd& w, double intercept,
                           Eigen::Ref<VectorXd> margins) const {
  margins.setConstant(intercept);
  for (const Numeric& numeric : numeric_) {
    const double weight = w[numeric.column];
    for (Index i = 0; i < margins.size(); ++i) margins[i] += weight * centred(numeric, begin + i);
  }
  for (const Indicators& indicators : indicators_) {
    for (Index i = 0; i < margins.size(); ++i) {
      const Index column = column_at(indicators, begin + i);
      if (column >= 0) margins[i] += w[column];
    }
  }
}

void DesignMatrix::add_transposed_product(Index begin, const VectorXd& r,
                                          Eigen::Ref<VectorXd> gradient) const {
  for (const Numeric& numeric : numeric_) {
    double sum = 0;
    for (Index i = 0; i < r.size(); ++i) sum += r[i] * centred(numeric, begin + i);
    gradient[numeric.column] += sum;
  }
  for (const Indicators& indicators : indicators_) {
    for (Index i = 0; i < r.size(); ++i) {
      const Index column = column_at(indicators, begin + i);
      if (column >= 0) gradient[column] += r[i];
    }
  }
}

MatrixXd DesignMatrix::numeric_block(Index begin, Index rows) const {
  MatrixXd block(rows, static_cast<Index>(numeric_.size()) + 1);
  block.col(0).setOnes();
  for (std::size_t n = 0; n < numeric_.size(); ++n) {
    for (Index i = 0; i < rows; ++i) {
      block(i, static_cast<Index>(n) + 1) = centred(numeric_[n], begin + i);
    }
  }
  return block;
}

void DesignMatrix::add_weighted_gram(Index begin, const VectorXd& d, MatrixXd& gram) const {
  constexpr Index kRowsAtOnce = 512;  // keeps the written-out numbers in the cache
  for (Index offset = 0; offset < d.size(); offset += kRowsAtOnce) {
    const Index rows = std::min(kRowsAtOnce, d.size() - offset);
    add_small_gram(begin + offset, d.segment(offset, rows), gram);
  }
}

void DesignMatrix::add_small_gram(Index begin, const VectorXd& d, MatrixXd& gram) const {
  const auto add = [&gram](Index a, Index b, double value) {
    gram(std::min(a, b), std::max(a, b)) += value;
  };
  // Dense part: the ones and the numbers among themselves.
  const MatrixXd block = numeric_block(begin, d.size());
  const MatrixXd weighted = d.asDiagonal() * block;
  const MatrixXd dense = block.transpose() * weighted;
  std::vector<Index> position{0};
  for (const Numeric& numeric : numeric_) position.push_back(numeric.column + 1);
  for (std::size_t a = 0; a < position.size(); ++a) {
    for (std::size_t b = a; b < position.size(); ++b) {
      add(position[a], position[b], dense(static_cast<Index>(a), static_cast<Index>(b)));
    }
  }
  // Sparse part: a row touches one column of each categorical feature.
  std::vector<Index> active;
  for (Index i = 0; i < d.size(); ++i) {
    active.clear();
    for (const Indicators& indicators : indicators_) {
      const Index column = column_at(indicators, begin + i);
      if (column >= 0) active.push_back(column + 1);
    }
    for (std::size_t a = 0; a < active.size(); ++a) {
      for (std::size_t n = 0; n < position.size(); ++n) {
        add(position[n], active[a], weighted(i, static_cast<Index>(n)));
      }
      for (std::size_t b = a; b < active.size(); ++b) add(active[a], active[b], d[i]);
    }
  }
}

}  // namespace mlserve::estimators
