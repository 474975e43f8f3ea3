#include "estimators/log_loss.hpp"

#include <algorithm>
#include <cmath>

#include "estimators/pointwise_loss.hpp"

namespace mlserve::estimators {
namespace {

struct LogLoss {
  // The exponential of -|m| alone is taken, which neither overflows nor loses small probabilities.
  static double value(double m, double y) {
    return std::max(m, 0.0) - y * m + std::log1p(std::exp(-std::abs(m)));
  }

  static LossPoint point(double m, double y) {
    const double e = std::exp(-std::abs(m));
    const double likely = 1 / (1 + e);  // the probability of the class on the side of m
    const double unlikely = e * likely;
    const bool hit = (m >= 0) == (y > 0);
    const double residual = hit ? unlikely : likely;
    return {std::max(m, 0.0) - y * m + std::log1p(e), y > 0 ? -residual : residual,
            likely * unlikely};
  }

  // Half a row is added to each class, for one of them may have none.
  static double start(double positive, double all, double rows) {
    const double half = all / rows / 2;
    return std::log((positive + half) / (all - positive + half));
  }
};

}  // namespace

double sigmoid(double margin) {
  if (margin >= 0) return 1 / (1 + std::exp(-margin));
  const double e = std::exp(margin);
  return e / (1 + e);
}

std::unique_ptr<Loss> make_log_loss(const Response& response) {
  return std::make_unique<PointwiseLoss<LogLoss>>(response);
}

}  // namespace mlserve::estimators
