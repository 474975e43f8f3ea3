#include "pipeline/report_of.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "core/number.hpp"
#include "features/calendar.hpp"
#include "metrics/calibration.hpp"
#include "pipeline/curves.hpp"
#include "pipeline/inference.hpp"

namespace mlserve::pipeline {
namespace {

using features::Feature;

/// A curve of more points looks the same.
constexpr std::size_t kCurvePoints = 400;
constexpr std::size_t kMostConfusionClasses = 15;
constexpr std::size_t kScatterPoints = 1000;
constexpr std::size_t kBars = 12;

std::string rounded(double value) {
  std::string text;
  if (!std::isfinite(value)) return "n/a";
  const double magnitude = std::pow(10, 4 - std::ceil(std::log10(std::abs(value) + 1e-300)));
  const double shortened = std::round(value * magnitude) / magnitude;
  append_double(text, std::isfinite(shortened) ? shortened : value);
  return text;
}

std::string bound(const Feature& feature, double value) {
  return feature.is_date() ? features::format_date(value) : rounded(value);
}

/// The most frequent categories or words, the rest as one bar.
std::vector<report::Bar> frequent(const Feature& feature) {
  std::vector<std::size_t> order(feature.categories.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return feature.counts[a] > feature.counts[b];
  });
  std::vector<report::Bar> bars;
  double rest = 0;
  for (const std::size_t k : order) {
    const auto count = static_cast<double>(feature.counts[k]);
    if (bars.size() < kBars) {
      bars.push_back({feature.categories[k], count});
    } else {
      rest += count;
    }
  }
  // A row of a text has many words: their counts do not add up to anything.
  if (rest > 0 && feature.is_categorical())
    bars.push_back({std::to_string(order.size() - kBars) + " more", rest});
  return bars;
}

/// "3 categories: male 63 %, female 37 %".
std::string most_frequent_text(const Feature& feature) {
  constexpr std::size_t kNamed = 3;
  std::string text = std::to_string(feature.categories.size()) +
                     (feature.is_text() ? " words, in rows: " : " categories: ");
  double total = 0;
  for (const std::uint64_t count : feature.counts) total += static_cast<double>(count);
  const std::vector<report::Bar> bars = frequent(feature);
  for (std::size_t i = 0; i < std::min(kNamed, bars.size()); ++i) {
    text += (i > 0 ? ", " : "") + bars[i].label + " ";
    text += feature.is_text() ? std::to_string(static_cast<std::uint64_t>(bars[i].count))
                              : rounded(100 * bars[i].count / total) + " %";
  }
  return bars.size() > kNamed ? text + ", …" : text;
}

report::FeatureSummary summary(const Feature& feature, const features::FeatureEncoding& encoding) {
  report::FeatureSummary summary;
  summary.name = feature.name;
  summary.kind = kind_name(feature.kind);
  summary.missing = feature.missing;
  if (!feature.is_number()) {
    summary.values = most_frequent_text(feature);
    summary.order = report::BarOrder::categories;
    summary.bars = frequent(feature);
    return summary;
  }
  summary.values = bound(feature, feature.minimum) + " to " + bound(feature, feature.maximum) +
                   ", missing as " + bound(feature, encoding.fill);
  const features::Histogram& histogram = feature.histogram;
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    summary.bars.push_back(
        {bound(feature, histogram.edges[bin]) + " to " + bound(feature, histogram.edges[bin + 1]),
         static_cast<double>(histogram.counts[bin])});
  }
  return summary;
}

report::Series series(const std::vector<metrics::CurvePoint>& curve) {
  report::Series series;
  for (const metrics::CurvePoint& point : curve) {
    series.x.push_back(point.x);
    series.y.push_back(point.y);
  }
  return series;
}

void add_curves(const features::Target& target, const metrics::ClassScores& scores,
                report::Report& report) {
  for (const ClassCurves& curves : class_curves(scores, kCurvePoints)) {
    const std::string& name = target.classes[curves.of_class];
    report.roc.push_back({name, series(curves.roc), curves.roc_auc});
    report.precision_recall.push_back({name, series(curves.precision_recall), curves.pr_auc});
  }
}

void add_calibration(const features::Target& target, const metrics::ClassScores& scores,
                     report::Report& report) {
  if (scores.classes != 2) return;
  report.calibration_note = "Probability of class " + target.classes[1];
  for (const metrics::CalibrationBin& bin : metrics::calibration_table(scores))
    report.calibration.push_back({bin.mean_predicted, bin.observed_share, bin.rows});
}

void add_classes(const features::Target& target, const metrics::ClassificationMetrics& metrics,
                 report::Report& report) {
  for (std::size_t k = 0; k < target.classes.size(); ++k) {
    const metrics::ClassMetrics& of_class = metrics.by_class[k];
    report.class_scores.push_back(
        {target.classes[k], of_class.precision, of_class.recall, of_class.f1, of_class.support});
  }
  if (target.classes.size() > kMostConfusionClasses) return;
  report.confusion.classes = target.classes;
  for (Eigen::Index row = 0; row < metrics.confusion.rows(); ++row) {
    const auto counts = metrics.confusion.row(row);
    report.confusion.counts.emplace_back(counts.begin(), counts.end());
  }
}

