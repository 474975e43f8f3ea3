#include "estimators/poisson_loss.hpp"

#include <cmath>

#include "estimators/pointwise_loss.hpp"

namespace mlserve::estimators {
namespace {

struct PoissonLoss {
  static double value(double m, double y) { return std::exp(m) - y * m; }

  static LossPoint point(double m, double y) {
    const double mu = std::exp(m);
    return {mu - y * m, mu - y, mu};
  }

  // Where nothing was counted, half a count is taken.
  static double start(double counts, double weight, double rows) {
    return std::log((counts > 0 ? counts : weight / rows / 2) / weight);
  }
};

}  // namespace

std::unique_ptr<Loss> make_poisson_loss(const Response& response) {
  return std::make_unique<PointwiseLoss<PoissonLoss>>(response);
}

}  // namespace mlserve::estimators
