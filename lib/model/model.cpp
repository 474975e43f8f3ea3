#include "model/model.hpp"

namespace mlserve::model {

std::string_view estimator_name(Estimator estimator) {
  switch (estimator) {
    case Estimator::linear:
      return "linear";
    case Estimator::poisson:
      return "poisson";
    default:
      return "logistic";
  }
}

}  // namespace mlserve::model
