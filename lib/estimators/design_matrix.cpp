#include "estimators/design_matrix.hpp"

#include <utility>

namespace mlserve::estimators {

VectorXd DesignMatrix::centres() const {
  VectorXd centres = VectorXd::Zero(columns_);
  for (const Numeric& numeric : numeric_) centres[numeric.column] = numeric.centre;
  return centres;
}

VectorXd DesignMatrix::scales() const {
  VectorXd scales = VectorXd::Ones(columns_);
  for (const Numeric& numeric : numeric_) scales[numeric.column] = numeric.scale;
  for (const Indicators& indicators : indicators_) {
    for (std::size_t code = 0; code < indicators.scale_of_code.size(); ++code) {
      const Index column = indicators.column_of_code[code];
      if (column >= 0) scales[column] = indicators.scale_of_code[code];
    }
  }
  return scales;
}

DesignMatrix DesignMatrix::select(std::span<const Index> kept) const {
  std::vector<Index> new_column(static_cast<std::size_t>(columns_), -1);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    new_column[static_cast<std::size_t>(kept[i])] = static_cast<Index>(i);
  }
  const auto renumber = [&](std::vector<Index>& columns) {
    for (Index& column : columns) {
      if (column >= 0) column = new_column[static_cast<std::size_t>(column)];
    }
  };
  DesignMatrix selected(rows_, static_cast<Index>(kept.size()));
  for (Numeric numeric : numeric_) {
    numeric.column = new_column[static_cast<std::size_t>(numeric.column)];
    if (numeric.column >= 0) selected.add(numeric);
  }
  for (Indicators indicators : indicators_) {
    renumber(indicators.column_of_code);
    selected.add(std::move(indicators));
  }
  for (Sparse sparse : sparse_) {
    renumber(sparse.column_of_term);
    selected.add(std::move(sparse));
  }
  return selected;
}

}  // namespace mlserve::estimators
