#pragma once

#include <cstddef>
#include <optional>

#include "pipeline/row_reader.hpp"
#include "server/http.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// What a request to predict asks for, and how its rows are written.
struct PredictQuery {
  pipeline::FileFormat format = pipeline::FileFormat::json;
  bool probabilities = false;  ///< of each class
  bool explain = false;        ///< contributions of the features
  bool warnings = false;       ///< counts of missing, unknown and out-of-range values by feature
};

/// By Content-Type and query. Throws Refusal(415), Error(invalid_argument) for a flag that is
/// neither true nor false.
PredictQuery predict_query(const Request& request);

/// Predictions for a whole body: a JSON list of records, one record, NDJSON or CSV by Content-Type;
/// answers {"prediction":[…]} in the order of the rows, with what the query asks for beside it.
/// None when there are more than `max_rows` rows; hardly more are looked at then.
///
/// Problem details with every error at once: 400 for what cannot be parsed, 422 for records that
/// make no sense, 415 and 406 for other media types, 504 after the deadline.
std::optional<Response> answer_predict(const Request& request, const ServedModel& served,
                                       std::size_t max_rows);

}  // namespace mlserve::server
