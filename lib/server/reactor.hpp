#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/client_connections.hpp"
#include "server/connection.hpp"
#include "server/connection_table.hpp"
#include "server/stream_queue.hpp"

namespace mlserve::server {

/// The threads of a transport and the connections they serve: workers, which take turns with
/// whatever connection has something to do, and two pools that may wait: one for the bodies of
/// requests, one for the pieces of answers.
class Reactor {
 public:
  /// `context` outlives the reactor.
  explicit Reactor(ConnectionContext& context);

  /// Gives up what still runs, and waits for handlers to return.
  ~Reactor();

  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  void start();

  /// Serves a new connection. Called by one thread, as are `sweep` and `drain`.
  void adopt(std::unique_ptr<Channel> channel, std::string remote_address);

  /// Wakes the connections whose deadline has passed. Returns when to call it again; none while
  /// there is no connection.
  std::optional<std::chrono::milliseconds> sweep();

  /// Takes no more requests; returns when all that had begun were answered or the drain timeout
  /// has passed.
  void drain();

 private:
  void work();
  void serve(StreamQueue& queue, Next (Connection::*turn)(Scratch&));
  Notes settle(ConnectionId id, Connection& connection, Next next, Scratch& scratch);
  void join();

  ConnectionContext& context_;
  ClientConnections clients_;
  ClientConnections turned_away_;  // those that are being told to come later, as of one client
  ConnectionTable table_;
  StreamQueue bodies_;
  StreamQueue pieces_;
  Scratch scratch_;  // of the thread that calls `adopt`
  SteadyTime last_sweep_;
  std::vector<std::thread> threads_;
};

}  // namespace mlserve::server
