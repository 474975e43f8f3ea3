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

Estimator estimator_of(features::Task task) {
  return task == features::Task::classification ? Estimator::logistic
         : task == features::Task::regression   ? Estimator::linear
                                                : Estimator::poisson;
}

}  // namespace mlserve::model
