#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "estimators/fit.hpp"
#include "metrics/information.hpp"

namespace {

using namespace mlserve;
using estimators::DesignMatrix;
using estimators::Fit;
using estimators::Index;
using estimators::MatrixXd;
using estimators::VectorXd;
using Numbers = std::vector<double>;

double mean(const Numbers& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

Fit fit_matrix(const DesignMatrix& X, const Numbers& labels, const Numbers& weights, double C = 1,
               unsigned threads = 1) {
  estimators::FitOptions options;
  options.penalty.C = C;
  options.threads = threads;
  return estimators::fit_linear_model(X, *estimators::make_loss("logistic", {labels, weights}),
                                      options);
}

/// A design matrix with what it looks into: numeric columns first, then one categorical feature.
struct Data {
  std::vector<Numbers> numbers;
  std::vector<std::uint32_t> codes;  ///< 0: no column; k: column of category k - 1; may be empty
  Index categories = 0;
  Numbers labels;
  Numbers weights;

  Index columns() const { return static_cast<Index>(numbers.size()) + categories; }

  DesignMatrix matrix() const {
    DesignMatrix matrix(static_cast<Index>(labels.size()), columns());
    Index column = 0;
    for (const Numbers& values : numbers) {
      matrix.add(DesignMatrix::Numeric{values, column++, mean(values), mean(values)});
    }
    if (categories > 0) {
      std::vector<Index> column_of_code{-1};
      for (Index k = 0; k < categories; ++k) column_of_code.push_back(column++);
      matrix.add(DesignMatrix::Indicators{codes, column_of_code});
    }
    return matrix;
  }

  /// The same written out and centred, with a leading column of ones.
  MatrixXd dense() const {
    MatrixXd X = MatrixXd::Zero(static_cast<Index>(labels.size()), columns() + 1);
    X.col(0).setOnes();
    for (Index i = 0; i < X.rows(); ++i) {
      const auto row = static_cast<std::size_t>(i);
      for (std::size_t n = 0; n < numbers.size(); ++n) {
        X(i, static_cast<Index>(n) + 1) = numbers[n][row] - mean(numbers[n]);
      }
      if (categories > 0 && codes[row] > 0) {
        X(i, static_cast<Index>(numbers.size()) + static_cast<Index>(codes[row])) = 1;
      }
    }
    return X;
  }

  Fit fit(double C = 1, unsigned threads = 1) const {
    return fit_matrix(matrix(), labels, weights, C, threads);
  }
};

Data made_up(std::size_t rows, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Data data;
  data.numbers = {Numbers(rows), Numbers(rows)};
  data.categories = 3;
  for (std::size_t i = 0; i < rows; ++i) {
    data.numbers[0][i] = 40 + 12 * normal(random);
    data.numbers[1][i] = normal(random);
    data.codes.push_back(static_cast<std::uint32_t>(random() % 4));
    const double margin =
        0.03 * (data.numbers[0][i] - 40) - data.numbers[1][i] + 0.5 * data.codes.back();
    const double uniform = static_cast<double>(random() >> 11U) * 0x1p-53;
    data.labels.push_back(uniform < estimators::sigmoid(margin) ? 1 : 0);
    data.weights.push_back(1 + static_cast<double>(random() % 3));
  }
  return data;
}

/// The parameters to which the Hessian belongs: for centred columns, the intercept first.
VectorXd parameters(const Fit& fit) {
  VectorXd all(fit.coefficients.size() + 1);
  all << fit.intercepts + fit.coefficients * fit.centres, fit.coefficients.transpose();
  return all;
}

/// The objective divided by C, straight from its formula.
double objective(const Data& data, const VectorXd& at, double C) {
  const VectorXd margins = data.dense() * at;
  double value = at.tail(at.size() - 1).squaredNorm() / (2 * C);
  for (Index i = 0; i < margins.size(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    const double s = data.labels[row] > 0 ? 1 : -1;
    value += data.weights[row] * std::log1p(std::exp(-s * margins[i]));
  }
  return value;
}

double largest(const MatrixXd& values) { return values.cwiseAbs().maxCoeff(); }

bool same_bits(const VectorXd& a, const VectorXd& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace

TEST_CASE("sigmoid neither overflows nor loses small probabilities", "[estimators]") {
  CHECK(estimators::sigmoid(0) == 0.5);
  CHECK(estimators::sigmoid(1e308) == 1);
  CHECK(estimators::sigmoid(-1e308) == 0);
  CHECK(estimators::sigmoid(-700) == Approx(std::exp(-700)).epsilon(1e-14));
  CHECK(estimators::sigmoid(3) + estimators::sigmoid(-3) == Approx(1).epsilon(1e-15));
}

TEST_CASE("A fit without columns has the log odds of the classes as intercept", "[estimators]") {
  Data data;
  data.labels = {1, 0, 1, 1};
  data.weights = {2, 3, 4, 1};
  const Fit fit = data.fit();
  CHECK(fit.converged);
  CHECK(fit.intercepts[0] == Approx(std::log(7.0 / 3.0)).epsilon(1e-13));
  CHECK(fit.information(0, 0) == Approx(10 * 0.7 * 0.3).epsilon(1e-13));
}

TEST_CASE("A fit to one indicator without much penalty has the log odds of its groups",
          "[estimators]") {
  Data data;
  data.codes = {0, 0, 1, 1};
  data.categories = 1;
  data.labels = {0, 1, 0, 1};
  data.weights = {30, 10, 20, 60};
  const Fit fit = data.fit(1e9);
  CHECK(fit.converged);
  CHECK(fit.intercepts[0] == Approx(-std::log(3.0)).epsilon(1e-8));
  CHECK(fit.coefficients(0, 0) == Approx(2 * std::log(3.0)).epsilon(1e-8));
}

TEST_CASE("A fit to what tells nothing has zero coefficients and converges", "[estimators]") {
  Data data;
  data.numbers = {{0.1, 0.1, 0.7, 0.7, 0.3, 0.3}};
  data.labels = {0, 1, 0, 1, 0, 1};
  data.weights = Numbers(6, 1.0);
  const Fit fit = data.fit();
  CHECK(fit.converged);
  CHECK(fit.iterations <= 2);
  CHECK(std::abs(fit.coefficients(0, 0)) < 1e-15);
  CHECK(std::abs(fit.intercepts[0]) < 1e-15);
}

TEST_CASE("The fit is the minimum of the objective by differences, and its Hessian theirs",
          "[estimators]") {
  const Data data = made_up(300, 1);
  for (const double C : {0.01, 1.0, 100.0}) {
    const Fit fit = data.fit(C);
    CHECK(fit.converged);
    const VectorXd at = parameters(fit);
    const auto shifted = [&](Index a, double da, Index b, double db) {
      VectorXd moved = at;
      moved[a] += da;
      moved[b] += db;
      return objective(data, moved, C);
    };
    // Steps of 1e-3 standard errors; a fit that is off by 1e-6 of one would show as 1e-9.
    const VectorXd h = 1e-3 * fit.information.diagonal().cwiseSqrt().cwiseInverse();
    for (Index a = 0; a < at.size(); ++a) {
      const double slope = (shifted(a, h[a], a, 0) - shifted(a, -h[a], a, 0)) / (2 * h[a]);
      CHECK(std::abs(slope) * h[a] < 1e-9);
      for (Index b = 0; b <= a; ++b) {
        const double second = (shifted(a, h[a], b, h[b]) - shifted(a, h[a], b, -h[b]) -
                               shifted(a, -h[a], b, h[b]) + shifted(a, -h[a], b, -h[b])) /
                              (4 * h[a] * h[b]);
        const double scale = std::sqrt(fit.information(a, a) * fit.information(b, b));
        CHECK(std::abs(second - fit.information(a, b)) < 1e-6 * scale);
      }
    }
  }
}

TEST_CASE("The Hessian of a fit is that of its formula, for centred columns", "[estimators]") {
  const Data data = made_up(2000, 2);  // several of the blocks in which the sums are made
  const Fit fit = data.fit(0.5);
  const MatrixXd X = data.dense();
  const VectorXd margins = X * parameters(fit);
  MatrixXd expected = MatrixXd::Zero(X.cols(), X.cols());
  for (Index i = 0; i < X.rows(); ++i) {
    const double p = estimators::sigmoid(margins[i]);
    expected +=
        data.weights[static_cast<std::size_t>(i)] * p * (1 - p) * X.row(i).transpose() * X.row(i);
  }
  expected.diagonal().tail(X.cols() - 1).array() += 1 / 0.5;
  CHECK((fit.information - expected).norm() < 1e-12 * expected.norm());
}

TEST_CASE("A weight counts equal rows", "[estimators]") {
  const Data grouped = made_up(200, 3);
  Data single = grouped;
  single.numbers = {{}, {}};
  single.codes.clear();
  single.labels.clear();
  for (std::size_t i = 0; i < grouped.labels.size(); ++i) {
    for (int n = 0; n < static_cast<int>(grouped.weights[i]); ++n) {
      single.numbers[0].push_back(grouped.numbers[0][i]);
      single.numbers[1].push_back(grouped.numbers[1][i]);
      single.codes.push_back(grouped.codes[i]);
      single.labels.push_back(grouped.labels[i]);
    }
  }
  single.weights.assign(single.labels.size(), 1.0);
  const Fit a = grouped.fit();
  const Fit b = single.fit();  // centred elsewhere, for its mean is another
  CHECK(largest(a.coefficients - b.coefficients) < 1e-11 * largest(a.coefficients));
  CHECK(b.intercepts[0] == Approx(a.intercepts[0]).epsilon(1e-11));
}

TEST_CASE("Rows of weight zero change nothing", "[estimators]") {
  Data data = made_up(200, 4);
  data.weights[7] = 0;
  data.weights[11] = 0;
  const VectorXd before = parameters(data.fit());
  data.labels[7] = 1 - data.labels[7];
  data.codes[11] = 0;
  CHECK(same_bits(before, parameters(data.fit())));
}

TEST_CASE("A fit has the same bits for any number of threads", "[estimators]") {
  const Data data = made_up(50'000, 5);
  const Fit one = data.fit(1, 1);
  for (const unsigned threads : {2U, 3U, 8U, 100U}) {
    const Fit many = data.fit(1, threads);
    CHECK(same_bits(parameters(one), parameters(many)));
    CHECK(same_bits(one.information.reshaped(), many.information.reshaped()));
  }
}

TEST_CASE("A missing number counts as the centre of its column", "[estimators]") {
  Data data;
  data.numbers = {{1, 2, 3, 2, 5, 2}};
  data.labels = {0, 0, 1, 1, 1, 0};
  data.weights = Numbers(6, 1.0);
  Data missing = data;
  missing.numbers[0][3] = std::numeric_limits<double>::quiet_NaN();
  DesignMatrix matrix(6, 1);
  matrix.add(DesignMatrix::Numeric{missing.numbers[0], 0, 2.0, 2.0});
  DesignMatrix filled(6, 1);
  filled.add(DesignMatrix::Numeric{data.numbers[0], 0, 2.0, 2.0});
  CHECK(same_bits(parameters(fit_matrix(matrix, data.labels, data.weights)),
                  parameters(fit_matrix(filled, data.labels, data.weights))));
}

TEST_CASE("Where a column lies does not matter to its coefficient", "[estimators]") {
  Data near = made_up(500, 6);
  for (double& value : near.numbers[0]) value = std::round(value * 1e4);  // ± 1e5 or so
  Data far = near;
  const double shift = GENERATE(1.6e9, -1.6e12);  // seconds, milliseconds
  for (double& value : far.numbers[0]) value += shift;
  const Fit a = near.fit();
  const Fit b = far.fit();
  CHECK(b.converged);
  CHECK(b.iterations == a.iterations);
  CHECK(largest(a.coefficients - b.coefficients) < 1e-11 * largest(a.coefficients));
  CHECK(b.coefficients(0, 0) == Approx(a.coefficients(0, 0)).epsilon(1e-9));
  const MatrixXd each = MatrixXd::Identity(a.information.rows(), a.information.rows());
  const MatrixXd near_covariance = metrics::Information(a.information).covariance(each);
  const MatrixXd far_covariance = metrics::Information(b.information).covariance(each);
  CHECK(largest((near_covariance.diagonal().cwiseSqrt() - far_covariance.diagonal().cwiseSqrt())) <
        1e-10);
  // Where the first column is 0 and `shift`, in the middle of the others, the margins agree as far
  // as the rounding of coefficient times 1.6e12 allows.
  CHECK(std::abs(a.intercepts[0] - (b.intercepts[0] + b.coefficients(0, 0) * shift)) <
        1e-15 * std::abs(shift * b.coefficients(0, 0)) + 1e-10);
}

TEST_CASE("The unit of a column does not matter without a penalty", "[estimators]") {
  const Data plain = made_up(500, 7);
  Data scaled = plain;
  for (double& value : scaled.numbers[0]) value *= 1e9;
  for (double& value : scaled.numbers[1]) value *= 1e-6;
  const double C = 1e20;  // so that 1e-6 of a unit is not penalised to nothing
  Data a = plain;
  a.categories = 0;
  Data b = scaled;
  b.categories = 0;
  const Fit first = a.fit(C);
  const Fit second = b.fit(C);
  CHECK(first.converged);
  CHECK(second.converged);
  CHECK(second.coefficients(0, 0) * 1e9 == Approx(first.coefficients(0, 0)).epsilon(1e-9));
  CHECK(second.coefficients(0, 1) * 1e-6 == Approx(first.coefficients(0, 1)).epsilon(1e-9));
  CHECK(second.intercepts[0] == Approx(first.intercepts[0]).epsilon(1e-9));
}

TEST_CASE("A fit ends well whatever C is", "[estimators]") {
  const Data data = made_up(500, 8);
  for (const double C : {1e-300, 1e-12, 1e-6, 1e6, 1e12, 1e300}) {
    CAPTURE(C);
    const Fit fit = data.fit(C);
    CHECK(fit.coefficients.allFinite());
    CHECK(std::isfinite(fit.intercepts[0]));
    CHECK(fit.iterations < 30);
    // The one-hot columns and the intercept are collinear; only a penalty settles them.
    if (C < 1e9) CHECK(fit.converged);
  }
}

TEST_CASE("Separable data converge, however weak the penalty", "[estimators]") {
  Data data;
  data.numbers = {{-4, -3, -1.5, -0.5, 0.5, 1, 2.5, 4}};
  data.labels = {0, 0, 0, 0, 1, 1, 1, 1};
  data.weights = Numbers(8, 1.0);
  double previous = 0;
  for (const double C : {1.0, 1e3, 1e6, 1e9}) {
    const Fit fit = data.fit(C);
    CAPTURE(C);
    CHECK(fit.converged);
    CHECK(fit.coefficients(0, 0) > previous);
    previous = fit.coefficients(0, 0);
  }
}

TEST_CASE("Values beyond the square root of the largest double end without a crash",
          "[estimators]") {
  Data data;
  data.numbers = {{1e300, -1e300, 1e299, 0, 1, 2}};
  data.labels = {0, 1, 0, 1, 0, 1};
  data.weights = Numbers(6, 1.0);
  const Fit fit = data.fit();
  CHECK(fit.coefficients.allFinite());
  CHECK(std::isfinite(fit.intercepts[0]));
}
