// What every estimator has to bear: aliased and separated columns, more columns than rows, odd
// units, parts of a matrix that come in different forms.

#include "estimators/fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "support/errors.hpp"

namespace {

using namespace mlserve::estimators;
using Numbers = std::vector<double>;

/// Dense columns, borrowed by the matrix, centred at their means.
DesignMatrix dense(const std::vector<Numbers>& columns, std::size_t rows) {
  DesignMatrix X(static_cast<Index>(rows), static_cast<Index>(columns.size()));
  Index column = 0;
  for (const Numbers& values : columns) {
    DesignMatrix::Numeric numeric;
    numeric.values = values;
    numeric.column = column++;
    for (const double value : values) numeric.centre += value / static_cast<double>(rows);
    X.add(numeric);
  }
  return X;
}

Fit fit(const std::string& estimator, const DesignMatrix& X, const Numbers& targets,
        const Penalty& penalty, Index classes = 2, unsigned threads = 1) {
  const Numbers weights(targets.size(), 1.0);
  FitOptions options;
  options.penalty = penalty;
  options.threads = threads;
  return fit_linear_model(X, *make_loss(estimator, {targets, weights, classes}), options);
}

const Penalty kNone{PenaltyKind::none, 1, 0};
const Penalty kL2{PenaltyKind::l2, 1, 0};
const Penalty kL1{PenaltyKind::l1, 1, 0};

double largest(const MatrixXd& values) { return values.cwiseAbs().maxCoeff(); }

/// Rows of a few of many terms, and classes that follow some of them.
struct Documents {
  std::vector<std::size_t> ends;
  std::vector<std::uint32_t> terms;
  Numbers values;
  Numbers classes;
  Index columns;

  Documents(std::size_t rows, Index columns_, Index classes_) : columns(columns_) {
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> uniform;
    for (std::size_t row = 0; row < rows; ++row) {
      double score = 0;
      std::uint32_t term = 0;
      while (true) {
        term += 1 + static_cast<std::uint32_t>(uniform(random) * static_cast<double>(columns) / 8);
        if (term >= columns) break;
        terms.push_back(term);
        values.push_back(uniform(random));
        score += values.back() * (term % 5 == 0 ? 2 : term % 7 == 0 ? -2 : 0);
      }
      ends.push_back(terms.size());
      const double noisy = score + 2 * uniform(random);
      classes.push_back(std::clamp(std::floor(noisy), 0.0, static_cast<double>(classes_ - 1)));
    }
  }

  DesignMatrix matrix() const {
    DesignMatrix X(static_cast<Index>(ends.size()), columns);
    DesignMatrix::Sparse sparse;
    sparse.ends = ends;
    sparse.columns = terms;
    sparse.values = values;
    for (Index column = 0; column < columns; ++column) sparse.column_of_term.push_back(column);
    X.add(std::move(sparse));
    return X;
  }

  /// Value, and largest part of the slope that the penalty does not hold, from their formulas.
  std::pair<double, double> remains(const Fit& fit, double l1, double l2) const {
    MatrixXd slope = l2 * fit.coefficients;
    double value = l2 * fit.coefficients.squaredNorm() / 2 + l1 * fit.coefficients.lpNorm<1>();
    std::size_t e = 0;
    for (std::size_t row = 0; row < ends.size(); ++row) {
      VectorXd margins = fit.intercepts;
      for (std::size_t i = e; i < ends[row]; ++i) {
        margins += values[i] * fit.coefficients.col(terms[i]);
      }
      VectorXd residuals;
      if (margins.size() == 1) {
        const double p = sigmoid(margins[0]);
        value -= std::log(classes[row] > 0 ? p : 1 - p);
        residuals = VectorXd::Constant(1, p - classes[row]);
      } else {
        residuals = (margins.array() - margins.maxCoeff()).exp();
        residuals /= residuals.sum();
        value -= std::log(residuals[static_cast<Index>(classes[row])]);
        residuals[static_cast<Index>(classes[row])] -= 1;
      }
      for (; e < ends[row]; ++e) slope.col(terms[e]) += values[e] * residuals;
    }
    double most = 0;
    for (Index i = 0; i < slope.size(); ++i) {
      const double w = fit.coefficients.data()[i];
      const double g = slope.data()[i];
      most = std::max(most, w == 0 ? std::abs(g) - l1 : std::abs(g + (w > 0 ? l1 : -l1)));
    }
    return {value, most};
  }
};

}  // namespace

