#include "server/exchange.hpp"

#include <array>
#include <utility>

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

Exchange::Exchange(const RequestHead& head)
    : body(head),
      framing{.keep_alive = head.keep_alive,
              .head_only = head.method == "HEAD",
              .minor_version = head.minor_version} {}

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
