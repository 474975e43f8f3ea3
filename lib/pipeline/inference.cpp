#include "pipeline/inference.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "core/number.hpp"
#include "core/text.hpp"
#include "metrics/likelihood.hpp"
#include "metrics/vif.hpp"
#include "model/scorer.hpp"
#include "pipeline/measure.hpp"
#include "pipeline/separation.hpp"

namespace mlserve::pipeline {
namespace {

using Eigen::Index;
using estimators::PenaltyKind;

/// Variance inflation takes a determinant a feature; beyond this it would take longer than the fit.
constexpr std::size_t kMaxInflationColumns = 300;

double total(const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  return sum;
}

/// Sample weights of a linear model are those of weighted least squares, as statsmodels' WLS and
/// R's lm have them: inverse variances of single rows, of which only the ratios matter. Gives the
/// sum of their logarithms when they are made to have the mean 1, and the divisor that makes them.
struct AnalyticWeights {
  double divisor = 1;
  double log_sum = 0;
};

AnalyticWeights analytic_weights(const TrainingData& data, const PartWeights& all) {
  AnalyticWeights weights;
  if (data.sample_weights.empty()) return weights;
  weights.divisor = total(all.weights) / total(all.counts);
  for (std::size_t row = 0; row < data.sample_weights.size(); ++row) {
    if (!std::isnan(data.inferred.targets[row]) && data.sample_weights[row] > 0)
      weights.log_sum += std::log(data.sample_weights[row] / weights.divisor);
  }
  return weights;
}

metrics::Likelihood likelihood(const TrainingData& data, const PartWeights& all,
                               const FittedModel& fitted, double parameters) {
  const features::Target& target = data.schema().target;
  ScoredTargets scored{data.targets, {}, all.weights};
  model::Scorer(fitted.model).score(data.rows, scored.scores);
  if (target.task == features::Task::classification)
    return metrics::class_likelihood(class_scores(target, scored), parameters);
  if (target.task == features::Task::count)
    return metrics::number_likelihood(number_scores(scored), metrics::Family::poisson, parameters);
  const AnalyticWeights weights = analytic_weights(data, all);
  for (double& weight : scored.weights) weight /= weights.divisor;
  metrics::Likelihood result =
      metrics::number_likelihood(number_scores(scored), metrics::Family::gaussian, parameters);
  result.log_likelihood += weights.log_sum / 2;
  result.null_log_likelihood += weights.log_sum / 2;
  result.aic -= weights.log_sum;
  result.bic -= weights.log_sum;
  result.deviance *= weights.divisor;
  result.null_deviance *= weights.divisor;
  return result;
}

/// The fit as the solver saw it. What is aliased, or zero by an l1 penalty, was not estimated.
metrics::FittedParameters fitted_parameters(const estimators::Fit& fit, PenaltyKind penalty) {
  const bool makes_zeros = penalty == PenaltyKind::l1 || penalty == PenaltyKind::elasticnet;
  metrics::FittedParameters result;
  result.centres = fit.centres;
  result.scales = fit.scales;
  result.coefficients = fit.coefficients * fit.scales.asDiagonal();
  result.intercepts = fit.intercepts + fit.coefficients * fit.centres;
  result.information = fit.information;
  result.held.setZero(fit.coefficients.rows(), fit.coefficients.cols());
  for (Index k = 0; k < fit.coefficients.rows(); ++k) {
    for (Index c = 0; c < fit.coefficients.cols(); ++c) {
      result.held(k, c) =
          fit.aliased[static_cast<std::size_t>(c)] || (makes_zeros && fit.coefficients(k, c) == 0);
    }
  }
  return result;
}

/// A linear fit that meets every row has no residuals to measure a likelihood by.
void leave_out_likelihood(model::Inference& inference) {
  for (auto& [name, value] : inference.statistics) {
    if (name == "log_likelihood" || name == "aic" || name == "bic") value = kNaN;
  }
  inference.warnings.push_back(
      "the fit has as many parameters as rows: it meets every row, and its errors are unknown");
}

void add_standard_errors(const metrics::Inference& inference, model::Inference& to) {
  for (const metrics::OutputInference& output : inference.outputs) {
    to.intercept_standard_errors.push_back(output.intercept.standard_error);
    std::vector<double>& row = to.standard_errors.emplace_back();
    for (const metrics::Estimate& estimate : output.coefficients)
      row.push_back(estimate.standard_error);
  }
}

/// Of a model with one output: how its features depend on each other.
void add_inflation(const metrics::Inference& inference, model::Model& model) {
  if (inference.outputs.size() != 1 || model.columns.size() > kMaxInflationColumns) return;
  std::map<std::size_t, std::vector<Index>> columns_of;
  for (std::size_t c = 0; c < model.columns.size(); ++c) {
    if (model.columns[c].times) return;  // products go with their factors by construction
    columns_of[model.columns[c].part.feature].push_back(static_cast<Index>(c) + 1);
  }
  if (columns_of.size() < 2) return;
  std::vector<std::vector<Index>> groups;
  for (const auto& [feature, columns] : columns_of) groups.push_back(columns);
  const auto inflation = metrics::variance_inflation(inference.covariance, groups);
  std::size_t g = 0;
  for (const auto& [feature, columns] : columns_of) {
    model.inference.inflation.push_back({model.schema.features[feature].name, inflation[g].gvif,
                                         static_cast<int>(inflation[g].degrees_of_freedom)});
    ++g;
  }
}

void add_aliased_warning(model::Model& model) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < model.columns.size(); ++c) {
    if (std::isnan(model.coefficients[0][c])) names.push_back(model.columns[c].name);
  }
  if (names.empty()) return;
  model.inference.warnings.push_back("NA, because the columns before them say the same: " +
                                     shown(join(names), 300));
}

}  // namespace

