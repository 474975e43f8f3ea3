#pragma once

#include <vector>

#include "features/json_document.hpp"
#include "features/json_row_builder.hpp"
#include "features/parsed_rows.hpp"
#include "server/open_inference_problems.hpp"
#include "server/open_inference_request.hpp"

namespace mlserve::server::open_inference {

/// Decodes the inputs that are base64; what is none goes to `problems` and is null from then on.
/// The request looks into `decoded`, too.
void decode_base64_inputs(InferRequest& request, features::JsonDocument& decoded,
                          ProblemList& problems);

/// Appends the rows of a good request to `out`, which was started with the schema of the builder.
/// Values that are not of their datatype are problems of their rows.
void append_rows(const InferRequest& request, const features::JsonRowBuilder& builder,
                 features::ParsedRows& out);

/// Adds problems of rows to those of the request, with their places in its body.
void add_row_problems(const InferRequest& request, const std::vector<features::RowProblem>& rows,
                      ProblemList& problems);

}  // namespace mlserve::server::open_inference
