#include "pipeline/train.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "data/byte_source.hpp"
#include "data/table.hpp"
#include "estimators/logistic.hpp"
#include "features/encoder.hpp"
#include "features/json_rows.hpp"
#include "features/row_groups.hpp"
#include "metrics/inference.hpp"
#include "metrics/named.hpp"
#include "model/design.hpp"
#include "model/scorer.hpp"
#include "pipeline/holdout.hpp"

namespace mlserve::pipeline {
namespace {

using features::EncodedRows;
using features::RowGroups;

/// Newton's method keeps a square matrix of the columns; beyond this it would take gigabytes.
constexpr std::size_t kMaxColumns = 5000;
constexpr std::size_t kGoldenRows = 5;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void require_columns(const std::vector<std::string>& header, const std::vector<std::string>& names,
                     const std::string& option) {
  for (const std::string& name : names) {
    if (contains(header, name)) continue;
    const auto meant = nearest_name(name, header);
    throw Error(ErrorKind::invalid_argument,
                option + ": no column '" + shown(name) + "'" +
                    (meant ? "; did you mean '" + shown(*meant) + "'?" : "") +
                    " (columns are: " + shown(join(header), 400) + ")");
  }
}

/// Fills in target and features from the recipe where the options leave them open.
TrainOptions resolve(TrainOptions options, const std::string& source,
                     const std::vector<std::string>& header) {
  if (options.target.empty()) {
    if (!contains(header, options.recipe.target)) {
      throw Error(ErrorKind::invalid_argument,
                  source + ": has no column '" + options.recipe.target + "' (columns are: " +
                      shown(join(header), 400) + "); choose a target with --target");
    }
    options.target = options.recipe.target;
    const auto& names = options.recipe.features;
    const bool has_all = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return contains(header, name);
    });
    if (options.features.empty() && has_all) options.features = names;
  }
  require_columns(header, {options.target}, "--target");
  require_columns(header, options.features, "--features");
  require_columns(header, options.exclude, "--exclude");
  require_columns(header, options.categorical, "--categorical");
  require_columns(header, options.numeric, "--numeric");
  if (contains(options.features, options.target)) {
    throw Error(ErrorKind::invalid_argument,
                "--features: '" + shown(options.target) + "' is the target");
  }
  return options;
}

std::vector<std::string> columns_to_read(const TrainOptions& options,
                                         const std::vector<std::string>& header) {
  std::vector<std::string> columns;
  std::unordered_set<std::string> passed(options.exclude.begin(), options.exclude.end());
  passed.insert(options.target);
  for (const std::string& name : options.features.empty() ? header : options.features) {
    if (passed.insert(name).second) columns.push_back(name);
  }
  columns.push_back(options.target);
  return columns;
}

struct LabelledTable {
  TrainOptions options;  ///< resolved
  data::Table table;
  features::InferredSchema inferred;
};

LabelledTable read_labelled(const std::vector<std::string>& paths, const TrainOptions& options) {
  LabelledTable read;
  const auto choose = [&](const std::vector<std::string>& header) {
    read.options = resolve(options, data::source_name(paths), header);
    return columns_to_read(read.options, header);
  };
  read.table = data::read_table(paths, options.csv, options.threads, choose);
  features::InferOptions infer;
  infer.target = read.options.target;
  infer.named = read.options.features;
  infer.categorical = read.options.categorical;
  infer.numeric = read.options.numeric;
  read.inferred = features::infer_schema(read.table, infer);
  return read;
}

/// Groups of equal rows, encoded, with the label of each group.
struct TrainingSet {
  EncodedRows rows;
  std::vector<unsigned char> labels;
};

struct Fitted {
  features::Encoder encoder;
  estimators::LogisticFit logistic;
};

Fitted fit(const features::Schema& schema, const TrainingSet& set, std::span<const double> weights,
           const TrainOptions& options) {
  Fitted fitted;
  fitted.encoder = features::Encoder::fit(schema, set.rows, weights);
  const estimators::DesignMatrix matrix = model::design_matrix(schema, fitted.encoder, set.rows);
  fitted.logistic =
      estimators::fit_logistic(matrix, set.labels, weights, {options.C, options.threads});
  return fitted;
}

model::Model make_model(const features::Schema& schema, const Fitted& fitted) {
  model::Model model;
  model.schema = schema;
  model.encoder = fitted.encoder;
  model.columns = features::design_columns(schema);
  model.coefficients.assign(fitted.logistic.coefficients.begin(),
                            fitted.logistic.coefficients.end());
  model.intercept = fitted.logistic.intercept;
  return model;
}

void add_standard_errors(model::Model& model, const estimators::LogisticFit& fit) {
  estimators::VectorXd parameters(fit.coefficients.size() + 1);
  parameters << fit.intercept + fit.centres.dot(fit.coefficients), fit.coefficients;
  const estimators::VectorXd errors =
      metrics::wald_inference(parameters, fit.hessian).standard_errors;
  estimators::VectorXd at_zero(fit.centres.size() + 1);
  at_zero << 1, -fit.centres;
  model.intercept_standard_error = metrics::standard_error(at_zero, fit.hessian);
  model.standard_errors.assign(errors.begin() + 1, errors.end());
}

