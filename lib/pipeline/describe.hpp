#pragma once

#include <string>
#include <vector>

#include "data/json_writer.hpp"
#include "features/infer.hpp"
#include "features/parsed_rows.hpp"
#include "features/schema.hpp"
#include "model/model.hpp"
#include "pipeline/measure.hpp"
#include "pipeline/train.hpp"
#include "pipeline/training_data.hpp"

namespace mlserve::pipeline {

// Parts of a model as JSON, the same for commands and routes. Each writes one value.

/// {"name":…,"type":…,"classes":[…]}, or of numbers their range and mean.
void write_target(data::JsonWriter& json, const features::Target& target);

/// A list of {"name":…,"kind":…,"missing":…} with categories or range; `encoder` may be empty when
/// nothing was fitted, then without fill values.
void write_features(data::JsonWriter& json, const features::Schema& schema,
                    const features::Encoder& encoder);

/// A list of {"column":…,"coefficient":…,"standard_error":…,"z":…,"p":…,"lower":…,"upper":…}, of
/// several classes with the "output" that each belongs to.
void write_coefficients(data::JsonWriter& json, const model::Model& model);

void write_numbers(data::JsonWriter& json, const model::NamedNumbers& numbers);

/// {"statistics":{…},"variance_inflation":[…],"warnings":[…]}.
void write_inference(data::JsonWriter& json, const model::Inference& inference);

/// By class precision, recall, F1 and support, the confusion matrix, curves and the calibration
/// table; of numbers [predicted, actual] of some rows. Plots need no more than 200 points.
void write_details(data::JsonWriter& json, const features::Target& target, const Measures& measures,
                   const ScoredTargets& scored);

/// By feature {"missing":…,"unknown":…,"out_of_range":…}, where there are any.
void write_value_warnings(data::JsonWriter& json, const features::Schema& schema,
                          const std::vector<features::ValueWarnings>& warnings);

// Whole documents, with a line break at the end.

/// What `train --json` prints and a job of training leaves; `name` is that of the model.
std::string train_json(const TrainResult& result, const std::string& name);

/// What was inferred, where nothing is fitted: target, task, features, what is left out, and all
/// columns.
std::string schema_json(const FileSchema& schema);

/// {"columns":[…]}: what there is to say of a file whose target is not known.
std::string columns_json(const std::vector<std::string>& columns);

}  // namespace mlserve::pipeline
