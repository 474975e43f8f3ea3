#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>

#include "server/accept_encoding.hpp"
#include "server/body_decoder.hpp"
#include "server/body_stream.hpp"
#include "server/hooks.hpp"
#include "server/http.hpp"
#include "server/notes.hpp"
#include "server/poller.hpp"
#include "server/response_writer.hpp"

namespace mlserve::server {

/// An answer that comes later, and the waker that was given out for it.
class ParkedAnswer {
 public:
  /// Subscribes; the waker posts note::kWake for `connection`.
  ParkedAnswer(Parked parked, std::weak_ptr<Poller> poller, ConnectionId connection);

  bool due(SteadyTime now, bool stopping) const {
    return *woken_ || now >= parked_.until || (stopping && parked_.at_stop == AtStop::answer);
  }
  SteadyTime until() const noexcept { return parked_.until; }
  Response answer() { return parked_.answer(); }

 private:
  Parked parked_;
  // Shared with the wakers: one kept from an earlier request must not wake this one.
  std::shared_ptr<std::atomic<bool>> woken_;
};

/// One request on its way to the end of its answer.
struct Exchange {
  Exchange(const RequestHead& head, SteadyTime begun);

  /// For an answer to what is no request: its end is not known.
  static std::unique_ptr<Exchange> of_unreadable_head(SteadyTime begun, std::string remote_address);

  /// Whether the request was read to its end.
  bool whole() const noexcept { return head_read && body.done(); }

  Request request;
  const Route* route = nullptr;
  BodyDecoder body;
  ResponseFraming framing;
  std::optional<ParkedAnswer> parked;
  std::function<std::string()> next_piece;  ///< of an answer whose head is sent
  SteadyTime begun;                         ///< when its first byte came
  RequestSummary summary;
  Admission admission;
  Subject subject;
  int status = 0;  ///< of the answer, once there is one
  std::uint64_t sent_bytes = 0;
  bool head_read = true;
  bool packed = false;              ///< the body, as long as it has not been unpacked
  std::optional<GzipUse> gzip_use;  ///< of the answer; none: it is not for packing

  /// Unpacks a packed body, which has been collected whole. False, and it stays as it is, when it
  /// unpacks to more than `max_bytes`. Throws Refusal(400) for what cannot be unpacked.
  bool unpack(std::size_t max_bytes);
};

/// Takes up what the client says of the identity of the request, or gives it one.
void identify(Request& request);

/// What of `request` is to be known when its handler has taken it.
RequestSummary summary_of(const Request& request);

/// Gives an answer what every answer has: the id of its request, and what `decorate` adds.
void complete(Response& response, const RequestSummary& request, const Decorator& decorate);

/// Tells `observe`, if it is there, of an exchange that is over; `whole`: the answer was.
void report(const Exchange& exchange, bool whole, SteadyTime now, const Observer& observe);

/// Calls the route's `handler`, which gets the request for good. What of the body has not been
/// collected is read from `source` before. Throws Refusal if the body cannot be read; else what the
/// handler throws.
Outcome call_handler(Exchange& exchange, const BodySource& source);

/// Calls the route's `stream_handler`, which reads `source` behind what has been collected.
/// Throws Refusal if the body could not be read, whatever the handler made of it; else what the
/// handler throws.
Response call_stream_handler(Exchange& exchange, const BodySource& source);

}  // namespace mlserve::server
