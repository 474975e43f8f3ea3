#include "pipeline/training_data.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/table.hpp"
#include "features/encoder.hpp"
#include "pipeline/resolve_options.hpp"

namespace mlserve::pipeline {
namespace {

std::vector<std::string> columns_to_read(const TrainOptions& options,
                                         const std::vector<std::string>& header) {
  std::vector<std::string> columns;
  std::unordered_set<std::string> passed(options.exclude.begin(), options.exclude.end());
  passed.insert({options.target, options.sample_weight});
  for (const std::string& name : options.features.empty() ? header : options.features) {
    if (passed.insert(name).second) columns.push_back(name);
  }
  columns.push_back(options.target);
  if (!options.sample_weight.empty()) columns.push_back(options.sample_weight);
  return columns;
}

struct LabelledTable {
  TrainOptions options;  ///< resolved
  std::vector<std::string> header;
  data::Table table;
  features::InferredSchema inferred;
};

LabelledTable read_labelled(const std::vector<data::Input>& inputs, const TrainOptions& options,
                            const Progress& progress) {
  LabelledTable read;
  features::InferOptions infer;
  const auto choose = [&](const std::vector<std::string>& header) {
    read.options = resolve_options(options, data::input_name(inputs), header);
    read.header = header;
    infer.interactions.clear();
    for (const std::string& interaction : options.interactions)
      infer.interactions.push_back(interaction_columns(interaction, header));
    return columns_to_read(read.options, header);
  };
  read.table = data::read_table(inputs, options.csv, options.threads, choose, progress);
  infer.target = read.options.target;
  infer.task = read.options.task;
  infer.named = read.options.features;
  infer.categorical = read.options.categorical;
  infer.numeric = read.options.numeric;
  infer.text = read.options.text;
  infer.refuse_missing = read.options.refuse_missing;
  if (!read.options.sample_weight.empty()) infer.not_features = {read.options.sample_weight};
  read.inferred = features::infer_schema(read.table, infer);
  read.options.task = read.inferred.schema.target.task;
  require_fitting_target(read.options, read.inferred.schema.target,
                         read.table.rows - read.inferred.rows_without_target);
  return read;
}

/// The number in each row of a column of weights; rows without a target may lack it.
std::vector<double> read_weights(const LabelledTable& data) {
  const data::Column& column = *data.table.find(data.options.sample_weight);
  std::vector<double> weights;
  for (std::size_t row = 0; row < data.table.rows; ++row) {
    const auto number = column.is_numbers ? std::optional(column.numbers[row])
                                          : parse_double(column.dictionary.text(column.codes[row]));
    const bool good = number && *number >= 0;
    if (!good && !std::isnan(data.inferred.targets[row])) {
      throw Error(ErrorKind::invalid_data, data.table.place_of(row) + ": column '" +
                                               shown(column.name) +
                                               "': a sample weight is a number of 0 or more");
    }
    weights.push_back(good ? *number : 0);
  }
  return weights;
}

features::RowGroups group(const LabelledTable& data) {
  std::vector<const data::Column*> columns;
  for (const features::Feature& feature : data.inferred.schema.features) {
    columns.push_back(data.table.find(feature.name));
  }
  return features::group_rows(columns, data.inferred.targets);
}

/// Adds up the rows for which `wanted(row)` holds. A row of weight 0 is as if it were not there.
template <class Wanted>
PartWeights part_of(const TrainingData& data, Wanted wanted) {
  PartWeights part{std::vector<double>(data.groups.size(), 0.0), {}};
  const bool weighted = !data.sample_weights.empty();
  if (weighted) part.weights.assign(data.groups.size(), 0.0);
  for (std::size_t row = 0; row < data.groups.group_of_row.size(); ++row) {
    const std::uint32_t group = data.groups.group_of_row[row];
    if (group == features::kNoGroup || !wanted(row)) continue;
    if (weighted && data.sample_weights[row] == 0) continue;
    part.counts[group] += 1;
    if (weighted) part.weights[group] += data.sample_weights[row];
  }
  if (!weighted) part.weights = part.counts;
  return part;
}

}  // namespace

Strata TrainingData::strata() const {
  const bool by_class = schema().target.task == features::Task::classification;
  Strata strata;
  for (const double target : inferred.targets) {
    strata.push_back(std::isnan(target) ? kNoFold
                     : by_class         ? static_cast<std::uint32_t>(target)
                                        : 0);
  }
  return strata;
}

PartWeights TrainingData::all() const {
  return part_of(*this, [](std::size_t) { return true; });
}

PartWeights TrainingData::inside(const std::vector<Fold>& parts, Fold fold) const {
  return part_of(*this, [&](std::size_t row) { return parts[row] == fold; });
}

PartWeights TrainingData::outside(const std::vector<Fold>& parts, Fold fold) const {
  return part_of(*this,
                 [&](std::size_t row) { return parts[row] != fold && parts[row] != kNoFold; });
}

TrainingData read_training_data(const std::vector<data::Input>& inputs, const TrainOptions& options,
                                const Progress& progress) {
  LabelledTable read = read_labelled(inputs, options, progress);
  TrainingData data;
  data.groups = group(read);
  data.rows = features::encode_table(read.inferred.schema, read.table, data.groups.first_row);
  for (const std::uint32_t row : data.groups.first_row)
    data.targets.push_back(read.inferred.targets[row]);
  if (!read.options.sample_weight.empty()) data.sample_weights = read_weights(read);
  data.source = read.table.source;
  data.data_hash = read.table.data_hash;
  data.options = std::move(read.options);
  data.inferred = std::move(read.inferred);
  return data;
}

FileSchema infer_files(const std::vector<data::Input>& inputs, const TrainOptions& options) {
  LabelledTable read = read_labelled(inputs, options, options.progress);
  return {std::move(read.header), std::move(read.inferred)};
}

}  // namespace mlserve::pipeline
