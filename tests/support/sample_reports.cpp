#include "support/sample_reports.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace mlserve::testing {
namespace {

using namespace report;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Numbers between 0 and 1 that look random: the fractions of multiples of the golden ratio.
double spread(std::size_t i, double factor = std::numbers::phi) {
  const double product = static_cast<double>(i + 1) * factor;
  return product - std::floor(product);
}

/// Nearly normal: a sum of uniform numbers.
double noise(std::size_t i) {
  return spread(i, std::numbers::sqrt2) + spread(i, std::numbers::sqrt3) + spread(i, 2.2360679775) -
         1.5;
}

/// y = x^power from 0 to 1 in steps, as the ROC curves of a binormal model bend.
Curve roc_curve(const std::string& label, double power) {
  Curve curve{label, {}, 1 / (1 + power)};
  for (int i = 0; i <= 200; ++i) {
    const double x = i / 200.0;
    curve.points.x.push_back(x);
    curve.points.y.push_back(std::floor(std::pow(x, power) * 40) / 40);
  }
  curve.points.y.back() = 1;
  return curve;
}

Curve precision_curve(const std::string& label, double share) {
  Curve curve{label, {}, 0};
  for (int i = 0; i <= 200; ++i) {
    const double x = i / 200.0;
    curve.points.x.push_back(x);
    curve.points.y.push_back(1 - (1 - share) * std::pow(x, 3.5) - 0.02 * spread(std::size_t(i)));
  }
  curve.area = 0.8 + share / 10;
  return curve;
}

Coefficient inferred(const std::string& name, double estimate, double error) {
  const double z = estimate / error;
  return {name,
          "",
          estimate,
          estimate - 1.96 * error,
          estimate + 1.96 * error,
          std::erfc(std::abs(z) / std::numbers::sqrt2)};
}

FeatureSummary numeric_feature(const std::string& name, const std::string& values, double centre) {
  FeatureSummary feature{name, "numeric", values, 0, BarOrder::bins, {}};
  for (int i = 0; i < 20; ++i) {
    const double distance = (i - centre) / 5;
    feature.bars.push_back({std::to_string(4 * i) + " to " + std::to_string(4 * i + 4),
                            std::floor(180 * std::exp(-distance * distance))});
  }
  return feature;
}

}  // namespace

Report two_class_report() {
  Report report;
  report.title = "Survived by logistic regression";
  report.subtitle = "Which passengers of the Titanic survived, by age, sex and port";
  report.facts = {{"Model", "model.json"},   {"Target", "Survived: 0, 1"},
                  {"Rows", "1,309"},         {"Features", "3, as 7 columns"},
                  {"Trained", "2024-02-29"}, {"Data hash", "5f2b6c1e9a40d7f3b8c2"}};
  report.warnings = {"Embarked_B has 2 rows only: its coefficient rests on them",
                     "Cabin left out: 77 % of its values are missing"};
  report.metrics_note = "Mean of 5 folds";
  report.metrics = {{"Accuracy", 0.7814, 0.021}, {"Balanced accuracy", 0.7633, 0.024},
                    {"ROC AUC", 0.8421, 0.017},  {"PR AUC", 0.8012, 0.029},
                    {"Log loss", 0.4711, 0.019}, {"Brier score", 0.1502, 0.0081},
                    {"MCC", 0.5342, 0.045}};
  report.class_scores = {{"0", 0.812, 0.842, 0.827, 809}, {"1", 0.731, 0.684, 0.707, 500}};
  report.confusion = {{"0", "1"}, {{681, 128}, {158, 342}}};
  report.roc = {roc_curve("1", 0.19)};
  report.precision_recall = {precision_curve("1", 0.38)};
  report.calibration_note = "Probability of class 1";
  for (int i = 0; i < 10; ++i) {
    const double p = 0.05 + 0.1 * i;
    report.calibration.push_back({p, p + 0.05 * std::sin(7 * p), 300.0 / (1 + i)});
  }
  report.ratio_name = "Odds ratio";
  report.coefficients_note =
      "With the l2 penalty intervals are from the inverse of X'WX + I/C, so they are narrower than "
      "without.";
  report.coefficients = {
      inferred("(intercept)", -0.2658, 0.4411), inferred("Age", -0.0066, 0.0052),
      inferred("Embarked_B", -0.7337, 0.9132),  inferred("Embarked_C", 1.0002, 0.4391),
      inferred("Embarked_Q", -0.3265, 0.4602),  inferred("Embarked_S", 0.0601, 0.4312),
      inferred("Sex_female", 1.2217, 0.0727),   inferred("Sex_male", -1.2217, 0.0727)};
  report.rows = 1309;
  report.features = {numeric_feature("Age", "0.17 to 80, mean 29.9", 7),
                     {"Sex",
                      "categorical",
                      "male 64 %, female 36 %",
                      0,
                      BarOrder::categories,
                      {{"male", 843}, {"female", 466}}},
                     {"Embarked",
                      "categorical",
                      "S 70 %, C 21 %, Q 9 %",
                      2,
                      BarOrder::categories,
                      {{"S", 914}, {"C", 270}, {"Q", 123}, {"B", 2}}}};
  report.features[0].missing = 263;
  for (int i = 0; i <= 7; ++i) {
    report.learning.x.push_back(i);
    report.learning.y.push_back(620 + 287 * std::exp(-1.3 * i));
  }
  report.training = {{"Estimator", "logistic, l2, C = 1"},
                     {"Converged", "yes, 7 iterations"},
                     {"Null deviance", "1,741.0"},
                     {"Residual deviance", "1,368.1"},
                     {"AIC", "1,382.4"},
                     {"Seed", "42"},
                     {"Version", "mlserve 0.1.0"}};
  return report;
}

