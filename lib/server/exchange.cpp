#include "server/exchange.hpp"

#include <limits>
#include <utility>

#include "server/collected_body.hpp"
#include "server/gzip_body.hpp"
#include "server/request_id.hpp"
#include "server/trace_parent.hpp"

namespace mlserve::server {
namespace {

/// The body of a request as its handler reads it: unpacked, what was collected first.
class IncomingBody final : public BodyReader {
 public:
  IncomingBody(Exchange& exchange, const BodySource& source)
      : stream_(source, std::exchange(exchange.request.body, {})) {
    if (!exchange.packed) return;
    gzip_.emplace(stream_,
                  UnpackLimits{exchange.route->max_body_bytes, source.options.max_unpack_ratio});
  }

  std::size_t read(std::span<char> buffer) override {
    if (failure_) throw Refusal(*failure_);
    try {
      return gzip_ ? gzip_->read(buffer) : stream_.read(buffer);
    } catch (const Refusal& refusal) {
      failure_ = refusal;
      throw;
    }
  }

  /// Why `read` has thrown, whatever the handler made of it.
  const std::optional<Refusal>& failure() const noexcept { return failure_; }

 private:
  BodyStream stream_;
  std::optional<GzipBody> gzip_;
  std::optional<Refusal> failure_;
};

std::string read_all(BodyReader& body) {
  std::string all;
  collect(body, std::numeric_limits<std::size_t>::max(), all);
  return all;
}

}  // namespace

ParkedAnswer::ParkedAnswer(Parked parked, std::weak_ptr<Poller> poller, ConnectionId connection)
    : parked_(std::move(parked)), woken_(std::make_shared<std::atomic<bool>>(false)) {
  parked_.subscribe(Waker([woken = woken_, poller = std::move(poller), connection] {
    if (woken->exchange(true)) return;
    if (const auto alive = poller.lock()) alive->post(connection, note::kWake);
  }));
}

Exchange::Exchange(const RequestHead& head, SteadyTime first_byte)
    : body(head),
      framing{.keep_alive = head.keep_alive,
              .head_only = head.method == "HEAD",
              .minor_version = head.minor_version},
      begun(first_byte) {}

std::unique_ptr<Exchange> Exchange::of_unreadable_head(SteadyTime first_byte,
                                                       std::string remote_address) {
  auto exchange = std::make_unique<Exchange>(RequestHead{}, first_byte);
  exchange->head_read = false;
  exchange->framing.keep_alive = false;
  exchange->summary.remote_address = std::move(remote_address);
  exchange->summary.request_id = make_request_id();
  return exchange;
}

bool Exchange::unpack(std::size_t max_bytes) {
  auto unpacked = unpack_body(request.body, max_bytes);
  if (!unpacked) return false;
  request.body = *std::move(unpacked);
  packed = false;
  return true;
}

void identify(Request& request) {
  const auto sent = usable_request_id(request.header("X-Request-Id"));
  request.request_id = sent ? std::string(*sent) : make_request_id();
  const std::string_view trace = request.header("traceparent");
  if (is_trace_parent(trace)) request.trace_parent = trace;
}

RequestSummary summary_of(const Request& request) {
  return {request.method,
          request.path,
          request.remote_address,
          request.request_id,
          request.trace_parent,
          request.client,
          std::string(request.header("Origin"))};
}

void complete(Response& response, const RequestSummary& request, const Decorator& decorate) {
  response.headers.emplace_back("X-Request-Id", request.request_id);
  if (decorate) decorate(request, response);
}

void report(const Exchange& exchange, bool whole, SteadyTime now, const Observer& observe) {
  if (!observe) return;
  observe({exchange.summary, exchange.subject, exchange.status, whole,
           exchange.body.payload_bytes(), exchange.sent_bytes, now - exchange.begun});
}

Outcome call_handler(Exchange& exchange, const BodySource& source) {
  Request& request = exchange.request;
  if (!source.decoder.done() || exchange.packed) {
    const auto begin = std::chrono::steady_clock::now();
    IncomingBody body(exchange, source);
    request.body = read_all(body);
    // A slow line does not take from the handler's time.
    request.deadline += std::chrono::steady_clock::now() - begin;
  }
  if (exchange.route->max_body_bytes == 0) request.body.clear();
  return exchange.route->handler(std::move(request));
}

Response call_stream_handler(Exchange& exchange, const BodySource& source) {
  IncomingBody body(exchange, source);
  try {
    Response response = exchange.route->stream_handler(exchange.request, body);
    if (!body.failure()) return response;
  } catch (...) {
    if (!body.failure()) throw;
  }
  throw Refusal(*body.failure());
}

}  // namespace mlserve::server
