#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "estimators/design_matrix.hpp"

namespace mlserve::estimators {

/// What is to be predicted, by row. Borrowed.
struct Response {
  std::span<const double> targets;  ///< the index of the class, 0 … classes - 1, or the number
  std::span<const double> weights;  ///< >= 0; a weight counts equal rows
  Index classes = 2;                ///< of a classification
};

/// The loss of one row as a function of its margins, times the weight of the row, for some rows at
/// once: those from `begin`, as many as `margins` has columns. Borrows the response. A row of
/// weight 0 adds nothing, whatever its margins are. Immutable; all calls may run at once.
class Loss {
 public:
  explicit Loss(const Response& response) : response_(response) {}
  Loss(const Loss&) = delete;
  Loss& operator=(const Loss&) = delete;
  virtual ~Loss() = default;

  Index rows() const noexcept { return static_cast<Index>(response_.targets.size()); }
  std::span<const double> weights() const noexcept { return response_.weights; }

  /// Margins of a row: 1, or one for each class.
  virtual Index outputs() const = 0;

  /// Margins, the same for all rows, from which a solver does well to start: nearly the best
  /// intercepts of a fit without columns, and finite where those are not.
  virtual VectorXd start() const = 0;

  /// The sum over the rows; `margins` is outputs x rows.
  virtual double value(Index begin, const MatrixXd& margins) const = 0;

  /// The same, with the first derivative by each margin (outputs x rows).
  virtual double gradient(Index begin, const MatrixXd& margins, MatrixXd& residuals) const = 0;

  /// The same, with the second derivatives: rows x pairs of outputs, in the order (0,0), (0,1), …,
  /// (1,1), (1,2), …; those of one pair do not differ in sign.
  virtual double derivatives(Index begin, const MatrixXd& margins, MatrixXd& residuals,
                             MatrixXd& curvatures) const = 0;

 protected:
  const Response& response() const noexcept { return response_; }

 private:
  Response response_;
};

/// The loss of an estimator: "logistic" (two classes), "multinomial", "linear", "poisson".
/// Throws Error(invalid_argument) for another name, spans of different lengths, a target that is
/// not in the domain of the loss (no class, a negative count, not finite), a negative weight, and
/// when no weight is positive.
std::unique_ptr<Loss> make_loss(std::string_view estimator, const Response& response);

/// 1 / (1 + exp(-margin)), without overflow for any margin.
double sigmoid(double margin);

}  // namespace mlserve::estimators
