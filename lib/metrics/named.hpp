#pragma once

#include <string>
#include <utility>
#include <vector>

#include "metrics/classification.hpp"
#include "metrics/regression.hpp"

namespace mlserve::metrics {

/// Metrics with their usual names, in the order in which reports list them.
using NamedMetrics = std::vector<std::pair<std::string, double>>;

/// "accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc", "log_loss",
/// "brier_score", "mcc", "deviance", "rows". Two classes: precision, recall and F1 are those of
/// class 1, and the counts follow: "true_negative", "false_positive", "false_negative",
/// "true_positive". More classes: they are the macro averages.
NamedMetrics named(const ClassificationMetrics& metrics);

/// "r2", "rmse", "mae", "deviance", for counts "d2", and "rows".
NamedMetrics named(const RegressionMetrics& metrics);

}  // namespace mlserve::metrics