void add_inference(const TrainingData& data, const PartWeights& all,
                   const estimators::Penalty& penalty, FittedModel& fitted) {
  model::Model& model = fitted.model;
  model::Inference& inference = model.inference;
  const double parameters = estimators::effective_parameters(fitted.fit);
  const metrics::Likelihood fit = likelihood(data, all, fitted, parameters);
  inference.statistics = {{"null_deviance", fit.null_deviance},
                          {"deviance", fit.deviance},
                          {"log_likelihood", fit.log_likelihood},
                          {"parameters", parameters},
                          {"aic", fit.aic},
                          {"bic", fit.bic}};
  std::optional<metrics::Residuals> residuals;
  if (model.estimator == model::Estimator::linear) {
    const double degrees = total(all.counts) - parameters;
    residuals = {fit.deviance, degrees};
    if (std::isfinite(degrees)) inference.residual_degrees = degrees;
    if (degrees < 0.5) leave_out_likelihood(inference);
    inference.statistics.emplace_back("residual_degrees", degrees);
    inference.statistics.emplace_back("residual_standard_error", std::sqrt(fit.deviance / degrees));
  }
  if (fitted.fit.information.size() > 0) {
    const metrics::FittedParameters seen = fitted_parameters(fitted.fit, penalty.kind);
    const metrics::Inference wald = metrics::wald_inference(seen, residuals);
    add_standard_errors(wald, inference);
    add_inflation(wald, model);
  } else {
    inference.warnings.push_back("no standard errors: the model has too many columns for them");
  }
  if (penalty.kind != PenaltyKind::none && fitted.fit.information.size() > 0) {
    inference.warnings.push_back(
        "with a penalty the standard errors are those of the penalised likelihood, the roots of "
        "the diagonal of the inverse of X'WX + P/C");
  }
  add_aliased_warning(model);
  for (std::string& warning : separation_warnings(data))
    inference.warnings.push_back(std::move(warning));
}

std::vector<CoefficientRow> coefficient_rows(const model::Model& model) {
  const model::Inference& inference = model.inference;
  const std::vector<std::string>& classes = model.schema.target.classes;
  const std::size_t outputs = model.intercepts.size() == 1 ? 1 : model.intercepts.size() - 1;
  std::optional<double> degrees;
  if (inference.residual_degrees > 0) degrees = inference.residual_degrees;
  const bool known = !inference.standard_errors.empty();
  std::vector<CoefficientRow> rows;
  for (std::size_t k = 0; k < outputs; ++k) {
    const std::string output = outputs == 1 ? "" : classes[k + 1] + " - " + classes[0];
    const auto add = [&](const std::string& column, auto value_of, double error) {
      const double value = outputs == 1 ? value_of(0) : value_of(k + 1) - value_of(0);
      rows.push_back({output, column, metrics::wald_estimate(value, error, degrees)});
    };
    add(
        "(intercept)", [&](std::size_t of) { return model.intercepts[of]; },
        known ? inference.intercept_standard_errors[k] : kNaN);
    for (std::size_t c = 0; c < model.columns.size(); ++c) {
      add(
          model.columns[c].name, [&](std::size_t of) { return model.coefficients[of][c]; },
          known ? inference.standard_errors[k][c] : kNaN);
    }
  }
  return rows;
}

std::string ratio_name(model::Estimator estimator) {
  return estimator == model::Estimator::logistic  ? "odds ratio"
         : estimator == model::Estimator::poisson ? "rate ratio"
                                                  : "";
}

}  // namespace mlserve::pipeline
