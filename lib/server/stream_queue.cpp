#include "server/stream_queue.hpp"

namespace mlserve::server {

bool StreamQueue::offer(ConnectionId connection) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= capacity_) return false;
    waiting_.push_back(connection);
  }
  changed_.notify_one();
  return true;
}

std::optional<ConnectionId> StreamQueue::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
  if (closed_) return std::nullopt;
  const ConnectionId connection = waiting_.front();
  waiting_.pop_front();
  return connection;
}

void StreamQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace mlserve::server
