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

/// Whether bytes of a body follow the headers of an answer.
bool has_body(int status, const ResponseFraming& framing) noexcept;

/// Whether a body of unknown length goes in chunks; to an HTTP/1.0 client it goes until the close.
bool sends_chunks(const ResponseFraming& framing) noexcept;

/// Appends the bytes of `response`, the one form in which an answer leaves the server; when there
/// is a `next_piece`, those that come before. Control characters in headers are left out, so that
/// no value can begin a header of its own.
void append_response(std::string& out, const Response& response, const ResponseFraming& framing);

/// Appends a `next_piece` of a body; an empty one is its end.
void append_piece(std::string& out, std::string_view piece, const ResponseFraming& framing);

/// "Not Found" for 404; "" for a status we do not know.
std::string_view reason_phrase(int status) noexcept;

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(std::time_t time);

}  // namespace mlserve::server