TEST_CASE("Columns that are combinations of earlier ones are aliased without a penalty",
          "[estimators]") {
  const Numbers a{1, 2, 4, 3, 5, 9};
  const Numbers b{2, 0, 1, 7, 3, 3};
  Numbers both(6);
  for (std::size_t i = 0; i < 6; ++i) both[i] = 1e6 * a[i] - b[i] + 5;
  const Numbers y{1, 3, 2, 5, 4, 9};
  const std::vector<Numbers> columns{a, Numbers(6, 7.0), b, both, Numbers(6, 0.0)};
  const Fit all = fit("linear", dense(columns, 6), y, kNone);
  CHECK(all.aliased == std::vector<bool>{false, true, false, true, true});
  CHECK(all.converged);
  const std::vector<Numbers> two{a, b};
  const Fit kept = fit("linear", dense(two, 6), y, kNone);
  CHECK(all.coefficients(0, 0) == Approx(kept.coefficients(0, 0)).epsilon(1e-10));
  CHECK(all.coefficients(0, 2) == Approx(kept.coefficients(0, 1)).epsilon(1e-10));
  CHECK(all.coefficients(0, 1) == 0);
  CHECK(all.information.row(2).isApprox(VectorXd::Unit(6, 2).transpose()));
  CHECK(effective_parameters(all) == Approx(3));
  // A penalty tells them apart.
  CHECK(fit("linear", dense(columns, 6), y, kL2).aliased == std::vector<bool>(5, false));
}

TEST_CASE("Data that a column separates are told, not fitted", "[estimators]") {
  const Numbers y{0, 0, 0, 0, 1, 1, 1, 1};
  const Numbers noise{3, 1, 2, 5, 2, 4, 1, 3};
  SECTION("wholly") {
    const std::vector<Numbers> columns{{-4, -3, -1.5, -0.5, 0.5, 1, 2.5, 4}};
    const Fit found = fit("logistic", dense(columns, 8), y, kNone);
    CHECK(found.separated == std::vector<Index>{0});
    CHECK_FALSE(found.converged);
    CHECK(found.iterations < 60);
    CHECK(std::abs(found.coefficients(0, 0)) < 1e4);
    CHECK(fit("logistic", dense(columns, 8), y, kL2).separated.empty());
  }
  SECTION("by one category") {
    const std::vector<Numbers> columns{noise, {0, 0, 0, 0, 0, 0, 1, 1}};
    const Fit found = fit("logistic", dense(columns, 8), y, kNone);
    CHECK(found.separated == std::vector<Index>{1});
  }
  SECTION("a Poisson category without counts") {
    const std::vector<Numbers> columns{{1, 1, 0, 0, 0, 0, 0, 0}, noise};
    const Fit found =
        fit("poisson", dense(columns, 8), {0, 0, 900, 1200, 800, 1000, 700, 1100}, kNone);
    CHECK(found.separated == std::vector<Index>{0});
  }
  SECTION("one class of three") {
    const std::vector<Numbers> columns{{1, 2, 3, 2, 1, 3, 10, 11}, noise};
    const Fit found = fit("multinomial", dense(columns, 8), {0, 1, 0, 1, 1, 0, 2, 2}, kNone, 3);
    CHECK(std::count(found.separated.begin(), found.separated.end(), 0) == 1);
  }
  SECTION("without columns") {
    CHECK(fit("logistic", dense({}, 8), Numbers(8, 1.0), kNone).separated ==
          std::vector<Index>{-1});
    CHECK(fit("logistic", dense({}, 8), y, kNone).separated.empty());
  }
}

