#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "server/refusal.hpp"

namespace mlserve::server {

/// Longest request line: 414 above. RFC 9112 asks for 8,000 bytes at least; the names of a thousand
/// columns, as options of a training, want more.
inline constexpr std::size_t kMaxRequestLineBytes = std::size_t{32} << 10;

struct HeadLimits {
  std::size_t max_bytes;    ///< request line and headers: 431 above
  std::size_t max_headers;  ///< 431 above
};

/// Finds the end of a request's head (request line, headers, empty line) in bytes that come piece
/// by piece. Looks at each byte once, so a client that sends single bytes costs no more.
class HeadScanner {
 public:
  explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

  /// Number of bytes of the head at the front of `input`, or 0 while its end has not come.
  /// `input` begins with the first byte of the request and only grows between calls.
  /// Throws Refusal: 400 for a line without CR LF, 414, 431.
  std::size_t scan(std::string_view input);

 private:
  void count_line(std::size_t bytes);
  void check_size(std::size_t bytes, std::size_t line_bytes) const;

  HeadLimits limits_;
  std::size_t searched_ = 0;    // bytes known to hold no end of the head
  std::size_t line_begin_ = 0;  // where the line stands that has not ended yet
  std::size_t lines_ = 0;       // ended lines that are not empty
};

/// A parsed head. The views point into the bytes given to `parse_head`.
struct RequestHead {
  std::string_view method;
  std::string_view target;  ///< as sent, in origin form: "/path?query" or "*"
  int minor_version = 1;    ///< of HTTP/1.x
  std::vector<std::pair<std::string_view, std::string_view>> headers;  ///< in order, trimmed
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;  ///< the client waits for 100 before it sends the body
  bool gzip = false;              ///< the body is packed
  std::string_view accept_encoding;
  /// How long the client will wait for the answer, by X-Request-Timeout in seconds.
  std::optional<std::chrono::milliseconds> timeout;
};

/// Parses the whole head `bytes` that HeadScanner has found into `head`, whose memory is reused.
///
/// Strict where two readers of the same bytes could disagree about where a request ends (request
/// smuggling). Throws Refusal: 400 for what is no HTTP, 411 for a POST, PUT or PATCH without a
/// length, 415 for a body encoded by more than gzip, 417, 501 for a Transfer-Encoding other than
/// chunked, 505.
void parse_head(std::string_view bytes, RequestHead& head);

}  // namespace mlserve::server
