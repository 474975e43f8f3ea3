#include "pipeline/validation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/ordered_run.hpp"
#include "core/text.hpp"
#include "model/scorer.hpp"
#include "pipeline/splits.hpp"

namespace mlserve::pipeline {
namespace {

using estimators::Penalty;

/// Folds of a search and of the choice of a threshold when the options name no number.
constexpr Fold kInnerFolds = 5;

ScoredTargets score_part(const TrainingData& data, const FittedModel& fitted,
                         const PartWeights& part) {
  model::Scores all;
  model::Scorer(fitted.model).score(data.rows, all);
  ScoredTargets scored;
  scored.scores.width = all.width;
  for (std::size_t i = 0; i < data.targets.size(); ++i) {
    if (part.weights[i] <= 0) continue;
    const auto row = all.row(i);
    scored.targets.push_back(data.targets[i]);
    scored.scores.values.insert(scored.scores.values.end(), row.begin(), row.end());
    scored.weights.push_back(part.weights[i]);
  }
  return scored;
}

std::size_t different_targets(const TrainingData& data, const PartWeights& part) {
  std::set<double> targets;
  for (std::size_t i = 0; i < data.targets.size(); ++i) {
    if (part.weights[i] > 0) targets.insert(data.targets[i]);
  }
  return targets.size();
}

/// Whether every class has a row in the part (or, of numbers, whether two rows differ).
bool can_be_learned_from(const TrainingData& data, const PartWeights& part) {
  const std::size_t classes = data.schema().target.classes.size();
  return different_targets(data, part) >= std::max<std::size_t>(2, classes);
}

bool can_be_measured(const TrainingData& data, const PartWeights& part) {
  return different_targets(data, part) >= 2;
}

/// What a part that cannot be learned from lacks.
std::string too_few(const TrainingData& data) {
  return data.schema().target.classes.empty() ? "has too few different targets" : "lacks a class";
}

/// The strata of the rows in part 0, or of all.
Strata strata_of(const TrainingData& data, const std::vector<Fold>& parts) {
  Strata strata = data.strata();
  for (std::size_t row = 0; row < parts.size(); ++row) {
    if (parts[row] != 0) strata[row] = kNoFold;
  }
  return strata;
}

std::vector<Fold> inner_folds(const TrainingData& data, const std::vector<Fold>& parts) {
  const Fold folds = data.options.folds > 0 ? data.options.folds : kInnerFolds;
  return stratified_folds(strata_of(data, parts), folds, data.options.seed);
}

/// A fit that leaves one fold out, and what it says of that fold.
struct FoldTask {
  std::size_t number = 0;
  std::optional<ScoredTargets> scored;  ///< none where the rest cannot be learned from
};

/// For each penalty and each of the folds 0 … folds - 1, in this order, calls
/// `take(penalty number, fold, scored)`, and tells `progress`. The fits run in parallel.
template <class Take>
void for_each_fold(const TrainingData& data, const std::vector<Fold>& fold_of_row, Fold folds,
                   const std::vector<Penalty>& penalties, const Progress& progress, Take take) {
  std::size_t next = 0;
  const std::size_t tasks = folds * penalties.size();
  run_ordered<FoldTask>(
      std::min(data.options.threads, static_cast<unsigned>(tasks)),
      [&](FoldTask& task) {
        task.number = next++;
        return task.number < tasks;
      },
      [&](FoldTask& task) {
        const auto fold = static_cast<Fold>(task.number % folds);
        task.scored.reset();
        const PartWeights rest = data.outside(fold_of_row, fold);
        if (!can_be_learned_from(data, rest)) return;
        const FittedModel fitted = fit_model(data, rest, penalties[task.number / folds], 1);
        if (!fitted.fit.separated.empty()) return;
        task.scored = score_part(data, fitted, data.inside(fold_of_row, fold));
      },
      [&](FoldTask& task) {
        take(task.number / folds, static_cast<Fold>(task.number % folds), task.scored);
        tell(progress, static_cast<double>(task.number + 1) / static_cast<double>(tasks));
      });
}

std::vector<Penalty> penalties_to_try(const TrainOptions& options) {
  std::vector<Penalty> penalties;
  const auto or_given = [](const std::vector<double>& values, double given) {
    return values.empty() ? std::vector<double>{given} : values;
  };
  for (const double C : or_given(options.search_C, options.penalty.C)) {
    for (const double ratio : or_given(options.search_l1_ratio, options.penalty.l1_ratio))
      penalties.push_back({options.penalty.kind, C, ratio});
  }
  return penalties;
}

std::pair<double, double> mean_and_deviation(const std::vector<double>& values) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / static_cast<double>(values.size()))};
}

/// Means and deviations over the folds of each metric.
void summarise(const std::vector<model::NamedNumbers>& by_fold, Validation& validation) {
  for (std::size_t m = 0; m < by_fold.front().size(); ++m) {
    std::vector<double> values;
    values.reserve(by_fold.size());
    for (const model::NamedNumbers& metrics : by_fold) values.push_back(metrics[m].second);
    const auto [mean, deviation] = mean_and_deviation(values);
    validation.metrics.emplace_back(by_fold.front()[m].first, mean);
    validation.deviations.emplace_back(by_fold.front()[m].first, deviation);
  }
}

std::optional<double> threshold_by_rule(const TrainingData& data, const Strata& strata,
                                        const Penalty& penalty) {
  const Fold folds = kInnerFolds;
  const std::vector<Fold> fold_of_row = stratified_folds(strata, folds, data.options.seed);
  ScoredTargets all;
  bool whole = true;
  for_each_fold(data, fold_of_row, folds, {penalty}, {},
                [&](std::size_t, Fold, const std::optional<ScoredTargets>& scored) {
                  whole = whole && scored;
                  if (scored) all.append(*scored);
                });
  if (!whole) return std::nullopt;
  return metrics::best_threshold(class_scores(data.schema().target, all),
                                 *data.options.threshold_rule);
}

