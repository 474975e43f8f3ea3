#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "features/parsed_rows.hpp"
#include "server/error_shape.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// The body is no text of its format: 400.
class Malformed : public Error {
 public:
  explicit Malformed(const std::string& detail) : Error(ErrorKind::invalid_data, detail) {}
};

/// The body has more rows than are answered at once: 413.
class TooManyRows : public Error {
 public:
  explicit TooManyRows(std::size_t max_rows);
};

/// JSON Pointer of a field of a row, where the body has it; an empty field is the whole row.
using RowPointer = std::function<std::string(std::size_t row, std::string_view field)>;

/// What a body's rows were refused for, all at once up to some hundred. There is at least one.
Response refuse_problems(ErrorShape shape, const std::vector<features::RowProblem>& problems,
                         const RowPointer& pointer);

/// What is answered when a prediction has thrown: 400 for what cannot be parsed, 413 for too many
/// rows, 504 after the deadline (Error(unavailable)), else as error_in_shape has it.
Response prediction_error(ErrorShape shape, const Error& error);

}  // namespace mlserve::server
