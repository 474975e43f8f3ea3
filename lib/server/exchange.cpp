#include "server/exchange.hpp"

#include <array>
#include <utility>

namespace mlserve::server {
namespace {

Response call_stream_handler(Exchange& exchange, BodyStream& body) {
  try {
    Response response = exchange.route->stream_handler(exchange.request, body);
    if (!body.failure()) return response;
  } catch (...) {
    if (!body.failure()) throw;
  }
  throw Refusal(*body.failure());
}

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

Outcome call_handler(Exchange& exchange, const BodySource& source) {
  std::string& body = exchange.request.body;
  if (exchange.route->stream_handler) {
    BodyStream stream(source, std::exchange(body, {}));
    return call_stream_handler(exchange, stream);
  }
  if (!source.decoder.done()) {
    BodyStream rest(source, {});
    body = collect(rest, std::move(body));
  }
  if (exchange.route->max_body_bytes == 0) body.clear();
  return exchange.route->handler(exchange.request);
}

}  // namespace mlserve::server
