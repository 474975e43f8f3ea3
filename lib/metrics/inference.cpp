#include "metrics/inference.hpp"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/number.hpp"
#include "metrics/distributions.hpp"
#include "metrics/information.hpp"

namespace mlserve::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index outputs(const FittedParameters& fit) { return fit.intercepts.size(); }
Index columns(const FittedParameters& fit) { return fit.scales.size(); }

/// All intercepts, then the coefficients of one output after another.
VectorXd parameters(const FittedParameters& fit) {
  VectorXd result(fit.intercepts.size() + fit.coefficients.size());
  result << fit.intercepts, fit.coefficients.transpose().reshaped();
  return result;
}

/// Adds to `factors` what output `output` gives to the estimates that start in column `first`:
/// coefficient w / scale, intercept b - sum_j w_j centre_j / scale_j.
void add_output(MatrixXd& factors, const FittedParameters& fit, Index output, Index first,
                double sign) {
  factors(output, first) += sign;
  for (Index j = 0; j < columns(fit); ++j) {
    const Index parameter = outputs(fit) + output * columns(fit) + j;
    factors(parameter, first) -= sign * fit.centres[j] / fit.scales[j];
    factors(parameter, first + 1 + j) += sign / fit.scales[j];
  }
}

/// Parameters x estimates: each estimate is the sum of a column's factors times the parameters.
MatrixXd factors_of_estimates(const FittedParameters& fit) {
  const Index each = 1 + columns(fit);
  const Index results = outputs(fit) == 1 ? 1 : outputs(fit) - 1;
  MatrixXd factors = MatrixXd::Zero(fit.information.rows(), results * each);
  for (Index result = 0; result < results; ++result) {
    if (outputs(fit) == 1) {
      add_output(factors, fit, 0, 0, 1.0);
    } else {
      add_output(factors, fit, result + 1, result * each, 1.0);
      add_output(factors, fit, 0, result * each, -1.0);
    }
  }
  return factors;
}

std::vector<Index> estimated_parameters(const FittedParameters& fit) {
  std::vector<Index> result;
  for (Index output = 0; output < outputs(fit); ++output) result.push_back(output);
  for (Index output = 0; output < outputs(fit); ++output) {
    for (Index j = 0; j < columns(fit); ++j) {
      const bool held = fit.held.size() != 0 && fit.held(output, j);
      if (!held) result.push_back(outputs(fit) + output * columns(fit) + j);
    }
  }
  return result;
}

MatrixXd covariance_of_estimates(const FittedParameters& fit, const MatrixXd& factors) {
  const std::vector<Index> estimated = estimated_parameters(fit);
  const MatrixXd used = factors(estimated, Eigen::all);
  MatrixXd covariance = Information(fit.information(estimated, estimated)).covariance(used);
  for (Index i = 0; i < used.cols(); ++i) {
    if (used.col(i).isZero(0)) {  // made of held parameters alone
      covariance.row(i).setConstant(kNaN);
      covariance.col(i).setConstant(kNaN);
    }
  }
  return covariance;
}

double residual_variance(const Residuals& residuals) {
  if (!(residuals.degrees_of_freedom > 0)) return kNaN;
  return residuals.sum_of_squares / residuals.degrees_of_freedom;
}

}  // namespace

Estimate wald_estimate(double value, double standard_error,
                       std::optional<double> degrees_of_freedom) {
  const double statistic = value / standard_error;
  const double p = degrees_of_freedom ? two_sided_t_p(statistic, *degrees_of_freedom)
                                      : two_sided_normal_p(statistic);
  const double reach = standard_error * (degrees_of_freedom ? t_quantile_975(*degrees_of_freedom)
                                                            : kNormalQuantile975);
  return {value, standard_error, statistic, p, value - reach, value + reach};
}

Ratio ratio(const Estimate& estimate) {
  return {std::exp(estimate.value), std::exp(estimate.lower), std::exp(estimate.upper)};
}

Inference wald_inference(const FittedParameters& fit, const std::optional<Residuals>& residuals) {
  assert(outputs(fit) > 0 && fit.coefficients.rows() == outputs(fit));
  assert(fit.coefficients.cols() == columns(fit) && fit.centres.size() == columns(fit));
  assert(fit.information.rows() == outputs(fit) * (1 + columns(fit)));
  const MatrixXd factors = factors_of_estimates(fit);
  const VectorXd values = factors.transpose() * parameters(fit);

  Inference result;
  result.covariance = covariance_of_estimates(fit, factors);
  if (residuals) result.covariance *= residual_variance(*residuals);
  const auto degrees = residuals ? std::optional(residuals->degrees_of_freedom) : std::nullopt;
  const Index each = 1 + columns(fit);
  for (Index first = 0; first < values.size(); first += each) {
    const auto estimate = [&](Index i) {
      return wald_estimate(values[i], std::sqrt(result.covariance(i, i)), degrees);
    };
    OutputInference output{estimate(first), {}};
    output.coefficients.reserve(static_cast<std::size_t>(columns(fit)));
    for (Index j = 1; j < each; ++j) output.coefficients.push_back(estimate(first + j));
    result.outputs.push_back(std::move(output));
  }
  return result;
}

}  // namespace mlserve::metrics
