#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "features/json_row_builder.hpp"
#include "features/schema.hpp"
#include "server/open_inference_problems.hpp"
#include "server/open_inference_tensor.hpp"

namespace mlserve::server::open_inference {

/// What a model can answer.
enum class Output {
  predict,       ///< its prediction, shape [n,1]
  predict_proba  ///< of a classifier: the probability of each class, shape [n, classes]
};

std::string_view output_name(Output output);

/// Those of a model with this target.
std::vector<Output> outputs_of(const features::Target& target);

/// A request to infer, understood but for the values of its tensors. It looks into the JSON
/// document that it was read from.
struct InferRequest {
  std::optional<std::string_view> id;
  std::vector<Output> outputs;  ///< in the order in which they are wanted
  /// One input a feature, or a matrix of all features.
  std::vector<Tensor> inputs;
  features::JsonHeader header;  ///< of the columns of all inputs, one after another
  std::size_t rows = 0;
};

/// Reads the body of a request to a model. What is wrong goes to `problems`; then the rest of the
/// result is of no use. Inputs that are no features are ignored.
///
/// What is said once of all values is checked here: shapes, datatypes, that all inputs have the
/// same number of rows, and that a matrix can hold the features' values.
InferRequest parse_request(simdjson::dom::object body, const features::Schema& schema,
                           const features::JsonRowBuilder& builder, ProblemList& problems);

}  // namespace mlserve::server::open_inference
