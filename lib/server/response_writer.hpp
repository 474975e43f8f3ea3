#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "server/http.hpp"

namespace mlserve::server {

/// What the connection, not the handler, decides about an answer.
struct ResponseFraming {
  bool keep_alive = true;
  bool head_only = false;  ///< for HEAD: headers as for GET, no body
  int minor_version = 1;   ///< of the request; an HTTP/1.0 client is told that we keep it
};

/// Appends the bytes of `response`, the one form in which an answer leaves the server. Control
/// characters in headers are left out, so that no value can begin a header of its own.
void append_response(std::string& out, const Response& response, const ResponseFraming& framing);

/// "Not Found" for 404; "" for a status we do not know.
std::string_view reason_phrase(int status) noexcept;

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(std::time_t time);

}  // namespace mlserve::server
