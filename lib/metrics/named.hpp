#pragma once

#include <string>
#include <utility>
#include <vector>

#include "metrics/classification.hpp"

namespace mlserve::metrics {

/// The metrics with their usual names, in the order in which reports list them: "accuracy",
/// "precision", "recall", "f1", "roc_auc", "log_loss", "brier_score", then the
/// counts "rows", "true_negative", "false_positive", "false_negative", "true_positive".
std::vector<std::pair<std::string, double>> named(const BinaryMetrics& metrics);

}  // namespace mlserve::metrics
