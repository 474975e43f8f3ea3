#pragma once

#include <atomic>
#include <cstdint>

#include "core/log.hpp"
#include "server/hooks.hpp"
#include "server/sample.hpp"

namespace mlserve::server {

/// Which requests have a line in the log.
enum class AccessLines {
  off,
  errors,  ///< those answered with 400 and above or not to the end, at most 100 lines a second
  all      ///< the errors, and a sample of the others
};

struct AccessLogOptions {
  AccessLines lines = AccessLines::errors;
  double sample = 1;  ///< share of the requests without an error, from 0 to 1, when all are wanted
};

/// A line for each answered request, of level info:
///
///   access time=2024-02-29T12:34:56.789Z method=POST path=/predict route=/predict status=200
///   duration_ms=0.412 bytes_in=57 bytes_out=218 remote=127.0.0.1 request_id=… trace_id=…
///   client=… model=titanic version=1 rows=2
///
/// on one line, or the same as JSON. What a request does not have is left out; `whole=false` says
/// that the answer broke off, status 0 that the client was gone before it. No query, body or header
/// but the ids is in it. A log that is not taken in time leaves these lines out first.
class AccessLog {
 public:
  /// `log` outlives it.
  AccessLog(AccessLogOptions options, Log& log);

  /// Does not wait. Callable on several threads at once.
  void observe(const RequestReport& report);

 private:
  bool wants(const RequestReport& report);
  bool has_room_for_error() noexcept;

  const AccessLines lines_;
  const Sample sample_;
  Log& log_;
  std::atomic<std::int64_t> second_ = 0;         ///< in which errors are counted
  std::atomic<std::uint32_t> errors_in_it_ = 0;  ///< lines of them
};

}  // namespace mlserve::server