std::optional<Validation> validate_holdout(const TrainingData& data, const std::vector<Fold>& parts,
                                           const FittedModel& fitted, const Penalty& penalty) {
  const std::optional<double> threshold = choose_threshold(data, parts, penalty);
  if (!threshold) return std::nullopt;
  Validation validation;
  const PartWeights holdout = data.inside(parts, 1);
  validation.scored = score_part(data, fitted, holdout);
  for (const double count : holdout.counts) validation.rows += count;
  validation.measures = measure(data.schema().target, validation.scored, *threshold);
  validation.metrics = validation.measures.named;
  return validation;
}

std::optional<Validation> validate_folds(const TrainingData& data, const Penalty& penalty,
                                         double threshold, const Progress& progress) {
  const features::Target& target = data.schema().target;
  const Fold folds = data.options.folds;
  const std::vector<Fold> fold_of_row = stratified_folds(data.strata(), folds, data.options.seed);
  Validation validation;
  validation.folds = folds;
  validation.rows = static_cast<double>(data.rows_with_target());
  std::vector<model::NamedNumbers> by_fold;
  for_each_fold(data, fold_of_row, folds, {penalty}, progress,
                [&](std::size_t, Fold fold, const std::optional<ScoredTargets>& scored) {
                  if (!scored) return;
                  // A threshold by a rule is that of the rows which the fold's model has seen.
                  std::vector<Fold> parts = fold_of_row;
                  for (Fold& part : parts) part = part == fold ? 1 : 0;
                  const auto of_fold = choose_threshold(data, parts, penalty);
                  if (!of_fold) return;
                  by_fold.push_back(measure(target, *scored, *of_fold).named);
                  validation.scored.append(*scored);
                });
  if (by_fold.size() != folds) return std::nullopt;
  summarise(by_fold, validation);
  validation.measures = measure(target, validation.scored, threshold);
  return validation;
}

/// Why folds or a holdout of the rows that there are gave nothing.
std::string why_nothing(const TrainingData& data, const std::string& part) {
  const bool unpenalised = data.options.penalty.kind == estimators::PenaltyKind::none;
  return part + " " + too_few(data) + (unpenalised ? ", or is separated without a penalty" : "");
}

}  // namespace

std::optional<SearchResult> search_penalty(const TrainingData& data, const std::vector<Fold>& parts,
                                           const Progress& progress) {
  const TrainOptions& options = data.options;
  if (options.search_C.empty() && options.search_l1_ratio.empty()) return std::nullopt;
  const std::vector<Penalty> penalties = penalties_to_try(options);
  const Fold folds = options.folds > 0 ? options.folds : kInnerFolds;
  std::vector<std::vector<double>> losses(penalties.size());
  for_each_fold(data, inner_folds(data, parts), folds, penalties, progress,
                [&](std::size_t p, Fold, const std::optional<ScoredTargets>& scored) {
                  losses[p].push_back(scored ? mean_loss(data.schema().target, *scored)
                                             : std::numeric_limits<double>::infinity());
                });
  SearchResult result;
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    const auto [mean, deviation] = mean_and_deviation(losses[p]);
    result.trials.push_back({penalties[p], mean, deviation});
    if (mean < result.trials[result.best].mean) result.best = p;
  }
  if (!std::isfinite(result.trials[result.best].mean)) {
    throw Error(ErrorKind::invalid_data, data.source +
                                             ": too few rows of a class for a search on " +
                                             std::to_string(folds) + " folds");
  }
  return result;
}

std::optional<Validation> validate(const TrainingData& data, const std::vector<Fold>& parts,
                                   const Penalty& penalty, double threshold, std::string& why_not,
                                   const Progress& progress) {
  if (data.options.folds > 0) {
    why_not = why_nothing(data, "the rest of a fold");
    return validate_folds(data, penalty, threshold, progress);
  }
  if (parts.empty()) {
    why_not = "no rows were held out";
    return std::nullopt;
  }
  why_not = why_nothing(data, "the holdout or the rest");
  const PartWeights rest = data.inside(parts, 0);
  if (!can_be_learned_from(data, rest) || !can_be_measured(data, data.inside(parts, 1)))
    return std::nullopt;
  const FittedModel fitted = fit_model(data, rest, penalty, data.options.threads);
  if (!fitted.fit.separated.empty()) return std::nullopt;
  return validate_holdout(data, parts, fitted, penalty);
}

std::string trial_name(const Trial& trial) {
  std::string name = "C = " + format_double(trial.penalty.C);
  if (trial.penalty.kind == estimators::PenaltyKind::elasticnet)
    name += ", l1 ratio " + format_double(trial.penalty.l1_ratio);
  return name;
}

void require_learnable(const TrainingData& data, const PartWeights& part) {
  if (can_be_learned_from(data, part)) return;
  throw Error(ErrorKind::invalid_data,
              data.source + ": column '" + shown(data.options.sample_weight) +
                  "': the rows with a weight above 0 have too few different targets");
}

std::optional<double> choose_threshold(const TrainingData& data, const std::vector<Fold>& parts,
                                       const Penalty& penalty) {
  if (!data.options.threshold_rule) return data.options.threshold.value_or(0.5);
  return threshold_by_rule(data, strata_of(data, parts), penalty);
}

}  // namespace mlserve::pipeline
