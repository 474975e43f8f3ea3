#include "estimators/squared_loss.hpp"

#include "estimators/pointwise_loss.hpp"

namespace mlserve::estimators {
namespace {

struct SquaredLoss {
  static double value(double m, double y) { return 0.5 * (m - y) * (m - y); }
  static LossPoint point(double m, double y) { return {value(m, y), m - y, 1}; }
  static double start(double sum, double weight, double /*rows*/) { return sum / weight; }
};

}  // namespace

std::unique_ptr<Loss> make_squared_loss(const Response& response) {
  return std::make_unique<PointwiseLoss<SquaredLoss>>(response);
}

}  // namespace mlserve::estimators
