#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "server/http.hpp"

namespace mlserve::server {

/// A request's place among those that are counted in one number. Given back when the request was
/// answered or its client has gone; before that, when only pieces of the answer are left to be
/// sent, and when it is parked for nothing but news (AtStop::answer). Empty for a request that is
/// not counted.
class Admission {
 public:
  Admission() = default;
  /// Gives back one of `count`, which the caller has raised by it. `count` outlives the place.
  explicit Admission(std::atomic<std::size_t>& count) noexcept : count_(&count) {}
  Admission(Admission&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  Admission& operator=(Admission&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }
  ~Admission() {
    if (count_ != nullptr) count_->fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::size_t>* count_ = nullptr;
};

/// What stays known of a request when its handler has taken it.
struct RequestSummary {
  std::string method;
  std::string path;  ///< percent-decoded, without the query, which may hold secrets
  std::string remote_address;
  std::string request_id;
  std::string trace_parent;
  std::string client;
  std::string origin;            ///< the header Origin, of a web page that asks
  const Route* route = nullptr;  ///< null when no route was found
};

/// An answered request. The references are valid during the call only.
struct RequestReport {
  const RequestSummary& request;  ///< empty when its head could not be read
  const Subject& subject;
  int status = 0;                        ///< 0: the client went away before an answer
  bool whole = true;                     ///< the answer was made to its end
  std::uint64_t body_bytes = 0;          ///< of the request that were read, without framing
  std::uint64_t sent_bytes = 0;          ///< of the answer, head included
  std::chrono::nanoseconds duration{0};  ///< from the first byte of the request
};

/// An error in the form that clients of `path` expect, "" when the path is not known: `status` and
/// a sentence of detail, whole, without a `next_piece`.
using ErrorResponse =
    std::function<Response(std::string_view path, int status, const std::string& detail)>;

/// Looks at a request when its head has come and its route is known, before its body is read. May
/// set Request::client; throws Refusal to turn it away.
using Gate = std::function<Admission(Request&, const Route&)>;

/// Adds headers to an answer that is about to be written.
using Decorator = std::function<void(const RequestSummary&, Response&)>;

/// Told of every answer when it is over.
using Observer = std::function<void(const RequestReport&)>;

/// What is done with every request and answer, whatever its route. All are called on several
/// threads at once, must not wait, and outlive the transport; all but the first may be empty.
struct TransportHooks {
  ErrorResponse error_response;
  Gate gate = {};
  Decorator decorate = {};
  Observer observe = {};
};

}  // namespace mlserve::server
