#include "pipeline/describe.hpp"

#include <cstddef>
#include <string>

#include "features/calendar.hpp"
#include "metrics/calibration.hpp"
#include "pipeline/curves.hpp"
#include "pipeline/inference.hpp"

namespace mlserve::pipeline {
namespace {

using data::JsonWriter;
using features::Feature;

/// Of a curve or a scatter plot: enough for a small one.
constexpr std::size_t kPlotPoints = 200;

void write_count(JsonWriter& json, std::uint64_t count) {
  json.integer(static_cast<long long>(count));
}

void write_texts(JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

void write_bound(JsonWriter& json, const Feature& feature, double value) {
  if (feature.is_date()) {
    json.string(features::format_date(value));
  } else {
    json.number(value);
  }
}

void write_values(JsonWriter& json, const Feature& feature,
                  const features::FeatureEncoding* encoding) {
  if (feature.is_categorical()) {
    json.key("categories");
    write_texts(json, feature.categories);
  } else if (feature.is_text()) {
    json.key("words");
    write_count(json, feature.categories.size());
  } else {
    write_bound(json.key("minimum"), feature, feature.minimum);
    write_bound(json.key("maximum"), feature, feature.maximum);
    if (encoding != nullptr) write_bound(json.key("fill"), feature, encoding->fill);
  }
}

void write_class_measures(JsonWriter& json, const features::Target& target,
                          const metrics::ClassificationMetrics& metrics) {
  json.key("classes").begin_array();
  for (std::size_t k = 0; k < target.classes.size(); ++k) {
    const metrics::ClassMetrics& of_class = metrics.by_class[k];
    json.begin_object().key("class").raw(features::class_json(target, k));
    json.key("precision").number(of_class.precision).key("recall").number(of_class.recall);
    json.key("f1").number(of_class.f1).key("support").number(of_class.support).end_object();
  }
  json.end_array().key("confusion_matrix").begin_array();
  for (Eigen::Index row = 0; row < metrics.confusion.rows(); ++row) {
    json.begin_array();
    for (const double count : metrics.confusion.row(row)) json.number(count);
    json.end_array();
  }
  json.end_array();
}

void write_calibration(JsonWriter& json, const metrics::ClassScores& scores) {
  json.key("calibration").begin_array();
  for (const metrics::CalibrationBin& bin : metrics::calibration_table(scores)) {
    json.begin_object().key("lower").number(bin.lower).key("upper").number(bin.upper);
    json.key("rows").number(bin.rows).key("mean_predicted").number(bin.mean_predicted);
    json.key("observed_share").number(bin.observed_share).end_object();
  }
  json.end_array();
}

/// [[x,y],…]
void write_points(JsonWriter& json, const std::vector<metrics::CurvePoint>& points) {
  json.begin_array();
  for (const metrics::CurvePoint& point : points) {
    json.begin_array().number(point.x).number(point.y).end_array();
  }
  json.end_array();
}

void write_curves(JsonWriter& json, const features::Target& target,
                  const metrics::ClassScores& scores) {
  json.key("curves").begin_array();
  for (const ClassCurves& curves : class_curves(scores, kPlotPoints)) {
    json.begin_object().key("class").raw(features::class_json(target, curves.of_class));
    write_points(json.key("roc"), curves.roc);
    write_points(json.key("precision_recall"), curves.precision_recall);
    json.end_object();
  }
  json.end_array();
}

void write_predictions(JsonWriter& json, const ScoredTargets& scored) {
  json.key("predictions").begin_array();
  for (const auto& [predicted, actual] : sampled_predictions(scored, kPlotPoints)) {
    json.begin_array().number(predicted).number(actual).end_array();
  }
  json.end_array();
}

void write_columns(JsonWriter& json, const std::vector<std::string>& columns) {
  json.key("columns").begin_array();
  for (const std::string& name : columns) json.string(name);
  json.end_array();
}

void write_left_out(JsonWriter& json, const features::InferredSchema& inferred) {
  json.key("left_out").begin_array();
  for (const auto& [name, reason] : inferred.left_out) {
    json.begin_object().key("column").string(name).key("reason").string(reason).end_object();
  }
  json.end_array();
  json.key("rows_without_target").integer(static_cast<long long>(inferred.rows_without_target));
}

void write_validation(JsonWriter& json, const model::Model& model, const Validation& validation) {
  json.begin_object().key("folds").integer(validation.folds);
  json.key("rows").number(validation.rows).key("metrics_standard_deviations");
  write_numbers(json, validation.deviations);
  json.key("details");
  write_details(json, model.schema.target, validation.measures, validation.scored);
  json.end_object();
}

void write_search(JsonWriter& json, const SearchResult& search) {
  json.begin_array();
  for (std::size_t i = 0; i < search.trials.size(); ++i) {
    const Trial& trial = search.trials[i];
    json.begin_object().key("C").number(trial.penalty.C);
    if (trial.penalty.kind == estimators::PenaltyKind::elasticnet)
      json.key("l1_ratio").number(trial.penalty.l1_ratio);
    json.key("loss").number(trial.mean).key("standard_deviation").number(trial.deviation);
    json.key("best").boolean(i == search.best).end_object();
  }
  json.end_array();
}

}  // namespace

void write_target(JsonWriter& json, const features::Target& target) {
  json.begin_object().key("name").string(target.name);
  json.key("type").string(type_name(target.type));
  if (target.task == features::Task::classification) {
    json.key("classes").begin_array();
    for (std::size_t k = 0; k < target.classes.size(); ++k)
      json.raw(features::class_json(target, k));
    json.end_array();
  } else {
    json.key("minimum").number(target.minimum).key("maximum").number(target.maximum);
    json.key("mean").number(target.mean);
  }
  json.end_object();
}

void write_features(JsonWriter& json, const features::Schema& schema,
                    const features::Encoder& encoder) {
  json.begin_array();
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    const Feature& feature = schema.features[f];
    json.begin_object().key("name").string(feature.name);
    json.key("kind").string(kind_name(feature.kind)).key("missing");
    write_count(json, feature.missing);
    write_values(json, feature, encoder.encodings().empty() ? nullptr : &encoder[f]);
    json.end_object();
  }
  json.end_array();
}

void write_coefficients(JsonWriter& json, const model::Model& model) {
  const bool ratios = !ratio_name(model.estimator).empty();
  const std::string statistic = model.estimator == model::Estimator::linear ? "t" : "z";
  json.begin_array();
  for (const CoefficientRow& row : coefficient_rows(model)) {
    const metrics::Estimate& estimate = row.estimate;
    json.begin_object();
    if (!row.output.empty()) json.key("output").string(row.output);
    json.key("column").string(row.column).key("coefficient").number(estimate.value);
    json.key("standard_error").number(estimate.standard_error);
    json.key(statistic).number(estimate.statistic).key("p").number(estimate.p_value);
    json.key("lower").number(estimate.lower).key("upper").number(estimate.upper);
    if (ratios) {
      const metrics::Ratio ratio = metrics::ratio(estimate);
      json.key("ratio").number(ratio.value);
      json.key("ratio_lower").number(ratio.lower).key("ratio_upper").number(ratio.upper);
    }
    json.end_object();
  }
  json.end_array();
}

void write_numbers(JsonWriter& json, const model::NamedNumbers& numbers) {
  json.begin_object();
  for (const auto& [name, value] : numbers) json.key(name).number(value);
  json.end_object();
}

void write_inference(JsonWriter& json, const model::Inference& inference) {
  json.begin_object().key("statistics");
  write_numbers(json, inference.statistics);
  json.key("variance_inflation").begin_array();
  for (const model::VarianceInflation& inflation : inference.inflation) {
    json.begin_object().key("feature").string(inflation.feature);
    json.key("gvif").number(inflation.gvif).key("columns").integer(inflation.columns).end_object();
  }
  json.end_array().key("warnings");
  write_texts(json, inference.warnings);
  json.end_object();
}

void write_details(JsonWriter& json, const features::Target& target, const Measures& measures,
                   const ScoredTargets& scored) {
  json.begin_object();
  if (const auto* classes = std::get_if<metrics::ClassificationMetrics>(&measures.details)) {
    const metrics::ClassScores scores = class_scores(target, scored);
    write_class_measures(json, target, *classes);
    write_curves(json, target, scores);
    if (target.classes.size() == 2) write_calibration(json, scores);
  } else {
    write_predictions(json, scored);
  }
  json.end_object();
}

void write_value_warnings(JsonWriter& json, const features::Schema& schema,
                          const std::vector<features::ValueWarnings>& warnings) {
  json.begin_object();
  for (std::size_t f = 0; f < warnings.size(); ++f) {
    const features::ValueWarnings& found = warnings[f];
    if (found.missing + found.unknown + found.out_of_range == 0) continue;
    write_count(json.key(schema.features[f].name).begin_object().key("missing"), found.missing);
    write_count(json.key("unknown"), found.unknown);
    write_count(json.key("out_of_range"), found.out_of_range);
    json.end_object();
  }
  json.end_object();
}

std::string train_json(const TrainResult& result, const std::string& name) {
  const model::Model& model = result.model;
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("model").string(name).key("checksum").string(model.checksum);
  json.key("rows").integer(static_cast<long long>(model.training.rows));
  json.key("target").string(model.schema.target.name);
  json.key("task").string(features::task_name(model.schema.target.task));
  json.key("estimator").string(model::estimator_name(model.estimator)).key("features");
  write_features(json, model.schema, model.encoder);
  write_left_out(json, result.inferred);
  if (result.search) write_search(json.key("search"), *result.search);
  json.key("metrics");
  write_numbers(json, model.metrics);
  if (result.validation) write_validation(json.key("validation"), model, *result.validation);
  if (model.schema.target.classes.size() == 2) json.key("threshold").number(model.threshold);
  json.key("coefficients");
  write_coefficients(json, model);
  json.key("inference");
  write_inference(json, model.inference);
  json.key("objective").number(result.objective).key("solver").string(model.training.solver);
  json.key("converged").boolean(model.training.converged);
  json.end_object();
  return text + "\n";
}

std::string schema_json(const FileSchema& schema) {
  const features::InferredSchema& inferred = schema.inferred;
  std::string text;
  JsonWriter json(text);
  write_columns(json.begin_object(), schema.columns);
  json.key("target").string(inferred.schema.target.name);
  json.key("task").string(features::task_name(inferred.schema.target.task)).key("features");
  write_features(json, inferred.schema, {});
  write_left_out(json, inferred);
  json.end_object();
  return text + "\n";
}

std::string columns_json(const std::vector<std::string>& columns) {
  std::string text;
  JsonWriter json(text);
  write_columns(json.begin_object(), columns);
  json.end_object();
  return text + "\n";
}

}  // namespace mlserve::pipeline
