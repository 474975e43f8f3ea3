#include "model/scorer.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "estimators/logistic.hpp"
#include "model/design.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;

/// Rows of `schema` with every code, missing and unknown included, and some numbers.
features::EncodedRows all_kinds_of_rows(const features::Schema& schema, std::size_t rows) {
  features::EncodedRows encoded(schema);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = encoded.append_missing();
    for (std::size_t f = 0; f < schema.features.size(); ++f) {
      const features::Feature& feature = schema.features[f];
      if (feature.is_categorical()) {
        const std::size_t codes = features::kFirstCategory + feature.categories.size();
        encoded.set_code(row, f, static_cast<std::uint32_t>((i + f) % codes));
      } else if ((i + f) % 5 != 0) {
        encoded.set_number(row, f, 0.37 * static_cast<double>(i) - static_cast<double>(f));
      }
    }
  }
  return encoded;
}

}  // namespace

TEST_CASE("Scorer gives the sigmoid of the product with the design matrix", "[model]") {
  const model::Model model = testing::awkward_model();
  const features::EncodedRows rows = all_kinds_of_rows(model.schema, 200);
  std::vector<double> probabilities;
  model::Scorer(model).score(rows, probabilities);
  REQUIRE(probabilities.size() == 200);

  const auto matrix = model::design_matrix(model.schema, model.encoder, rows);
  const auto w = Eigen::Map<const Eigen::VectorXd>(model.coefficients.data(), matrix.columns());
  Eigen::VectorXd margins(matrix.rows());
  matrix.margins(0, w, model.intercept + matrix.centres().dot(w), margins);
  for (Eigen::Index i = 0; i < margins.size(); ++i) {
    // Sums of a dozen terms in another order.
    CHECK(probabilities[static_cast<std::size_t>(i)] ==
          Approx(estimators::sigmoid(margins[i])).epsilon(1e-12));
  }
}

TEST_CASE("Scorer adds nothing for a missing or unknown category and the fill for a number",
          "[model]") {
  const model::Model model = testing::small_model();
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  rows.append_missing();
  rows.set_code(1, 1, features::kUnknown);
  rows.set_number(1, 0, model.encoder.fill_values()[0]);
  std::vector<double> probabilities;
  model::Scorer(model).score(rows, probabilities);
  const double fill = model.encoder.fill_values()[0];
  const double expected = estimators::sigmoid(model.intercept + model.coefficients[0] * fill);
  CHECK(probabilities == std::vector<double>{expected, expected});
}

TEST_CASE("Scorer gives no row for no row", "[model]") {
  const model::Model model = testing::small_model();
  std::vector<double> probabilities{1, 2, 3};
  model::Scorer(model).score(features::EncodedRows(model.schema), probabilities);
  CHECK(probabilities.empty());
}

TEST_CASE("A tie goes to the first class", "[model]") {
  CHECK(model::Scorer::label(0.5) == 0);
  CHECK(model::Scorer::label(std::nextafter(0.5, 1.0)) == 1);
  CHECK(model::Scorer::label(0) == 0);
  CHECK(model::Scorer::label(1) == 1);
}
