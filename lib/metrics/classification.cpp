#include "metrics/classification.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>

#include "metrics/ranking.hpp"

namespace mlserve::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double ratio_or_zero(double part, double whole) { return whole == 0 ? 0.0 : part / whole; }

std::size_t predicted_class(const ClassScores& scores, std::size_t row, double threshold) {
  if (scores.classes == 2) return scores.probabilities[row] > threshold ? 1 : 0;
  const auto first =
      scores.probabilities.begin() + static_cast<std::ptrdiff_t>(row * scores.classes);
  const auto last = first + static_cast<std::ptrdiff_t>(scores.classes);
  return static_cast<std::size_t>(std::max_element(first, last) - first);
}

MatrixXd confusion_matrix(const ClassScores& scores, double threshold) {
  const auto classes = static_cast<Index>(scores.classes);
  MatrixXd counts = MatrixXd::Zero(classes, classes);
  for (std::size_t row = 0; row < scores.size(); ++row) {
    assert(scores.label(row) < scores.classes);
    const std::size_t predicted = predicted_class(scores, row, threshold);
    counts(static_cast<Index>(scores.label(row)), static_cast<Index>(predicted)) +=
        scores.weight(row);
  }
  return counts;
}

/// Matthews' correlation of several classes (Gorodkin 2004).
double matthews_correlation(const MatrixXd& confusion) {
  const VectorXd labels = confusion.rowwise().sum();
  const VectorXd predictions = confusion.colwise().sum();
  const double rows = labels.sum();
  const double both = confusion.trace() * rows - labels.dot(predictions);
  // sum_k n_k (n - n_k), which is n^2 - sum_k n_k^2, but exactly 0 for one class.
  const auto spread = [](const VectorXd& counts) {
    return counts.dot((counts.sum() - counts.array()).matrix());
  };
  return ratio_or_zero(both, std::sqrt(spread(labels) * spread(predictions)));
}

void add_by_class(ClassificationMetrics& metrics) {
  const MatrixXd& confusion = metrics.confusion;
  double recalls = 0;
  double with_rows = 0;
  double present = 0;
  for (Index k = 0; k < confusion.rows(); ++k) {
    const double hits = confusion(k, k);
    const double support = confusion.row(k).sum();
    const double predicted = confusion.col(k).sum();
    const ClassMetrics one{ratio_or_zero(hits, predicted), ratio_or_zero(hits, support),
                           ratio_or_zero(2 * hits, support + predicted), support};
    metrics.by_class.push_back(one);
    metrics.macro.precision += one.precision;
    metrics.macro.recall += one.recall;
    metrics.macro.f1 += one.f1;
    recalls += one.recall;
    with_rows += support > 0 ? 1 : 0;
    present += support + predicted > 0 ? 1 : 0;
  }
  metrics.balanced_accuracy = recalls / with_rows;
  metrics.macro.precision /= present;
  metrics.macro.recall /= present;
  metrics.macro.f1 /= present;
  metrics.macro.support = metrics.rows;
}

void add_areas(ClassificationMetrics& metrics, const ClassScores& scores) {
  const std::size_t first = scores.classes == 2 ? 1 : 0;
  for (std::size_t k = first; k < scores.classes; ++k) {
    const std::vector<CutPoint> points = cut_points(scores, k);
    metrics.roc_auc += roc_auc(points);
    metrics.pr_auc += pr_auc(points);
  }
  metrics.roc_auc /= static_cast<double>(scores.classes - first);
  metrics.pr_auc /= static_cast<double>(scores.classes - first);
}

double log_loss_of_row(const ClassScores& scores, std::size_t row) {
  constexpr double kLeast = std::numeric_limits<double>::epsilon();
  const auto clipped = [&](std::size_t k) {
    return std::clamp(scores.probability(row, k), kLeast, 1 - kLeast);
  };
  double sum = 0;
  for (std::size_t k = 0; k < scores.classes; ++k) sum += clipped(k);
  return -std::log(clipped(scores.label(row)) / sum);
}

double squared_error_of_row(const ClassScores& scores, std::size_t row) {
  double sum = 0;
  for (std::size_t k = 0; k < scores.classes; ++k) {
    const double error = scores.probability(row, k) - (scores.label(row) == k ? 1.0 : 0.0);
    sum += error * error;
  }
  return scores.classes == 2 ? sum / 2 : sum;
}

}  // namespace

double log_loss(const ClassScores& scores) {
  const double loss =
      weighted_sum(scores, [&](std::size_t row) { return log_loss_of_row(scores, row); });
  return loss / total_weight(scores);
}

ClassificationMetrics evaluate_classes(const ClassScores& scores, double threshold) {
  assert(scores.probabilities.size() == scores.size() * (scores.classes == 2 ? 1 : scores.classes));
  ClassificationMetrics metrics;
  metrics.rows = total_weight(scores);
  metrics.confusion = confusion_matrix(scores, threshold);
  metrics.accuracy = metrics.confusion.trace() / metrics.rows;
  metrics.mcc = matthews_correlation(metrics.confusion);
  add_by_class(metrics);
  add_areas(metrics, scores);
  const double squares =
      weighted_sum(scores, [&](std::size_t row) { return squared_error_of_row(scores, row); });
  metrics.log_loss = log_loss(scores);
  metrics.brier_score = squares / metrics.rows;
  metrics.deviance = 2 * metrics.rows * metrics.log_loss;
  return metrics;
}

}  // namespace mlserve::metrics
