// Fits against those of scikit-learn, statsmodels and R: see make_estimators_reference.py.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "estimators/fit.hpp"
#include "metrics/information.hpp"
#include "support/reference.hpp"

namespace {

using namespace mlserve::estimators;
using nlohmann::json;

const json& reference() {
  static const json content = mlserve::testing::read_reference("estimators.json");
  return content;
}

/// A data set of the reference as the estimators take it: centred, and scaled if asked for.
struct Set {
  std::vector<std::vector<double>> columns;
  std::vector<double> target;
  std::vector<double> weights;
  Index classes = 2;
  bool standardize = false;

  explicit Set(const std::string& name) {
    const json& data = reference().at("data").at(name);
    for (const json& column : data.at("columns")) {
      columns.push_back(column.get<std::vector<double>>());
    }
    target = data.at("target").get<std::vector<double>>();
    weights.assign(target.size(), 1.0);
    classes = static_cast<Index>(*std::max_element(target.begin(), target.end())) + 1;
  }

  DesignMatrix matrix() const {
    DesignMatrix X(static_cast<Index>(target.size()), static_cast<Index>(columns.size()));
    Index column = 0;
    for (const std::vector<double>& values : columns) {
      const auto x = VectorXd::Map(values.data(), static_cast<Index>(values.size()));
      const double deviation = std::sqrt((x.array() - x.mean()).square().mean());
      DesignMatrix::Numeric numeric;
      numeric.values = values;
      numeric.column = column++;
      numeric.centre = x.mean();
      numeric.scale = standardize && deviation > 0 ? deviation : 1;
      X.add(numeric);
    }
    return X;
  }

  Fit fit(const std::string& estimator, const Penalty& penalty) const {
    const auto loss = make_loss(estimator, {target, weights, classes});
    FitOptions options;
    options.penalty = penalty;
    return fit_linear_model(matrix(), *loss, options);
  }
};

MatrixXd matrix_of(const json& rows) {
  MatrixXd matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j) {
      matrix(i, j) =
          rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j)).get<double>();
    }
  }
  return matrix;
}

VectorXd vector_of(const json& list) { return matrix_of(json::array({list})).transpose(); }

double largest(const MatrixXd& values) { return values.cwiseAbs().maxCoeff(); }

Penalty penalty_of(const json& fit) {
  Penalty penalty;
  penalty.kind = fit.at("penalty") == "l2"   ? PenaltyKind::l2
                 : fit.at("penalty") == "l1" ? PenaltyKind::l1
                                             : PenaltyKind::elasticnet;
  penalty.C = fit.at("C").get<double>();
  penalty.l1_ratio = fit.at("l1_ratio").get<double>();
  return penalty;
}

const Penalty kNone{PenaltyKind::none, 1, 0};

/// Standard errors of the margin at x = 0, and of the coefficients, of outputs `from` … as
/// differences from output 0 (from = 1), or of the only output (from = 0).
MatrixXd standard_errors(const Fit& fit, Index from) {
  const Index outputs = fit.intercepts.size();
  const Index columns = fit.centres.size();
  const mlserve::metrics::Information information(fit.information);
  MatrixXd errors(outputs - from, columns + 1);
  for (Index k = from; k < outputs; ++k) {
    for (Index column = -1; column < columns; ++column) {
      VectorXd factors = VectorXd::Zero(fit.information.rows());
      const auto add = [&](Index output, double sign) {
        if (column >= 0) {
          factors[outputs + output * columns + column] += sign / fit.scales[column];
          return;
        }
        factors[output] += sign;
        factors.segment(outputs + output * columns, columns) -=
            sign * fit.centres.cwiseQuotient(fit.scales);
      };
      add(k, 1);
      if (from == 1) add(0, -1);
      errors(k - from, column + 1) = std::sqrt(information.covariance(factors)(0, 0));
    }
  }
  return errors;
}

}  // namespace

TEST_CASE("Penalised fits agree with scikit-learn", "[estimators]") {
  for (const json& expected : reference().at("penalised")) {
    Set set(expected.at("data").get<std::string>());
    set.standardize = expected.at("standardize").get<bool>();
    if (expected.at("weighted").get<bool>()) {
      for (std::size_t i = 0; i < set.weights.size(); ++i) {
        set.weights[i] = static_cast<double>(i * 7 % 4);
      }
    }
    const Fit fit = set.fit(expected.at("estimator").get<std::string>(), penalty_of(expected));
    const MatrixXd coefficients = matrix_of(expected.at("coefficients"));
    const VectorXd intercepts = vector_of(expected.at("intercepts"));
    // Of standardised columns the coefficients for these were fitted, and are to be compared.
    const auto in_deviations = fit.scales.asDiagonal();
    const double scale = std::max(largest(coefficients * in_deviations), largest(intercepts));
    CAPTURE(expected.at("data"), expected.at("estimator"), expected.at("penalty"), expected.at("C"),
            fit.solver, fit.iterations);
    CHECK(fit.converged);
    CHECK(fit.separated.empty());
    CHECK(largest((fit.coefficients - coefficients) * in_deviations) <
          1e-6 * largest(coefficients * in_deviations));
    CHECK(largest(fit.intercepts - intercepts) < 1e-6 * scale);
    for (Index i = 0; i < coefficients.size(); ++i) {
      CHECK((coefficients.data()[i] == 0) == (fit.coefficients.data()[i] == 0));
    }
  }
}

