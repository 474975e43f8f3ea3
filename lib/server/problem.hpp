#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "data/json_writer.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// One thing that is wrong with a body.
struct BodyError {
  std::string pointer;  ///< JSON Pointer as a URI fragment (RFC 6901): "#/1/Age"
  std::string detail;
};

/// JSON Pointer as a URI fragment (RFC 6901) to the value that these names and numbers lead to.
std::string json_pointer(std::initializer_list<std::string_view> tokens);

/// "#/row/field"; without the row for a body that is one record, without the field for a whole
/// record.
std::string body_pointer(bool in_list, std::size_t row, std::string_view field);

/// Puts "errors" into the object that is being written, unless there are none.
void write_errors(data::JsonWriter& json, const std::vector<BodyError>& errors);

/// application/problem+json (RFC 9457). An empty title is the status' own phrase.
Response problem(int status, std::string_view title, std::string_view detail,
                 const std::vector<BodyError>& errors = {});

/// What an error becomes where nothing more is known: a Refusal its own status and headers, others
/// http_status.
Response problem(const Error& error);

/// Status that an error of this kind has where nothing more is known.
int http_status(ErrorKind kind);

}  // namespace mlserve::server
