#include "model/scorer.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "estimators/loss.hpp"
#include "model/design.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;

/// Rows of `schema` with every code, missing and unknown included, some numbers, dates and words.
features::EncodedRows all_kinds_of_rows(const features::Schema& schema, std::size_t rows) {
  features::EncodedRows encoded(schema);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = encoded.append_missing();
    for (std::size_t f = 0; f < schema.features.size(); ++f) {
      const features::Feature& feature = schema.features[f];
      const std::size_t categories = feature.categories.size();
      if (feature.is_categorical()) {
        const std::size_t codes = features::kFirstCategory + categories;
        encoded.set_code(row, f, static_cast<std::uint32_t>((i + f) % codes));
      } else if (feature.is_text() && i % 4 != 0) {
        const auto word = static_cast<std::uint32_t>(i % categories);
        encoded.set_words(f, std::vector<features::TermCount>{{word, 1 + word}});
      } else if (feature.is_number() && (i + f) % 5 != 0) {
        encoded.set_number(row, f, std::sin(static_cast<double>(i)) - 0.1 * static_cast<double>(f));
      }
    }
  }
  return encoded;
}

/// A feature of each kind and each kind of interaction, with a missing indicator each, a bucket of
/// rare categories and three classes.
model::Model model_of_all_kinds() {
  using namespace testing;
  model::Model model = make_model(
      {number("n", 0, 9), categories("c", {"a", "b", "x"}), text("t", {"cat", "dog", "eel"}),
       date("d"), categories("e", {"u", "v"}), number("m", 0, 5)},
      {"y", features::TargetType::string, {"p", "q", "r"}, {3, 3, 4}},
      {{0, 1}, {1, 4}, {0, 5}, {4, 0}});
  std::vector<features::FeatureEncoding> encodings = model.encoder.encodings();
  for (std::size_t f = 0; f < 4; ++f) encodings[f].indicator = true;
  encodings[1].use = {features::CategoryUse::infrequent, features::CategoryUse::own,
                      features::CategoryUse::infrequent};
  model.encoder = features::Encoder(encodings);
  model.columns = features::design_columns(model.schema, model.encoder);
  for (std::size_t k = 0; k < model.coefficients.size(); ++k) {
    model.coefficients[k].clear();
    for (std::size_t c = 0; c < model.columns.size(); ++c)
      model.coefficients[k].push_back(std::sin(static_cast<double>(1 + c + 31 * k)));
  }
  model.means.assign(model.columns.size(), 0.25);
  return model;
}

/// The design matrix of a model's rows written out, as Design gives it to a solver.
Eigen::MatrixXd written_out(const model::Model& model, const features::EncodedRows& rows) {
  const std::vector<double> counts(rows.size(), 1.0);
  const model::Design design(model.schema, model.encoder, model.columns, rows, counts, false);
  const estimators::DesignMatrix& matrix = design.matrix();
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(matrix.rows(), matrix.columns());
  for (Eigen::Index i = 0; i < dense.rows(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    for (const auto& numeric : matrix.numeric()) {
      const double value = numeric.values[row];
      dense(i, numeric.column) = std::isnan(value) ? numeric.fill : value;
    }
    for (const auto& indicators : matrix.indicators()) {
      const Eigen::Index column = indicators.column_of_code[indicators.codes[row]];
      if (column >= 0) dense(i, column) = indicators.values.empty() ? 1 : indicators.values[row];
    }
    for (const auto& sparse : matrix.sparse()) {
      for (std::size_t e = row == 0 ? 0 : sparse.ends[row - 1]; e < sparse.ends[row]; ++e) {
        const Eigen::Index column = sparse.column_of_term[sparse.columns[e]];
        if (column >= 0) dense(i, column) = sparse.values[e];
      }
    }
  }
  return dense;
}

/// Margins of all rows by the written out design matrix.
Eigen::MatrixXd margins_by_matrix(const model::Model& model, const features::EncodedRows& rows) {
  Eigen::MatrixXd margins(static_cast<Eigen::Index>(rows.size()),
                          static_cast<Eigen::Index>(model.intercepts.size()));
  const Eigen::MatrixXd dense = written_out(model, rows);
  for (std::size_t k = 0; k < model.intercepts.size(); ++k) {
    const Eigen::Map<const Eigen::VectorXd> w(model.coefficients[k].data(), dense.cols());
    margins.col(static_cast<Eigen::Index>(k)) = (dense * w).array() + model.intercepts[k];
  }
  return margins;
}

}  // namespace

TEST_CASE("Scorer gives the sigmoid of the product with the design matrix", "[model]") {
  const model::Model model = testing::awkward_model();
  const features::EncodedRows rows = all_kinds_of_rows(model.schema, 200);
  model::Scores scores;
  model::Scorer(model).score(rows, scores);
  REQUIRE(scores.rows() == 200);
  const Eigen::MatrixXd margins = margins_by_matrix(model, rows);
  for (Eigen::Index i = 0; i < margins.rows(); ++i) {
    // Sums of a dozen terms in another order.
    CHECK(scores.values[static_cast<std::size_t>(i)] ==
          Approx(estimators::sigmoid(margins(i, 0))).epsilon(1e-12));
  }
}

