#include "store/postgres_pool.hpp"

#include <utility>

namespace mlserve::store {

PostgresPool::Lease::~Lease() {
  if (connection_ != nullptr) pool_.give_back(std::move(connection_), generation_);
}

PostgresPool::Lease PostgresPool::take() {
  std::unique_lock lock(mutex_);
  given_back_.wait(lock, [&] { return taken_ < kMost; });
  ++taken_;
  const std::uint64_t generation = generation_;
  std::unique_ptr<PostgresConnection> connection;
  if (!idle_.empty()) {
    connection = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(connection), generation};
  }
  lock.unlock();
  try {
    return {*this, open_(), generation};
  } catch (...) {
    give_back(nullptr, generation);
    throw;
  }
}

void PostgresPool::forget() {
  std::vector<std::unique_ptr<PostgresConnection>> lost;
  const std::lock_guard lock(mutex_);
  ++generation_;
  lost.swap(idle_);
}

void PostgresPool::give_back(std::unique_ptr<PostgresConnection> connection,
                             std::uint64_t generation) {
  const bool usable = connection != nullptr && connection->is_idle();
  {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (usable && generation == generation_) idle_.push_back(std::move(connection));
  }
  given_back_.notify_one();
}

}  // namespace mlserve::store
