#include "pipeline/fit_model.hpp"

#include <chrono>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "estimators/loss.hpp"
#include "features/design_column.hpp"
#include "model/design.hpp"

namespace mlserve::pipeline {
namespace {

/// A model of more is not meant; with several classes each column has a coefficient for each.
constexpr std::size_t kMaxCoefficients = 20'000'000;

/// Weights times n / (k * n_c) for a class of n_c of the n rows, as scikit-learn's
/// class_weight="balanced": without sample weights all classes weigh the same.
std::vector<double> balanced(std::span<const double> targets, const PartWeights& part,
                             std::size_t classes) {
  std::vector<double> of_class(classes, 0.0);
  double total = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    of_class[static_cast<std::size_t>(targets[i])] += part.counts[i];
    total += part.counts[i];
  }
  std::vector<double> weights = part.weights;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double share = of_class[static_cast<std::size_t>(targets[i])];
    if (share > 0) weights[i] *= total / (static_cast<double>(classes) * share);
  }
  return weights;
}

void require_fewer_coefficients(const TrainingData& data, std::size_t columns,
                                estimators::PenaltyKind penalty) {
  const std::size_t classes = data.schema().target.classes.size();
  const std::size_t outputs = classes > 2 ? classes : 1;
  const std::size_t coefficients = columns * outputs;
  if (penalty == estimators::PenaltyKind::none &&
      coefficients + outputs > static_cast<std::size_t>(estimators::kMaxUnpenalised)) {
    throw Error(ErrorKind::invalid_data,
                data.source + ": " + std::to_string(coefficients) +
                    " coefficients are too many to tell whether their columns separate the values "
                    "of the target (without a penalty at most " +
                    std::to_string(estimators::kMaxUnpenalised) + "); use --penalty l2");
  }
  if (coefficients <= kMaxCoefficients) return;
  throw Error(ErrorKind::invalid_data,
              data.source + ": the features make " + std::to_string(coefficients) +
                  " coefficients; at most " + std::to_string(kMaxCoefficients) +
                  " can be fitted (leave some out with --exclude, or see --max-categories)");
}

std::vector<std::vector<double>> coefficient_rows(const estimators::Fit& fit) {
  std::vector<std::vector<double>> rows;
  for (estimators::Index k = 0; k < fit.coefficients.rows(); ++k) {
    std::vector<double>& row = rows.emplace_back();
    for (estimators::Index c = 0; c < fit.coefficients.cols(); ++c) {
      const bool aliased = fit.aliased[static_cast<std::size_t>(c)];
      row.push_back(aliased ? kNaN : fit.coefficients(k, c));
    }
  }
  return rows;
}

}  // namespace

std::string loss_name(const features::Target& target) {
  if (target.classes.size() > 2) return "multinomial";
  return std::string(model::estimator_name(model::estimator_of(target.task)));
}

FittedModel fit_model(const TrainingData& data, const PartWeights& part,
                      const estimators::Penalty& penalty, unsigned threads) {
  FittedModel fitted;
  model::Model& model = fitted.model;
  model.schema = data.schema();
  model.estimator = model::estimator_of(model.schema.target.task);
  model.encoder =
      features::Encoder::fit(model.schema, data.rows, part.counts, data.options.encoding);
  require_fewer_coefficients(data, features::number_of_columns(model.schema, model.encoder),
                             penalty.kind);
  model.columns = features::design_columns(model.schema, model.encoder);
  const model::Design design(model.schema, model.encoder, model.columns, data.rows, part.counts,
                             data.options.standardize);

  const std::size_t classes = model.schema.target.classes.size();
  const std::vector<double> weights =
      data.options.balanced ? balanced(data.targets, part, classes) : part.weights;
  const auto loss =
      estimators::make_loss(loss_name(model.schema.target),
                            {data.targets, weights, static_cast<estimators::Index>(classes)});
  estimators::FitOptions options;
  options.penalty = penalty;
  options.threads = threads;
  const auto begin = std::chrono::steady_clock::now();
  fitted.fit = estimators::fit_linear_model(design.matrix(), *loss, options);
  fitted.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  model.coefficients = coefficient_rows(fitted.fit);
  model.intercepts.assign(fitted.fit.intercepts.begin(), fitted.fit.intercepts.end());
  model.means = design.means();
  if (data.options.standardize) model.scales = design.scales();
  return fitted;
}

void require_not_separated(const TrainingData& data, const FittedModel& fitted) {
  if (fitted.fit.separated.empty()) return;
  std::vector<std::string> names;
  for (const estimators::Index column : fitted.fit.separated) {
    names.push_back(column < 0 ? "(intercept)"
                               : fitted.model.columns[static_cast<std::size_t>(column)].name);
  }
  throw Error(ErrorKind::invalid_data,
              data.source + ": without a penalty some coefficients have no finite value (NA): " +
                  shown(join(names), 300) + (names.size() == 1 ? " separates" : " separate") +
                  " the values of the target, wholly or but for a few rows; use --penalty l2, put "
                  "rare categories "
                  "together with --min-frequency, or leave columns out with --exclude");
}

}  // namespace mlserve::pipeline
