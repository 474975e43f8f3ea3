#pragma once

#include <string>
#include <vector>

#include "exporters/sql_dialect.hpp"
#include "exporters/sql_stages.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// Adds the stages, called `prefix` and a word, that make answers of the columns `margins`, which
/// are finite or NULL. Returns the names of the answers: what is predicted, then the probability of
/// each class. Where a margin is NULL, they all are.
std::vector<std::string> add_answers(const SqlDialect& dialect, const model::Model& model,
                                     const std::string& prefix,
                                     const std::vector<std::string>& margins,
                                     std::vector<SqlStage>& stages);

}  // namespace mlserve::exporters
