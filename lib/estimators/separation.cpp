#include "estimators/separation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Cholesky>

namespace mlserve::estimators {
namespace {

VectorXd standard_errors(const MatrixXd& information) {
  const VectorXd scale = information.diagonal()
                             .cwiseMax(std::numeric_limits<double>::min())
                             .cwiseSqrt()
                             .cwiseInverse();
  MatrixXd scaled = scale.asDiagonal() * information * scale.asDiagonal();
  Eigen::LLT<MatrixXd> cholesky(scaled);
  if (cholesky.info() != Eigen::Success) {
    constexpr double kRidge = 1e-13;  // makes what is singular to rounding only nearly so
    scaled.diagonal().array() += kRidge;
    cholesky.compute(scaled);
  }
  const MatrixXd half = cholesky.matrixL().solve(MatrixXd::Identity(scaled.rows(), scaled.cols()));
  return scale.cwiseProduct(half.colwise().norm().transpose());
}

}  // namespace

Separation::Separation(const MatrixXd& information, VectorXd reach)
    : first_errors_(standard_errors(information)), reach_(std::move(reach)) {}

std::vector<Index> Separation::diverging(const MatrixXd& information) const {
  // Growth from the start, and size in the unit of the margins: a count of one among billions of
  // others makes the first large, a column that says little the second.
  constexpr double kGrowth = 1e4;
  constexpr double kSize = 100;
  constexpr double kAccomplice = 0.1;  // what moves along with one that diverges
  const VectorXd errors = standard_errors(information);
  const auto beyond = [&](Index p, double share) {
    // Not finite counts as beyond.
    return !(errors[p] <= share * kGrowth * first_errors_[p]) &&
           !(errors[p] * reach_[p] <= share * kSize);
  };
  std::vector<Index> found;
  bool certain = false;
  for (Index p = 0; p < errors.size(); ++p) {
    certain = certain || beyond(p, 1);
    if (beyond(p, kAccomplice)) found.push_back(p);
  }
  return certain ? found : std::vector<Index>();
}

VectorXd largest_by_column(const DesignMatrix& X) {
  VectorXd largest = VectorXd::Zero(X.columns());
  const auto see = [&](Index column, double value) {
    if (column >= 0) largest[column] = std::max(largest[column], std::abs(value));
  };
  for (const auto& numeric : X.numeric()) {
    for (const double value : numeric.values) see(numeric.column, value - numeric.centre);
    see(numeric.column, numeric.fill - numeric.centre);
  }
  for (const auto& indicators : X.indicators()) {
    for (std::size_t i = 0; i < indicators.codes.size(); ++i) {
      see(indicators.column_of_code[indicators.codes[i]],
          indicators.values.empty() ? 1 : indicators.values[i]);
    }
  }
  for (const auto& sparse : X.sparse()) {
    for (std::size_t e = 0; e < sparse.values.size(); ++e) {
      see(sparse.column_of_term[sparse.columns[e]], sparse.values[e]);
    }
  }
  return largest.cwiseQuotient(X.scales());
}

}  // namespace mlserve::estimators