void add_golden_rows(model::Model& model, const EncodedRows& rows) {
  std::vector<double> probabilities;
  model::Scorer(model).score(rows, probabilities);
  for (std::size_t i = 0; i < std::min(kGoldenRows, rows.size()); ++i) {
    model.golden_rows.push_back({features::record_json(model.schema, rows, i), probabilities[i]});
  }
}

/// How often each group occurs among the rows that are (`in_sample` 1) or are not (0) in `sample`.
std::vector<double> count_groups(const RowGroups& groups, std::span<const unsigned char> sample,
                                 unsigned char in_sample) {
  std::vector<double> counts(groups.size(), 0.0);
  for (std::size_t row = 0; row < sample.size(); ++row) {
    const std::uint32_t group = groups.group_of_row[row];
    if (group != features::kNoGroup && sample[row] == in_sample) counts[group] += 1;
  }
  return counts;
}

bool has_both_classes(std::span<const unsigned char> labels, std::span<const double> weights) {
  double rows[2] = {0, 0};
  for (std::size_t i = 0; i < labels.size(); ++i) rows[labels[i]] += weights[i];
  return rows[0] > 0 && rows[1] > 0;
}

/// Fits on the part outside the sample and measures inside; none when either lacks a class.
std::optional<metrics::BinaryMetrics> evaluate_holdout(const LabelledTable& data,
                                                       const TrainingSet& set,
                                                       const RowGroups& groups) {
  if (data.options.test_size <= 0) return std::nullopt;
  const features::Schema& schema = data.inferred.schema;
  const std::vector<unsigned char> sample = stratified_sample(
      data.inferred.labels, schema.target.counts, data.options.test_size, data.options.seed);
  const std::vector<double> inside = count_groups(groups, sample, 1);
  const std::vector<double> outside = count_groups(groups, sample, 0);
  if (!has_both_classes(set.labels, inside) || !has_both_classes(set.labels, outside))
    return std::nullopt;

  const model::Model model = make_model(schema, fit(schema, set, outside, data.options));
  std::vector<double> probabilities;
  model::Scorer(model).score(set.rows, probabilities);
  return metrics::evaluate({set.labels, probabilities, inside});
}

TrainingSet encode_groups(const LabelledTable& data, const RowGroups& groups) {
  TrainingSet set{features::encode_table(data.inferred.schema, data.table, groups.first_row), {}};
  for (const std::uint32_t row : groups.first_row) set.labels.push_back(data.inferred.labels[row]);
  return set;
}

RowGroups group(const LabelledTable& data) {
  std::vector<const data::Column*> columns;
  for (const features::Feature& feature : data.inferred.schema.features) {
    columns.push_back(data.table.find(feature.name));
  }
  return features::group_rows(columns, data.inferred.labels);
}

model::TrainingRecord training_record(const LabelledTable& data,
                                      const estimators::LogisticFit& fit) {
  model::TrainingRecord record;
  record.rows_without_target = data.inferred.rows_without_target;
  record.rows = data.table.rows - record.rows_without_target;
  record.data_hash = data.table.data_hash;
  record.mlserve_version = kVersion;
  record.created_at = data.options.created_at;
  record.seed = data.options.seed;
  record.test_size = data.options.test_size;
  record.C = data.options.C;
  record.iterations = fit.iterations;
  record.converged = fit.converged;
  return record;
}

}  // namespace

features::InferredSchema infer_files(const std::vector<std::string>& paths,
                                     const TrainOptions& options) {
  return read_labelled(paths, options).inferred;
}

TrainResult train(const std::vector<std::string>& paths, const TrainOptions& options) {
  LabelledTable data = read_labelled(paths, options);
  const features::Schema& schema = data.inferred.schema;
  const std::size_t columns = features::design_columns(schema).size();
  if (columns > kMaxColumns) {
    throw Error(ErrorKind::invalid_data, data.table.source + ": the features make " +
                                             std::to_string(columns) + " columns; at most " +
                                             std::to_string(kMaxColumns) +
                                             " can be fitted (leave some out with --exclude)");
  }
  const RowGroups groups = group(data);
  const TrainingSet set = encode_groups(data, groups);

  TrainResult result;
  result.holdout = evaluate_holdout(data, set, groups);
  const std::vector<unsigned char> no_sample(data.table.rows, 0);
  const Fitted fitted = fit(schema, set, count_groups(groups, no_sample, 0), data.options);
  result.model = make_model(schema, fitted);
  add_standard_errors(result.model, fitted.logistic);
  add_golden_rows(result.model, set.rows);
  result.model.training = training_record(data, fitted.logistic);
  if (result.holdout) result.model.metrics = metrics::named(*result.holdout);
  data.inferred.labels = {};
  result.inferred = std::move(data.inferred);
  return result;
}

}  // namespace mlserve::pipeline