/// Predicted and actual numbers of evenly spaced rows.
void add_predictions(const ScoredTargets& scored, report::Report& report) {
  report.predictions.rows = scored.targets.size();
  for (const auto& [predicted, actual] : sampled_predictions(scored, kScatterPoints)) {
    report.predictions.points.x.push_back(predicted);
    report.predictions.points.y.push_back(actual);
  }
}

void add_validation(const features::Target& target, const Validation& validation,
                    report::Report& report) {
  const std::string rows = std::to_string(static_cast<std::uint64_t>(validation.rows));
  report.metrics_note = validation.folds > 0
                            ? "Means and standard deviations over " +
                                  std::to_string(validation.folds) + " folds of " + rows +
                                  " rows, each measured with a model of the others"
                            : "On " + rows + " rows held out, with a model of the others";
  for (std::size_t m = 0; m < validation.metrics.size(); ++m) {
    report::Metric metric{validation.metrics[m].first, validation.metrics[m].second, std::nullopt};
    if (m < validation.deviations.size()) metric.deviation = validation.deviations[m].second;
    report.metrics.push_back(std::move(metric));
  }
  if (const auto* classes =
          std::get_if<metrics::ClassificationMetrics>(&validation.measures.details)) {
    const metrics::ClassScores scores = class_scores(target, validation.scored);
    add_classes(target, *classes, report);
    add_curves(target, scores, report);
    add_calibration(target, scores, report);
  } else {
    add_predictions(validation.scored, report);
  }
}

void add_coefficients(const model::Model& model, report::Report& report) {
  report.ratio_name = ratio_name(model.estimator);
  for (const CoefficientRow& row : coefficient_rows(model)) {
    const metrics::Estimate& estimate = row.estimate;
    report.coefficients.push_back(
        {row.column, row.output, estimate.value, estimate.lower, estimate.upper, estimate.p_value});
  }
  for (const std::string& warning : model.inference.warnings) {
    if (!report.coefficients_note.empty()) report.coefficients_note += "; ";
    report.coefficients_note += warning;
  }
}

void add_facts(const model::Model& model, report::Report& report) {
  const model::TrainingRecord& training = model.training;
  report.facts.push_back({"Rows", std::to_string(training.rows)});
  report.facts.push_back({"Columns", std::to_string(model.columns.size())});
  report.facts.push_back({"Data hash", training.data_hash});
  report.facts.push_back({"mlserve", training.mlserve_version});
  if (!training.created_at.empty()) report.facts.push_back({"Created", training.created_at});
}

void add_record(const TrainResult& result, report::Report& report) {
  const model::Model& model = result.model;
  const model::TrainingRecord& training = model.training;
  const auto add = [&](std::string name, std::string value) {
    report.training.push_back({std::move(name), std::move(value)});
  };
  add("estimator", std::string(estimator_name(model.estimator)));
  add("solver", training.solver);
  add("iterations", std::to_string(training.iterations));
  add("converged", training.converged ? "yes" : "no");
  for (const auto& [name, value] : training.options) add(name, value);
  if (model.schema.target.classes.size() == 2) add("threshold in use", rounded(model.threshold));
  for (const auto& [name, value] : model.inference.statistics) add(name, rounded(value));
  if (!result.search) return;
  for (const Trial& trial : result.search->trials) {
    const bool best = &trial == &result.search->trials[result.search->best];
    add("loss on folds at " + trial_name(trial) + (best ? ", the best" : ""),
        rounded(trial.mean) + " ± " + rounded(trial.deviation));
  }
}

/// How the objective fell; one value is no course.
void add_learning(const std::vector<double>& objectives, report::Report& report) {
  if (objectives.size() < 2) return;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    report.learning.x.push_back(static_cast<double>(i));
    report.learning.y.push_back(objectives[i]);
  }
}

}  // namespace

report::Report report_of(const TrainResult& result) {
  const model::Model& model = result.model;
  const features::Target& target = model.schema.target;
  report::Report report;
  report.title = target.name;
  report.subtitle = std::string(task_name(target.task)) + " by a " +
                    std::string(estimator_name(model.estimator)) + " model of " +
                    std::to_string(model.schema.features.size()) + " features";
  report.rows = model.training.rows;
  add_facts(model, report);
  report.warnings = result.inferred.warnings;
  for (const auto& [name, reason] : result.inferred.left_out) {
    std::string& warning = report.warnings.emplace_back("column '");
    warning.append(name).append("' is left out: ").append(reason);
  }
  if (result.validation) {
    add_validation(target, *result.validation, report);
  } else {
    report.warnings.push_back("no metrics: " + result.why_no_validation);
  }
  add_coefficients(model, report);
  for (std::size_t f = 0; f < model.schema.features.size(); ++f)
    report.features.push_back(summary(model.schema.features[f], model.encoder[f]));
  add_record(result, report);
  add_learning(result.objectives, report);
  return report;
}

}  // namespace mlserve::pipeline