TEST_CASE("Fits without penalty agree with statsmodels, and so do their standard errors",
          "[estimators]") {
  for (const json& expected : reference().at("unpenalised")) {
    const Set set(expected.at("data").get<std::string>());
    const auto estimator = expected.at("estimator").get<std::string>();
    const Fit fit = set.fit(estimator, kNone);
    CAPTURE(expected.at("data"), estimator, fit.iterations);
    CHECK(fit.converged);
    CHECK(fit.separated.empty());
    CHECK(std::count(fit.aliased.begin(), fit.aliased.end(), true) == 0);
    // Several classes: as differences from the first.
    const Index from = fit.intercepts.size() > 1 ? 1 : 0;
    MatrixXd actual(fit.intercepts.size(), fit.centres.size() + 1);
    actual << fit.intercepts, fit.coefficients;
    if (from == 1) actual = (actual.bottomRows(actual.rows() - 1).rowwise() - actual.row(0)).eval();
    MatrixXd parameters(actual.rows(), actual.cols());
    parameters << vector_of(expected.at("intercepts")), matrix_of(expected.at("coefficients"));
    CHECK(largest(actual - parameters) < 1e-6 * largest(parameters));
    MatrixXd errors(actual.rows(), actual.cols());
    errors << vector_of(expected.at("intercept_standard_errors")),
        matrix_of(expected.at("standard_errors"));
    // OLS estimates the variance of what is left, which the likelihood of 1 does not have.
    const double freedom =
        static_cast<double>(set.target.size()) - static_cast<double>(parameters.size());
    const double deviation = estimator == "linear" ? std::sqrt(2 * fit.loss / freedom) : 1;
    const MatrixXd ratio = deviation * standard_errors(fit, from).cwiseQuotient(errors);
    CHECK(largest(ratio.array() - 1) < 1e-5);
    CHECK(effective_parameters(fit) == Approx(static_cast<double>(parameters.size())));
  }
}

TEST_CASE("Effective parameters are the trace of the hat matrix", "[estimators]") {
  // Of scikit-learn's penalised fits: see tests/reference/metrics_fits.py.
  const json section = mlserve::testing::read_reference("metrics.json").at("effective_parameters");
  for (const char* name : {"ridge", "logistic"}) {
    Fit fit;
    fit.information = matrix_of(section.at(name).at("information"));
    fit.penalty_curvature = vector_of(section.at(name).at("penalty"));
    CAPTURE(name);
    CHECK(effective_parameters(fit) ==
          Approx(section.at(name).at("expected").get<double>()).epsilon(1e-10));
  }
}

TEST_CASE("Columns that R cannot estimate are aliased, and the others as R has them",
          "[estimators]") {
  const json& expected = reference().at("r").at("aliased");
  Set set("warpbreaks");
  const std::vector<std::vector<double>> all = set.columns;  // wool A, B, tension L, M, H
  std::vector<double> both = all[0];
  std::transform(both.begin(), both.end(), all[3].begin(), both.begin(), std::plus<>());
  set.columns = {all[0], all[1], all[3], all[4], both, all[2]};
  const Fit fit = set.fit("poisson", kNone);
  CHECK(fit.converged);
  CHECK(fit.intercepts[0] == Approx(expected.at("intercept").get<double>()).epsilon(1e-7));
  for (std::size_t c = 0; c < set.columns.size(); ++c) {
    const json& coefficient = expected.at("coefficients").at(c);
    CAPTURE(c);
    REQUIRE(fit.aliased[c] == coefficient.is_null());
    const double value = coefficient.is_null() ? 0 : coefficient.get<double>();
    CHECK(fit.coefficients(0, static_cast<Index>(c)) == Approx(value).epsilon(1e-7));
  }
  CHECK(effective_parameters(fit) == Approx(4));
}

TEST_CASE("A Poisson regression with an interaction agrees with R's glm", "[estimators]") {
  const json& expected = reference().at("r").at("interaction");
  Set set("warpbreaks");
  const std::vector<std::vector<double>> all = set.columns;  // wool A, B, tension L, M, H
  const auto product = [](std::vector<double> a, const std::vector<double>& b) {
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), std::multiplies<>());
    return a;
  };
  set.columns = {all[1], all[3], all[4], product(all[1], all[3]), product(all[1], all[4])};
  const Fit fit = set.fit("poisson", kNone);
  VectorXd actual(6);
  actual << fit.intercepts, fit.coefficients.transpose();
  CHECK(largest(actual - vector_of(expected.at("parameters"))) < 1e-8);
  CHECK(largest(standard_errors(fit, 0).transpose() - vector_of(expected.at("standard_errors"))) <
        1e-8);
}