Report several_class_report() {
  const std::vector<std::string> names = {"setosa",
                                          "versi, color",
                                          "virginica",
                                          "Löwenzahn",
                                          "たんぽぽ",
                                          "</script><b>",
                                          "a class with a rather long name",
                                          "x",
                                          "Ω"};
  Report report;
  report.title = "species by multinomial logistic regression";
  report.facts = {{"Model", "flowers.json"}, {"Target", "species: 9 classes"}, {"Rows", "12,400"}};
  report.metrics_note = "On 2,480 rows held out";
  report.metrics = {{"Accuracy", 0.9132, {}}, {"Log loss", 0.2411, {}}, {"ROC AUC", 0.9731, {}}};
  report.confusion.classes = names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double power = 0.02 + 0.03 * static_cast<double>(i);
    report.roc.push_back(roc_curve(names[i], power));
    report.precision_recall.push_back(precision_curve(names[i], 0.8 - power));
    report.class_scores.push_back({names[i], 0.97 - power, 0.95 - power, 0.96 - power, 275});
    auto& counts = report.confusion.counts.emplace_back();
    for (std::size_t j = 0; j < names.size(); ++j) {
      counts.push_back(i == j ? 240 : std::floor(9 * spread(9 * i + j)));
    }
  }
  for (const std::string& name : names) {
    for (std::size_t j = 0; j < 7; ++j) {
      const double estimate = 3 * noise(report.coefficients.size());
      const std::string column = j == 0 ? "(intercept)" : "petal_length_" + std::to_string(j);
      report.coefficients.push_back({column, name, estimate, kNaN, kNaN, kNaN});
    }
  }
  report.rows = 12400;
  for (std::size_t j = 1; j < 7; ++j) {
    report.features.push_back(numeric_feature("petal_length_" + std::to_string(j),
                                              "0 to 80, mean 31.2", static_cast<double>(3 * j)));
  }
  report.features.push_back({"a_very_long_column_name_that_has_no_blank_at_all_and_goes_on_and_on",
                             "text",
                             "12,400 texts of 1 to 214 words",
                             17,
                             BarOrder::bins,
                             {}});
  report.training = {{"Estimator", "multinomial logistic, l2, C = 1"}};
  return report;
}

Report regression_report() {
  Report report;
  report.title = "price by linear regression";
  report.facts = {{"Model", "price.json"}, {"Target", "price"}, {"Rows", "3,000"}};
  report.metrics_note = "On 3,000 rows held out";
  report.metrics = {{"R²", 0.7312, {}}, {"RMSE", 51234.2, {}}, {"MAE", 40211.7, {}}};
  for (std::size_t i = 0; i < 3000; ++i) {
    const double predicted = 150000 + 350000 * spread(i);
    report.predictions.points.x.push_back(predicted);
    report.predictions.points.y.push_back(predicted + 100000 * noise(i));
  }
  report.predictions.rows = 3000;
  report.coefficients = {inferred("(intercept)", 12000, 6100),
                         inferred("rooms", 31250, 1200),
                         inferred("age of the house", -420.5, 88),
                         inferred("garden_yes", 8123, 9000),
                         {"garden_no", "", kNaN, kNaN, kNaN, kNaN}};
  report.features = {numeric_feature("rooms", "1 to 12, mean 4.1", 4)};
  return report;
}

Report report_of(const std::string& text) {
  Report report = two_class_report();
  report.title = report.subtitle = report.metrics_note = report.coefficients_note = text;
  report.calibration_note = report.ratio_name = text;
  report.facts = report.training = {{text, text}};
  report.warnings = {text};
  report.metrics = {{text, 0.5, 0.1}};
  report.class_scores = {{text, 0.5, 0.5, 0.5, 10}};
  report.confusion.classes = {text, text};
  report.roc = {roc_curve(text, 0.2), roc_curve(text, 0.3)};
  report.precision_recall = {precision_curve(text, 0.2)};
  report.coefficients = {{text, text, 1, 0.5, 1.5, 0.01}};
  report.features = {{text, text, text, 1, BarOrder::categories, {{text, 10}}}};
  return report;
}

}  // namespace mlserve::testing
