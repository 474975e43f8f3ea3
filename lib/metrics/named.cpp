#include "metrics/named.hpp"

namespace mlserve::metrics {

NamedMetrics named(const ClassificationMetrics& metrics) {
  const bool binary = metrics.by_class.size() == 2;
  const ClassMetrics& main = binary ? metrics.by_class[1] : metrics.macro;
  NamedMetrics list{{"accuracy", metrics.accuracy},
                    {"balanced_accuracy", metrics.balanced_accuracy},
                    {"precision", main.precision},
                    {"recall", main.recall},
                    {"f1", main.f1},
                    {"roc_auc", metrics.roc_auc},
                    {"pr_auc", metrics.pr_auc},
                    {"log_loss", metrics.log_loss},
                    {"brier_score", metrics.brier_score},
                    {"mcc", metrics.mcc},
                    {"deviance", metrics.deviance},
                    {"rows", metrics.rows}};
  if (binary) {
    list.emplace_back("true_negative", metrics.confusion(0, 0));
    list.emplace_back("false_positive", metrics.confusion(0, 1));
    list.emplace_back("false_negative", metrics.confusion(1, 0));
    list.emplace_back("true_positive", metrics.confusion(1, 1));
  }
  return list;
}

NamedMetrics named(const RegressionMetrics& metrics) {
  NamedMetrics list{{"r2", metrics.r2},
                    {"rmse", metrics.rmse},
                    {"mae", metrics.mae},
                    {"deviance", metrics.deviance}};
  if (metrics.d2) list.emplace_back("d2", *metrics.d2);
  list.emplace_back("rows", metrics.rows);
  return list;
}

}  // namespace mlserve::metrics
