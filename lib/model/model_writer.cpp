#include <algorithm>
#include <cmath>

#include "core/number.hpp"
#include "model/model_json.hpp"

namespace mlserve::model {
namespace {

using Json = nlohmann::ordered_json;
using features::CategoryUse;

/// NaN is null: JSON has no other word for it.
Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers_or_null(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number_or_null(value));
  return list;
}

Json rows_or_null(const std::vector<std::vector<double>>& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(numbers_or_null(row));
  return list;
}

Json by_name(const NamedNumbers& numbers) {
  Json json = Json::object();
  for (const auto& [name, value] : numbers) json[name] = number_or_null(value);
  return json;
}

Json target_json(const features::Target& target) {
  Json json = {{"name", target.name}, {"type", features::type_name(target.type)}};
  if (target.task == features::Task::classification) {
    json["classes"] = target.classes;
    json["counts"] = target.counts;
  } else {
    json["minimum"] = target.minimum;
    json["maximum"] = target.maximum;
    json["mean"] = target.mean;
  }
  return json;
}

/// Names of the categories with that use.
Json categories_with(CategoryUse use, const features::Feature& feature,
                     const features::FeatureEncoding& encoding) {
  Json list = Json::array();
  for (std::size_t k = 0; k < encoding.use.size(); ++k) {
    if (encoding.use[k] == use) list.push_back(feature.categories[k]);
  }
  return list;
}

void add_range(const features::Feature& feature, Json& json) {
  json["minimum"] = feature.minimum;
  json["maximum"] = feature.maximum;
  json["integers"] = feature.integers;
  json["histogram"] = {{"edges", feature.histogram.edges}, {"counts", feature.histogram.counts}};
  if (!feature.is_date()) return;
  json["parts"] = Json::array();
  for (const features::DatePart part : feature.date_parts) json["parts"].push_back(name_of(part));
}

Json feature_json(const features::Feature& feature, const features::FeatureEncoding& encoding) {
  Json json = {{"name", feature.name},
               {"kind", features::kind_name(feature.kind)},
               {"missing", feature.missing}};
  if (encoding.indicator) json["missing_indicator"] = true;
  if (feature.is_number()) {
    add_range(feature, json);
    json["fill"] = encoding.fill;
  } else if (feature.is_text()) {
    json["words"] = feature.categories;
    json["counts"] = feature.counts;
    json["idf"] = encoding.idf;
  } else {
    json["categories"] = feature.categories;
    json["counts"] = feature.counts;
    json["infrequent"] = categories_with(CategoryUse::infrequent, feature, encoding);
    json["without_column"] = categories_with(CategoryUse::none, feature, encoding);
  }
  return json;
}

Json inference_json(const Inference& inference) {
  Json json = {{"standard_errors", rows_or_null(inference.standard_errors)},
               {"intercept_standard_errors", numbers_or_null(inference.intercept_standard_errors)},
               {"residual_degrees", inference.residual_degrees},
               {"statistics", by_name(inference.statistics)},
               {"variance_inflation", Json::array()},
               {"warnings", inference.warnings}};
  for (const VarianceInflation& inflation : inference.inflation) {
    json["variance_inflation"].push_back({{"feature", inflation.feature},
                                          {"gvif", number_or_null(inflation.gvif)},
                                          {"columns", inflation.columns}});
  }
  return json;
}

Json training_json(const TrainingRecord& training) {
  Json options = Json::object();
  for (const auto& [name, text] : training.options) {
    const auto number = parse_double(text);
    const bool exact = number && format_double(*number) == text;
    options[name] = exact ? Json::parse(text) : Json(text);
  }
  Json json = {
      {"rows", training.rows},           {"rows_without_target", training.rows_without_target},
      {"data_hash", training.data_hash}, {"options", options},
      {"solver", training.solver},       {"iterations", training.iterations},
      {"converged", training.converged}, {"mlserve_version", training.mlserve_version}};
  if (!training.created_at.empty()) json["created_at"] = training.created_at;
  return json;
}

}  // namespace

Json model_to_json(const Model& model) {
  const features::Schema& schema = model.schema;
  Json json = {{"format", kFormat},
               {"format_version", kFormatVersion},
               {"checksum", zero_checksum()},
               {"task", features::task_name(schema.target.task)},
               {"estimator", estimator_name(model.estimator)},
               {"target", target_json(schema.target)},
               {"features", Json::array()},
               {"interactions", Json::array()},
               {"refuses_missing", schema.refuses_missing},
               {"columns", Json::array()}};
  for (std::size_t f = 0; f < schema.features.size(); ++f)
    json["features"].push_back(feature_json(schema.features[f], model.encoder[f]));
  for (const auto& [a, b] : schema.interactions)
    json["interactions"].push_back({schema.features[a].name, schema.features[b].name});
  for (const features::DesignColumn& column : model.columns) json["columns"].push_back(column.name);
  json["coefficients"] = rows_or_null(model.coefficients);
  json["intercept"] = model.intercepts;
  json["means"] = model.means;
  json["scales"] = model.scales;
  if (schema.target.classes.size() == 2) json["threshold"] = model.threshold;
  json["inference"] = inference_json(model.inference);
  json["metrics"] = by_name(model.metrics);
  json["metrics_standard_deviations"] = by_name(model.metrics_deviations);
  json["training"] = training_json(model.training);
  json["golden_rows"] = Json::array();
  for (const GoldenRow& row : model.golden_rows)
    json["golden_rows"].push_back({{"record", Json::parse(row.record)}, {"scores", row.scores}});
  return json;
}

}  // namespace mlserve::model