TEST_CASE("Rare events and large counts are not taken for separation", "[estimators]") {
  std::vector<Numbers> columns(1);
  Numbers rare;
  Numbers counts;
  for (int i = 0; i < 20'000; ++i) {
    columns[0].push_back(i % 2);
    rare.push_back(i % 5000 == 0 || i == 1 ? 1 : 0);
    counts.push_back(i % 2 == 0 ? 1e6 + i : i == 1 ? 1 : 0);
  }
  const Fit few = fit("logistic", dense(columns, rare.size()), rare, kNone);
  CHECK(few.converged);
  CHECK(few.separated.empty());
  CHECK(few.coefficients(0, 0) == Approx(std::log(1 / 9999.0) - std::log(4 / 9996.0)));
  const Fit many = fit("poisson", dense(columns, rare.size()), counts, kNone);
  CHECK(many.converged);
  CHECK(many.separated.empty());
  CHECK(many.coefficients(0, 0) == Approx(std::log(1e-4) - std::log(1'009'999.0)));
}

TEST_CASE("More columns than rows are no trouble with a penalty", "[estimators]") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<Numbers> columns(60, Numbers(20));
  for (Numbers& column : columns) {
    for (double& value : column) value = normal(random);
  }
  Numbers y;
  for (std::size_t i = 0; i < 20; ++i) y.push_back(columns[0][i] > 0 ? 1 : 0);
  for (const Penalty& penalty : {kL2, kL1, Penalty{PenaltyKind::elasticnet, 1, 0.5}}) {
    for (const std::string estimator : {"logistic", "multinomial", "linear", "poisson"}) {
      CAPTURE(estimator, static_cast<int>(penalty.kind));
      const Fit found = fit(estimator, dense(columns, 20), y, penalty);
      CHECK(found.converged);
      CHECK(found.coefficients.allFinite());
      CHECK(effective_parameters(found) < 20);
    }
  }
}

TEST_CASE("A class of which no row has a weight does not disturb the others", "[estimators]") {
  const std::vector<Numbers> six{{1, 2, 3, 4, 5, 6}};
  const std::vector<Numbers> five{{1, 2, 3, 4, 5}};
  const Numbers targets{0, 1, 0, 1, 1, 2};
  const Numbers weights{1, 1, 1, 1, 1, 0};
  const Fit three =
      fit_linear_model(dense(six, 6), *make_loss("multinomial", {targets, weights, 3}));
  const Fit two = fit("multinomial", dense(five, 5), {0, 1, 0, 1, 1}, kL2);
  CHECK(three.coefficients.allFinite());
  CHECK(three.coefficients(1, 0) - three.coefficients(0, 0) ==
        Approx(two.coefficients(1, 0) - two.coefficients(0, 0)).epsilon(1e-6));
}

TEST_CASE("Columns in very different units give the fit of their scaled form", "[estimators]") {
  const std::vector<Numbers> plain{{0.1, 0.4, 0.9, 0.2, 0.6, 0.8, 0.3, 0.7, 0.5, 0.4},
                                   {3, 1, 4, 1, 5, 9, 2, 6, 5, 3}};
  std::vector<Numbers> scaled = plain;
  for (double& value : scaled[0]) value = 1.6e9 + value * 1e6;  // seconds
  for (double& value : scaled[1]) value *= 1e9;
  for (const std::string estimator : {"logistic", "linear", "poisson"}) {
    CAPTURE(estimator);
    const Numbers y{0, 1, 1, 0, 0, 1, 1, 0, 1, 0};
    const Fit a = fit(estimator, dense(plain, y.size()), y, kNone);
    const Fit b = fit(estimator, dense(scaled, y.size()), y, kNone);
    CHECK(b.converged);
    CHECK(b.coefficients(0, 0) * 1e6 == Approx(a.coefficients(0, 0)).epsilon(1e-7));
    CHECK(b.coefficients(0, 1) * 1e9 == Approx(a.coefficients(0, 1)).epsilon(1e-7));
    CHECK(b.loss == Approx(a.loss));
  }
}

