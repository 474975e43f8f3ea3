#include "server/reactor.hpp"

#include <algorithm>
#include <utility>

namespace mlserve::server {
namespace {

using Clock = std::chrono::steady_clock;

// How late a deadline may be seen. A sweep over 10,000 connections takes some 20 microseconds.
constexpr std::chrono::milliseconds kSweepInterval{50};

// Connections above `max_connections` that are being told so.
constexpr std::size_t kTurnedAwayConnections = 64;

Refusal come_again(int status, const char* detail) {
  return {status, detail, {{"Retry-After", "1"}}};
}

// A turn fails only when memory is short: that costs the one connection.
template <class Turn>
Next guarded(Turn&& turn) {
  try {
    return turn();
  } catch (...) {
    return Next::close;
  }
}

unsigned worker_count(unsigned wanted) {
  return wanted > 0 ? wanted : std::max(2U, std::thread::hardware_concurrency());
}

}  // namespace

Reactor::Reactor(ConnectionContext& context)
    : context_(context),
      clients_(context.options.max_connections_per_client),
      turned_away_(kTurnedAwayConnections),
      table_(context.options.max_connections + kTurnedAwayConnections),
      bodies_(context.options.max_waiting_streams),
      // Every connection finds a place: an answer that has begun is not refused.
      pieces_(context.options.max_connections + kTurnedAwayConnections) {}

Reactor::~Reactor() {
  context_.aborted = true;
  join();
}

void Reactor::start() {
  for (unsigned i = worker_count(context_.options.workers); i > 0; --i) {
    threads_.emplace_back([this] { work(); });
  }
  for (unsigned i = context_.options.stream_workers; i > 0; --i) {
    threads_.emplace_back([this] { serve(bodies_, &Connection::stream_body); });
  }
  for (unsigned i = context_.options.answer_workers; i > 0; --i) {
    threads_.emplace_back([this] { serve(pieces_, &Connection::send_piece); });
  }
}

void Reactor::adopt(std::unique_ptr<Channel> channel, std::string remote_address) {
  auto place = clients_.enter(remote_address);
  std::optional<Refusal> refusal;
  if (!place) refusal = come_again(429, "this client has too many connections");
  if (table_.size() >= context_.options.max_connections) {
    refusal = come_again(503, "the server has too many connections");
  }
  if (refusal) place = turned_away_.enter("any");
  if (!place) return;  // even the places of those to be turned away are taken
  ConnectionId id = 0;
  Connection* const connection = table_.add([&](ConnectionId given) {
    id = given;
    return std::make_unique<Connection>(context_, id, std::move(channel), std::move(remote_address),
                                        *std::move(place));
  });
  if (!connection) return;
  Next next = Next::wait;
  if (!context_.poller->watch(connection->channel().socket(), id)) next = Next::close;
  if (refusal && next == Next::wait) next = connection->turn_away(*refusal, scratch_);
  if (const Notes notes = settle(id, *connection, next, scratch_)) {
    context_.poller->post(id, notes);
  }
}

std::optional<std::chrono::milliseconds> Reactor::sweep() {
  if (table_.size() == 0) return std::nullopt;
  const SteadyTime now = Clock::now();
  if (now - last_sweep_ >= kSweepInterval) {
    last_sweep_ = now;
    context_.poller->probe(now);
    table_.take_overdue(now, [this](ConnectionId id) { context_.poller->post(id, note::kTimer); });
  }
  return kSweepInterval;
}

void Reactor::drain() {
  const SteadyTime end = Clock::now() + context_.options.drain_timeout;
  context_.winding_down = context_.stopping = true;
  table_.for_each([this](ConnectionId id) { context_.poller->post(id, note::kStop); });
  while (table_.size() > 0 && Clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    sweep();
  }
  if (table_.size() == 0) join();
}

void Reactor::work() {
  Scratch scratch;
  while (const auto event = context_.poller->wait()) {
    Notes notes = event->notes;
    while (notes != 0) {
      Connection* const connection = table_.acquire(event->connection, notes);
      if (!connection) break;
      const Next next = guarded([&] { return connection->advance(notes, scratch); });
      notes = settle(event->connection, *connection, next, scratch);
    }
  }
}

void Reactor::serve(StreamQueue& queue, Next (Connection::*turn)(Scratch&)) {
  Scratch scratch;
  while (const auto id = queue.take()) {
    Connection* const connection = table_.owned(*id);
    const Next next = guarded([&] { return (connection->*turn)(scratch); });
    if (const Notes notes = settle(*id, *connection, next, scratch)) {
      context_.poller->post(*id, notes);
    }
  }
}

// Ends the ownership of the connection as its turn demands. Returns the notes left meanwhile.
Notes Reactor::settle(ConnectionId id, Connection& connection, Next next, Scratch& scratch) {
  if (next == Next::stream || next == Next::piece) {
    table_.set_deadline(id, connection.deadline());
    StreamQueue& queue = next == Next::stream ? bodies_ : pieces_;
    if (queue.offer(id)) return 0;  // and the connection may be gone by now
    next = connection.turn_away(come_again(503, "too many large bodies are on their way"), scratch);
  }
  if (next == Next::close) {
    table_.remove(id);
    return 0;
  }
  table_.set_deadline(id, connection.deadline());
  const Notes notes = table_.release(id);
  if (next == Next::resume) context_.poller->post(id, note::kResume);
  return notes;
}

void Reactor::join() {
  context_.poller->quit();
  bodies_.close();
  pieces_.close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace mlserve::server
