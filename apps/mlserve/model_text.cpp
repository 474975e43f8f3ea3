#include "mlserve/model_text.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "features/calendar.hpp"
#include "mlserve/console.hpp"
#include "pipeline/inference.hpp"

namespace mlserve::app {
namespace {

using Align = TextTable::Align;
using features::Feature;

/// More classes would not fit on a screen.
constexpr std::size_t kMostClasses = 12;

/// The first texts of a list, and how many more there are.
std::string first_of(const std::vector<std::string>& texts) {
  constexpr std::size_t kShown = 8;
  const std::span<const std::string> first(texts.data(), std::min(kShown, texts.size()));
  const std::size_t more = texts.size() - first.size();
  return shown(join(first), 120) + (more > 0 ? ", … " + grouped(more) + " more" : "");
}

std::string describe_values(const Feature& feature, const features::FeatureEncoding* encoding) {
  if (feature.is_categorical()) return first_of(feature.categories);
  if (feature.is_text()) return grouped(feature.categories.size()) + " different words";
  if (feature.is_date())
    return features::format_date(feature.minimum) + " to " + features::format_date(feature.maximum);
  return rounded(feature.minimum) + " to " + rounded(feature.maximum) +
         (encoding == nullptr ? "" : ", missing as " + rounded(encoding->fill));
}

std::string target_text(const features::Target& target) {
  std::string text = "target  " + shown(target.name) + " (" + std::string(type_name(target.type)) +
                     ", " + std::string(task_name(target.task)) + "): ";
  if (target.classes.empty()) {
    return text + rounded(target.minimum) + " to " + rounded(target.maximum) + ", mean " +
           rounded(target.mean) + "\n";
  }
  const std::size_t listed = std::min(kMostClasses, target.classes.size());
  for (std::size_t k = 0; k < listed; ++k) {
    text += (k > 0 ? ", " : "") + shown(target.classes[k]) + " in " + grouped(target.counts[k]);
    text += k == 0 ? " rows" : "";
  }
  if (listed < target.classes.size())
    text += ", … " + grouped(target.classes.size() - listed) + " more";
  return text + "\n";
}

/// "NA" for what cannot be estimated.
std::string cell(double value, int digits = 4) {
  return std::isnan(value) ? "NA" : rounded(value, digits);
}

}  // namespace

std::string schema_text(const features::Schema& schema, const features::Encoder& encoder) {
  TextTable table({Align::left, Align::left, Align::right, Align::left});
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    const Feature& feature = schema.features[f];
    table.add({shown(feature.name), std::string(kind_name(feature.kind)),
               feature.missing > 0 ? grouped(feature.missing) + " missing" : "",
               describe_values(feature, encoder.encodings().empty() ? nullptr : &encoder[f])});
  }
  return target_text(schema.target) + "features\n" + table.text(2);
}

std::string coefficients_text(const model::Model& model, std::size_t most) {
  const std::vector<pipeline::CoefficientRow> rows = pipeline::coefficient_rows(model);
  const std::string ratio = pipeline::ratio_name(model.estimator);
  const bool by_class = !rows.front().output.empty();
  const bool linear = model.estimator == model::Estimator::linear;
  std::vector<Align> columns(by_class ? 2 : 1, Align::left);
  columns.insert(columns.end(), ratio.empty() ? 6 : 7, Align::right);
  TextTable table(columns);
  std::vector<std::string> head = {"",  "coefficient", "std. error", linear ? "t" : "z",
                                   "p", "95 % from",   "to"};
  if (by_class) head.insert(head.begin(), "");
  if (!ratio.empty()) head.push_back(ratio);
  table.add(std::move(head));
  const std::size_t listed = std::min(most + 1, rows.size());
  for (std::size_t i = 0; i < listed; ++i) {
    const metrics::Estimate& estimate = rows[i].estimate;
    std::vector<std::string> cells;
    if (by_class) cells.push_back(shown(rows[i].output));
    cells.insert(cells.end(),
                 {shown(rows[i].column), cell(estimate.value, 6), cell(estimate.standard_error),
                  cell(estimate.statistic), cell(estimate.p_value, 3), cell(estimate.lower),
                  cell(estimate.upper)});
    if (!ratio.empty()) cells.push_back(cell(metrics::ratio(estimate).value));
    table.add(std::move(cells));
  }
  const std::size_t more = rows.size() - listed;
  return table.text(2) +
         (more > 0 ? "  … " + grouped(more) + " more; mlserve inspect shows all\n" : "");
}

std::string inference_text(const model::Inference& inference) {
  std::string text;
  TextTable statistics({Align::left, Align::right});
  for (const auto& [name, value] : inference.statistics) statistics.add({name, rounded(value, 6)});
  if (!inference.statistics.empty()) text += "fit\n" + statistics.text(2);
  TextTable inflation({Align::left, Align::right, Align::right, Align::right});
  inflation.add({"", "GVIF", "columns", "GVIF^(1/(2 columns))"});
  for (const model::VarianceInflation& item : inference.inflation) {
    inflation.add({shown(item.feature), cell(item.gvif), std::to_string(item.columns),
                   cell(std::pow(item.gvif, 0.5 / item.columns))});
  }
  if (!inference.inflation.empty()) text += "variance inflation\n" + inflation.text(2);
  for (const std::string& warning : inference.warnings) text += "note: " + warning + "\n";
  return text;
}

std::string metrics_text(const model::NamedNumbers& metrics,
                         const model::NamedNumbers& deviations) {
  TextTable table({Align::left, Align::right, Align::right});
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    table.add({metrics[m].first, rounded(metrics[m].second),
               m < deviations.size() ? "± " + rounded(deviations[m].second, 2) : ""});
  }
  return table.text(2);
}

std::string classes_text(const features::Target& target, const pipeline::Measures& measures) {
  const auto* metrics = std::get_if<metrics::ClassificationMetrics>(&measures.details);
  const std::size_t classes = target.classes.size();
  if (metrics == nullptr || classes > kMostClasses) return {};
  std::vector<Align> columns(5 + classes, Align::right);
  columns[0] = Align::left;
  TextTable table(columns);
  std::vector<std::string> head = {"class", "precision", "recall", "f1", "rows"};
  for (const std::string& name : target.classes) head.push_back("as " + shown(name, 20));
  table.add(std::move(head));
  for (std::size_t k = 0; k < classes; ++k) {
    const metrics::ClassMetrics& of_class = metrics->by_class[k];
    std::vector<std::string> cells = {shown(target.classes[k]), rounded(of_class.precision),
                                      rounded(of_class.recall), rounded(of_class.f1),
                                      rounded(of_class.support)};
    for (const double count : metrics->confusion.row(static_cast<Eigen::Index>(k)))
      cells.push_back(rounded(count));
    table.add(std::move(cells));
  }
  return table.text(2);
}

}  // namespace mlserve::app
