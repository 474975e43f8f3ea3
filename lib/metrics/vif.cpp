#include "metrics/vif.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <Eigen/Cholesky>

#include "core/number.hpp"

namespace mlserve::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Of a positive definite matrix; NaN for others.
double log_determinant(const MatrixXd& matrix) {
  const Eigen::LLT<MatrixXd> llt(matrix);
  if (llt.info() != Eigen::Success) return kNaN;
  return 2 * llt.matrixLLT().diagonal().array().log().sum();
}

MatrixXd correlation(const MatrixXd& covariance) {
  const VectorXd scale = covariance.diagonal().cwiseSqrt().cwiseInverse();
  return scale.asDiagonal() * covariance * scale.asDiagonal();
}

}  // namespace

// One inverse serves all groups: det(R22) / det(R) is the determinant of the group's block of R^-1.
std::vector<VarianceInflation> variance_inflation(const MatrixXd& covariance,
                                                  const std::vector<std::vector<Index>>& groups) {
  std::vector<Index> known;
  std::vector<Index> ends;  // in `known`, of each group
  for (const std::vector<Index>& group : groups) {
    std::copy_if(group.begin(), group.end(), std::back_inserter(known),
                 [&](Index i) { return !std::isnan(covariance(i, i)); });
    ends.push_back(static_cast<Index>(known.size()));
  }
  const MatrixXd R = correlation(covariance(known, known));
  const Eigen::LLT<MatrixXd> llt(R);
  const bool regular = llt.info() == Eigen::Success;
  const MatrixXd inverse = llt.solve(MatrixXd::Identity(R.rows(), R.cols()));

  std::vector<VarianceInflation> result;
  Index begin = 0;
  for (const Index end : ends) {
    const Index size = end - begin;
    const auto block = [&](const MatrixXd& matrix) {
      return log_determinant(matrix.block(begin, begin, size, size));
    };
    const double log_gvif = regular && size > 0 ? block(R) + block(inverse) : kNaN;
    result.push_back(
        {std::exp(log_gvif), size, std::exp(log_gvif / (2 * static_cast<double>(size)))});
    begin = end;
  }
  return result;
}

}  // namespace mlserve::metrics
