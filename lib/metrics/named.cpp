#include "metrics/named.hpp"

namespace mlserve::metrics {

std::vector<std::pair<std::string, double>> named(const BinaryMetrics& metrics) {
  const Confusion& counts = metrics.confusion;
  return {{"accuracy", counts.accuracy()},
          {"precision", counts.precision()},
          {"recall", counts.recall()},
          {"f1", counts.f1()},
          {"roc_auc", metrics.roc_auc},
          {"log_loss", metrics.log_loss},
          {"brier_score", metrics.brier_score},
          {"rows", metrics.rows},
          {"true_negative", counts.true_negative},
          {"false_positive", counts.false_positive},
          {"false_negative", counts.false_negative},
          {"true_positive", counts.true_positive}};
}

}  // namespace mlserve::metrics