TEST_CASE("A column counts the same as numbers, as an indicator and as a term", "[estimators]") {
  std::mt19937_64 random(2);
  const std::size_t rows = 3000;
  std::vector<std::uint32_t> codes;
  Numbers x;
  Numbers y;
  std::vector<Numbers> written(4, Numbers(rows, 0.0));  // x, and x for each of three categories
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < rows; ++i) {
    codes.push_back(static_cast<std::uint32_t>(random() % 3));
    x.push_back(static_cast<double>(random() % 1000) / 100);
    y.push_back(static_cast<double>(random() % 3));
    written[0][i] = x[i];
    written[codes[i] + 1][i] = x[i];
    ends.push_back(i + 1);
  }
  const auto whole = [&] {
    DesignMatrix X(static_cast<Index>(rows), 4);
    for (Index column = 0; column < 4; ++column) {
      DesignMatrix::Numeric numeric;
      numeric.values = written[static_cast<std::size_t>(column)];
      numeric.column = column;
      numeric.scale = column == 2 ? 4 : 1;
      X.add(numeric);
    }
    return X;
  }();
  DesignMatrix by_code(static_cast<Index>(rows), 4);
  by_code.add(DesignMatrix::Numeric{x, 0});
  by_code.add(DesignMatrix::Indicators{codes, {1, 2, 3}, x, {1, 4, 1}});
  const Fit expected = fit("multinomial", whole, y, kL2, 3);
  const Fit actual = fit("multinomial", by_code, y, kL2, 3);
  CHECK(largest(actual.coefficients - expected.coefficients) < 1e-11);
  CHECK(largest(actual.information - expected.information) < 1e-9 * largest(expected.information));
  CHECK(actual.scales == expected.scales);
  DesignMatrix by_term(static_cast<Index>(rows), 4);
  by_term.add(DesignMatrix::Numeric{x, 0});
  by_term.add(DesignMatrix::Sparse{ends, codes, x, {3, -1, 1}});
  DesignMatrix fewer(static_cast<Index>(rows), 4);
  for (const auto& [column, source] : {std::pair<Index, std::size_t>{0, 0}, {3, 1}, {1, 3}}) {
    fewer.add(DesignMatrix::Numeric{written[source], column});
  }
  const Fit without = fit("multinomial", fewer, y, kL2, 3);
  const Fit of_terms = fit("multinomial", by_term, y, kL2, 3);
  CHECK(largest(of_terms.coefficients - without.coefficients) < 1e-11);
  CHECK(largest(of_terms.coefficients.col(2)) < 1e-15);
}

TEST_CASE("Thousands of columns are fitted without a Hessian, and to the minimum", "[estimators]") {
  const Documents two(600, 5000, 2);
  const Documents three(600, 5000, 3);
  const auto check = [](const Documents& documents, const Fit& found, double l1, double l2) {
    CAPTURE(found.solver, found.iterations);
    CHECK(found.converged);
    CHECK(found.information.size() == 0);
    const auto [value, most] = documents.remains(found, l1, l2);
    CHECK(found.objective == Approx(value).epsilon(1e-10));
    CHECK(most < 1e-5);
  };
  const Penalty net{PenaltyKind::elasticnet, 1, 0.5};
  for (const unsigned threads : {1U, 3U}) {
    const Fit smooth = fit("logistic", two.matrix(), two.classes, kL2, 2, threads);
    CHECK(smooth.solver == "l-bfgs");
    check(two, smooth, 0, 1);
    const Fit sparse = fit("logistic", two.matrix(), two.classes, kL1, 2, threads);
    CHECK(sparse.solver == "owl-qn");
    CHECK((sparse.coefficients.array() != 0).count() < 600);
    check(two, sparse, 1, 0);
  }
  check(two, fit("logistic", two.matrix(), two.classes, net), 0.5, 0.5);
  check(three, fit("multinomial", three.matrix(), three.classes, kL2, 3), 0, 1);
  check(three, fit("multinomial", three.matrix(), three.classes, kL1, 3), 1, 0);
}