TEST_CASE("Scorer gives the softmax of the products for features of all kinds", "[model]") {
  const model::Model model = model_of_all_kinds();
  const features::EncodedRows rows = all_kinds_of_rows(model.schema, 200);
  model::Scores scores;
  const model::Scorer scorer(model);
  scorer.score(rows, scores);
  REQUIRE(scores.width == 3);
  const Eigen::MatrixXd powers = margins_by_matrix(model, rows).array().exp();
  for (Eigen::Index i = 0; i < powers.rows(); ++i) {
    const auto row = scores.row(static_cast<std::size_t>(i));
    Eigen::Index largest = 0;
    powers.row(i).maxCoeff(&largest);
    CHECK(scorer.label(row) == static_cast<std::size_t>(largest));
    for (Eigen::Index k = 0; k < 3; ++k) {
      CHECK(row[static_cast<std::size_t>(k)] ==
            Approx(powers(i, k) / powers.row(i).sum()).epsilon(1e-11));
    }
  }
}

TEST_CASE("Contributions and the baseline add up to the margin", "[model]") {
  const model::Model model = model_of_all_kinds();
  const features::EncodedRows rows = all_kinds_of_rows(model.schema, 50);
  const model::Scorer scorer(model);
  model::Explanation explanation;
  scorer.explain(rows, explanation);
  REQUIRE(explanation.contributions.size() == 10);
  CHECK(scorer.effects().back() == "e:n");
  const Eigen::MatrixXd margins = margins_by_matrix(model, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      double sum = explanation.baseline[k];
      for (const auto& contributions : explanation.contributions) sum += contributions[i * 3 + k];
      CHECK(sum == Approx(margins(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)))
                       .margin(1e-10));
    }
  }
}

TEST_CASE("A contribution is the coefficient times the distance from the training mean",
          "[model]") {
  model::Model model = testing::small_model();
  model.means = {30, 0.25, 0.75};  // age, sex_female, sex_male
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  rows.set_number(0, 0, 40);
  rows.set_code(0, 1, features::kFirstCategory + 1);
  model::Explanation explanation;
  model::Scorer(model).explain(rows, explanation);
  const std::vector<double>& w = model.coefficients[0];
  CHECK(explanation.contributions[0][0] == Approx(w[0] * 10));
  CHECK(explanation.contributions[1][0] == Approx(w[2] - (0.25 * w[1] + 0.75 * w[2])));
}

TEST_CASE("Scorer adds nothing for a missing or unknown category and the fill for a number",
          "[model]") {
  const model::Model model = testing::small_model();
  const double fill = model.encoder[0].fill;
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  rows.append_missing();
  rows.set_code(1, 1, features::kUnknown);
  rows.set_number(1, 0, fill);
  model::Scores scores;
  model::Scorer(model).score(rows, scores);
  const double expected =
      estimators::sigmoid(model.intercepts[0] + model.coefficients[0][0] * fill);
  CHECK(scores.values == std::vector<double>{expected, expected});
}

TEST_CASE("A coefficient that cannot be estimated counts as zero", "[model]") {
  model::Model model = testing::small_model();
  const auto score = [&] {
    features::EncodedRows rows(model.schema);
    rows.append_missing();
    rows.set_code(0, 1, features::kFirstCategory);
    model::Scores scores;
    model::Scorer(model).score(rows, scores);
    return scores.values[0];
  };
  model.coefficients[0][1] = 0;
  const double expected = score();
  model.coefficients[0][1] = std::numeric_limits<double>::quiet_NaN();
  CHECK(score() == expected);
}

TEST_CASE("Numbers are answered as they are, counts by the exponential", "[model]") {
  model::Model model = testing::small_model();
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  const double margin = model.intercepts[0] + model.coefficients[0][0] * model.encoder[0].fill;
  model::Scores scores;
  model.estimator = model::Estimator::linear;
  model::Scorer(model).score(rows, scores);
  CHECK(scores.values[0] == margin);
  model.estimator = model::Estimator::poisson;
  model::Scorer(model).score(rows, scores);
  CHECK(scores.values[0] == std::exp(margin));
}

TEST_CASE("Scorer gives no row for no row", "[model]") {
  const model::Model model = testing::small_model();
  model::Scores scores{1, {1, 2, 3}};
  model::Scorer(model).score(features::EncodedRows(model.schema), scores);
  CHECK(scores.values.empty());
}

TEST_CASE("A tie goes to the first class", "[model]") {
  model::Model model = testing::small_model();
  const auto label = [&](std::vector<double> row) { return model::Scorer(model).label(row); };
  CHECK(label({0.5}) == 0);
  CHECK(label({std::nextafter(0.5, 1.0)}) == 1);
  CHECK(label({0}) == 0);
  CHECK(label({1}) == 1);
  CHECK(label({0.4, 0.4, 0.2}) == 0);
  CHECK(label({0.2, 0.4, 0.4}) == 1);
  model.threshold = 0.3;
  CHECK(label({0.3}) == 0);
  CHECK(label({0.31}) == 1);
}
