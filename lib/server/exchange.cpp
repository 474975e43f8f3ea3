#include "server/exchange.hpp"

#include <array>
#include <utility>

#include "server/request_id.hpp"
#include "server/trace_parent.hpp"

namespace mlserve::server {
namespace {

std::string collect(BodyStream& rest, std::string collected) {
  std::array<char, std::size_t{16} << 10> piece;
  while (const std::size_t bytes = rest.read(piece)) collected.append(piece.data(), bytes);
  return collected;
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
  if (!source.decoder.done()) {
    const auto begin = std::chrono::steady_clock::now();
    BodyStream rest(source, {});
    request.body = collect(rest, std::move(request.body));
    // A slow line does not take from the handler's time.
    request.deadline += std::chrono::steady_clock::now() - begin;
  }
  if (exchange.route->max_body_bytes == 0) request.body.clear();
  return exchange.route->handler(std::move(request));
}

Response call_stream_handler(Exchange& exchange, const BodySource& source) {
  BodyStream body(source, std::exchange(exchange.request.body, {}));
  try {
    Response response = exchange.route->stream_handler(exchange.request, body);
    if (!body.failure()) return response;
  } catch (...) {
    if (!body.failure()) throw;
  }
  throw Refusal(*body.failure());
}

}  // namespace mlserve::server