TEST_CASE("Every solver gives the same bits for any number of threads", "[estimators]") {
  std::mt19937_64 random(5);
  std::vector<Numbers> columns(3, Numbers(400'000));
  for (Numbers& column : columns) {
    for (double& value : column) value = static_cast<double>(random() >> 11U) * 0x1p-53;
  }
  Numbers y;
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    y.push_back(columns[0][i] + columns[1][i] > 2 * columns[2][i] ? 1 : 0);
    if (i % 3 == 0) y.back() = 1 - y.back();
  }
  const DesignMatrix X = dense(columns, y.size());
  for (const Penalty& penalty : {kL2, kL1}) {
    const Fit one = fit("logistic", X, y, penalty, 2, 1);
    const Fit many = fit("logistic", X, y, penalty, 2, 3);
    CHECK(one.converged);
    CHECK(one.coefficients == many.coefficients);
    CHECK(one.information == many.information);
  }
  const Documents documents(600, 5000, 2);
  for (const Penalty& penalty : {kL2, kL1}) {
    CHECK(fit("logistic", documents.matrix(), documents.classes, penalty, 2, 1).coefficients ==
          fit("logistic", documents.matrix(), documents.classes, penalty, 2, 5).coefficients);
  }
}

TEST_CASE("A thousand categories are fitted by their codes", "[estimators]") {
  std::vector<std::uint32_t> codes;
  Numbers y;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    codes.push_back(i % 1000);
    y.push_back((i / 1000 + i % 7) % 4 == 0 ? 1 : 0);
  }
  DesignMatrix X(static_cast<Index>(codes.size()), 1000);
  std::vector<Index> columns;
  for (Index column = 0; column < 1000; ++column) columns.push_back(column);
  X.add(DesignMatrix::Indicators{codes, columns});
  const Fit found = fit("logistic", X, y, kL2);
  CHECK(found.converged);
  CHECK(found.solver == "newton");
  // Each category has its own equation: the residuals of its 20 rows sum to minus the coefficient.
  for (const Index column : {0, 1, 999}) {
    const double w = found.coefficients(0, column);
    double hits = 0;
    for (std::size_t i = static_cast<std::size_t>(column); i < y.size(); i += 1000) hits += y[i];
    CHECK(20 * sigmoid(found.intercepts[0] + w) - hits == Approx(-w).margin(1e-9));
  }
}

TEST_CASE("What cannot be fitted is refused", "[estimators]") {
  using mlserve::ErrorKind;
  const Numbers ones{1, 1};
  const DesignMatrix X = dense({}, 2);
  const auto kind_of = [](const auto& call) { return mlserve::testing::error_kind_of(call); };
  CHECK(kind_of([&] { make_loss("forest", {ones, ones}); }) == ErrorKind::invalid_argument);
  CHECK(kind_of([&] {
          make_loss("logistic", {Numbers{0, 2}, ones});
        }) == ErrorKind::invalid_argument);
  CHECK(kind_of([&] {
          make_loss("poisson", {Numbers{0, -1}, ones});
        }) == ErrorKind::invalid_argument);
  CHECK(kind_of([&] {
          make_loss("linear", {ones, Numbers{0, 0}});
        }) == ErrorKind::invalid_argument);
  const auto loss = make_loss("linear", {ones, ones});
  CHECK(kind_of([&] {
          fit_linear_model(X, *loss, {Penalty{PenaltyKind::l2, 0, 0}});
        }) == ErrorKind::invalid_argument);
  CHECK(kind_of([&] { fit_linear_model(dense({}, 3), *loss); }) == ErrorKind::invalid_argument);
}
