#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http.hpp"
#include "server/problem.hpp"

namespace mlserve::server {

/// How the clients of a protocol expect to be told of an error.
enum class ErrorShape {
  problem_details,  ///< ours: application/problem+json (RFC 9457)
  mlflow,           ///< {"error_code":"BAD_REQUEST","message":…}; 415 is plain text
  error_member      ///< Open Inference Protocol, TensorFlow Serving, KServe: {"error":…}
};

/// By the path alone, so that a request which meets no route is answered in its protocol, too.
ErrorShape error_shape_of(std::string_view path);

/// An error in that shape. `errors`, if there are any, stand beside it under "errors". Only problem
/// details have a title and know 422: it is 400 to the others.
Response error_in_shape(ErrorShape shape, int status, std::string_view title,
                        std::string_view detail, const std::vector<BodyError>& errors = {});

/// The same for an exception, with the headers that it asks for.
Response error_in_shape(ErrorShape shape, const Error& error);

/// The error that a client of the protocol of `path` expects.
Response error_for_path(std::string_view path, int status, const std::string& detail);

}  // namespace mlserve::server
