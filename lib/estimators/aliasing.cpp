#include "estimators/aliasing.hpp"

#include <cstddef>

namespace mlserve::estimators {

std::vector<bool> find_aliased(const MatrixXd& gram) {
  // The share of a column's squared length that earlier columns must leave unexplained.
  constexpr double kTolerance = 1e-11;
  const Index columns = gram.cols() - 1;
  std::vector<bool> aliased(static_cast<std::size_t>(columns), true);
  // Column by column the Cholesky decomposition of the centred Gram: `rest` has, for each column,
  // its products with the ones that come, less what the columns before explain.
  const VectorXd with_ones = gram.col(0).tail(columns);
  MatrixXd rest =
      gram.bottomRightCorner(columns, columns) - with_ones * with_ones.transpose() / gram(0, 0);
  const VectorXd lengths = gram.diagonal().tail(columns);
  const VectorXd centred = rest.diagonal();
  for (Index j = 0; j < columns; ++j) {
    if (!(centred[j] > kTolerance * lengths[j]) || !(rest(j, j) > kTolerance * centred[j]))
      continue;
    aliased[static_cast<std::size_t>(j)] = false;
    const Index left = columns - j - 1;
    const VectorXd explained = rest.col(j).tail(left);
    rest.bottomRightCorner(left, left)
        .selfadjointView<Eigen::Lower>()
        .rankUpdate(explained, -1 / rest(j, j));
  }
  return aliased;
}

}  // namespace mlserve::estimators
