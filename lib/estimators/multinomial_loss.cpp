#include "estimators/multinomial_loss.hpp"

#include <cmath>

namespace mlserve::estimators {
namespace {

class MultinomialLoss final : public Loss {
 public:
  using Loss::Loss;

  Index outputs() const override { return response().classes; }

  VectorXd start() const override {
    VectorXd weights = VectorXd::Zero(outputs());
    for (Index i = 0; i < rows(); ++i) weights[class_of(i)] += weight_of(i);
    // Half a row is added to each class, for one of them may have none.
    weights.array() += weights.sum() / static_cast<double>(rows()) / 2;
    const VectorXd margins = weights.array().log();
    return margins.array() - margins.mean();
  }

  double value(Index begin, const MatrixXd& margins) const override {
    double sum = 0;
    for (Index i = 0; i < margins.cols(); ++i) {
      const double weight = weight_of(begin + i);
      if (!(weight > 0)) continue;
      const double largest = margins.col(i).maxCoeff();
      const double log_sum = std::log((margins.col(i).array() - largest).exp().sum());
      sum += weight * (log_sum + largest - margins(class_of(begin + i), i));
    }
    return sum;
  }

  double gradient(Index begin, const MatrixXd& margins, MatrixXd& residuals) const override {
    residuals.resize(margins.rows(), margins.cols());
    double sum = 0;
    for (Index i = 0; i < margins.cols(); ++i) {
      auto probabilities = residuals.col(i);
      sum += softmax(begin + i, margins.col(i), probabilities);
      probabilities *= weight_of(begin + i);
      probabilities[class_of(begin + i)] -= weight_of(begin + i);
    }
    return sum;
  }

  double derivatives(Index begin, const MatrixXd& margins, MatrixXd& residuals,
                     MatrixXd& curvatures) const override {
    const Index K = margins.rows();
    residuals.resize(K, margins.cols());
    curvatures.resize(margins.cols(), K * (K + 1) / 2);
    double sum = 0;
    for (Index i = 0; i < margins.cols(); ++i) {
      const double weight = weight_of(begin + i);
      auto probabilities = residuals.col(i);
      sum += softmax(begin + i, margins.col(i), probabilities);
      Index pair = 0;
      for (Index j = 0; j < K; ++j) {
        const double p = weight * probabilities[j];
        curvatures(i, pair++) = p * (1 - probabilities[j]);
        for (Index k = j + 1; k < K; ++k) curvatures(i, pair++) = -p * probabilities[k];
      }
      probabilities *= weight;
      probabilities[class_of(begin + i)] -= weight;
    }
    return sum;
  }

 private:
  double weight_of(Index row) const { return response().weights[static_cast<std::size_t>(row)]; }
  Index class_of(Index row) const {
    return static_cast<Index>(response().targets[static_cast<std::size_t>(row)]);
  }

  /// Writes the probabilities of the classes of one row (zeros where it has no weight), and returns
  /// its weighted loss.
  template <class Column>
  double softmax(Index row, const Eigen::Ref<const VectorXd>& margins,
                 Column& probabilities) const {
    const double weight = weight_of(row);
    if (!(weight > 0)) {
      probabilities.setZero();
      return 0;
    }
    const double largest = margins.maxCoeff();
    probabilities = (margins.array() - largest).exp();
    const double sum = probabilities.sum();
    probabilities /= sum;
    return weight * (std::log(sum) + largest - margins[class_of(row)]);
  }
};

}  // namespace

std::unique_ptr<Loss> make_multinomial_loss(const Response& response) {
  return std::make_unique<MultinomialLoss>(response);
}

}  // namespace mlserve::estimators
