#pragma once

#include <string>
#include <vector>

#include "estimators/design_matrix.hpp"
#include "estimators/loss.hpp"

namespace mlserve::estimators {

enum class PenaltyKind { none, l2, l1, elasticnet };

/// penalty(w) for the coefficients of the scaled columns; the intercept has none.
///   l2: w.w / 2    l1: |w|_1    elasticnet: (1 - r) w.w / 2 + r |w|_1, r = l1_ratio
struct Penalty {
  PenaltyKind kind = PenaltyKind::l2;
  double C = 1;           ///< inverse strength, > 0
  double l1_ratio = 0.5;  ///< 0 … 1, of the elastic net
};

struct FitOptions {
  Penalty penalty;
  unsigned threads = 1;       ///< the result is the same to the bit for any number
  int max_iterations = 2000;  ///< Newton's method takes 5 to 15, L-BFGS tens to hundreds
};

/// A fitted linear model. Parameters in matrices and vectors "by parameter" are ordered as all
/// intercepts, then the coefficients of output 0, of output 1, …, and belong to the centred and
/// scaled columns.
struct Fit {
  MatrixXd coefficients;  ///< outputs x columns, in the units of the uncentred, unscaled columns
  VectorXd intercepts;    ///< by output, for the same columns; several sum to zero
  /// By column: a linear combination of the intercept and earlier columns, which has the
  /// coefficient 0. Looked for where nothing is penalised and the columns are at most 2,000.
  std::vector<bool> aliased;
  /// Columns whose coefficients have no finite value without a penalty, as the data are separated
  /// by them, and -1 for the intercepts where it is these alone. The coefficients are where the
  /// solver gave up.
  std::vector<Index> separated;

  /// By parameter: the Hessian of sum(weight * loss) + penalty / C at the solution (of very many
  /// rows: within 1e-5 of its length from there); empty where it was too large to build. Where all
  /// outputs may move together without a change of the objective (several classes: the intercepts;
  /// without penalty the coefficients too) it has a curvature added along that direction, which
  /// leaves every variance of a difference between classes as it is. A coefficient that is aliased,
  /// or held at zero by an l1 penalty, has a row and column of zeros and a unit diagonal.
  MatrixXd information;
  VectorXd penalty_curvature;  ///< by parameter: the share of the diagonal that is not the loss's
  Index held_directions = 0;   ///< along which a curvature was added
  VectorXd centres;            ///< by column
  VectorXd scales;             ///< by column

  double loss = 0;                 ///< sum(weight * loss) at the solution
  double objective = 0;            ///< loss + penalty / C
  std::vector<double> objectives;  ///< at the solver's start and after each of its iterations
  int iterations = 0;
  bool converged = false;
  std::string solver;  ///< "newton", "proximal-newton", "l-bfgs", "owl-qn"
};

/// Most parameters (outputs times columns and intercept) that can be told to be estimable without a
/// penalty.
constexpr Index kMaxUnpenalised = 2000;

/// Minimises C * sum_i weight_i * loss_i + penalty(w). A loss that has several outputs has a row of
/// coefficients for each. Throws Error(invalid_argument) when matrix and loss differ in rows, C is
/// not positive or l1_ratio is not in [0, 1].
Fit fit_linear_model(const DesignMatrix& X, const Loss& loss, const FitOptions& options = {});

/// The effective number of parameters, intercepts counted: tr(H^-1 H_loss) for the Hessian H of the
/// objective and that of its loss; without penalty the number of estimable parameters, with l1 that
/// of the coefficients which are not zero (Zou, Hastie and Tibshirani 2007). NaN where the
/// information was not built.
double effective_parameters(const Fit& fit);

}  // namespace mlserve::estimators
