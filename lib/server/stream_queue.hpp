#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "server/notes.hpp"

namespace mlserve::server {

/// Connections that wait for a thread of a pool, in the order in which they came. Whoever holds the
/// id owns the connection. All calls may run on several threads at once.
class StreamQueue {
 public:
  explicit StreamQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Hands the connection over, unless there are `capacity` already.
  bool offer(ConnectionId connection);

  /// Waits for one. None after `close`.
  std::optional<ConnectionId> take();

  void close();

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ConnectionId> waiting_;
  bool closed_ = false;
};

}  // namespace mlserve::server
