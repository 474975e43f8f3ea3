#pragma once

#include "estimators/loss.hpp"

namespace mlserve::estimators {

/// Loss of one row with its first two derivatives by the margin.
struct LossPoint {
  double value;
  double first;
  double second;
};

/// A loss with one margin a row, made of its formula:
///   static double Formula::value(double margin, double target);
///   static LossPoint Formula::point(double margin, double target);
///   static double Formula::start(double weighted sum of targets, sum of weights, rows);
template <class Formula>
class PointwiseLoss final : public Loss {
 public:
  using Loss::Loss;

  Index outputs() const override { return 1; }

  VectorXd start() const override {
    double sum = 0;
    double weight = 0;
    for (Index i = 0; i < rows(); ++i) {
      sum += weight_of(i) * target_of(i);
      weight += weight_of(i);
    }
    return VectorXd::Constant(1, Formula::start(sum, weight, static_cast<double>(rows())));
  }

  double value(Index begin, const MatrixXd& margins) const override {
    double sum = 0;
    for (Index i = 0; i < margins.cols(); ++i) {
      const double weight = weight_of(begin + i);
      if (weight > 0) sum += weight * Formula::value(margins(0, i), target_of(begin + i));
    }
    return sum;
  }

  double gradient(Index begin, const MatrixXd& margins, MatrixXd& residuals) const override {
    residuals.resize(1, margins.cols());
    return visit(begin, margins,
                 [&](Index i, const LossPoint& point) { residuals(0, i) = point.first; });
  }

  double derivatives(Index begin, const MatrixXd& margins, MatrixXd& residuals,
                     MatrixXd& curvatures) const override {
    residuals.resize(1, margins.cols());
    curvatures.resize(margins.cols(), 1);
    return visit(begin, margins, [&](Index i, const LossPoint& point) {
      residuals(0, i) = point.first;
      curvatures(i, 0) = point.second;
    });
  }

 private:
  double weight_of(Index row) const { return response().weights[static_cast<std::size_t>(row)]; }
  double target_of(Index row) const { return response().targets[static_cast<std::size_t>(row)]; }

  template <class Visitor>
  double visit(Index begin, const MatrixXd& margins, Visitor visitor) const {
    double sum = 0;
    for (Index i = 0; i < margins.cols(); ++i) {
      const double weight = weight_of(begin + i);
      LossPoint point{0, 0, 0};
      if (weight > 0) {
        point = Formula::point(margins(0, i), target_of(begin + i));
        point = {weight * point.value, weight * point.first, weight * point.second};
      }
      sum += point.value;
      visitor(i, point);
    }
    return sum;
  }
};

}  // namespace mlserve::estimators
