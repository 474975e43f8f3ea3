#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "store/postgres_connection.hpp"

namespace mlserve::store {

/// Connections of one database for many threads, each used by one at a time. All calls may run on
/// several threads at once.
class PostgresPool {
 public:
  using Open = std::function<std::unique_ptr<PostgresConnection>()>;

  /// A connection until the end of the lease, then the pool's again, unless it is of no more use.
  class Lease {
   public:
    ~Lease();
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;

    PostgresConnection& operator*() const noexcept { return *connection_; }
    PostgresConnection* operator->() const noexcept { return connection_.get(); }

   private:
    friend class PostgresPool;
    Lease(PostgresPool& pool, std::unique_ptr<PostgresConnection> connection,
          std::uint64_t generation)
        : pool_(pool), connection_(std::move(connection)), generation_(generation) {}

    PostgresPool& pool_;
    std::unique_ptr<PostgresConnection> connection_;
    std::uint64_t generation_;
  };

  /// `open` makes a connection, on whichever thread wants one.
  explicit PostgresPool(Open open) : open_(std::move(open)) {}

  /// An idle connection, else a new one, else (when kMost are busy) the first that is given back.
  /// Throws what `open` throws.
  Lease take();

  /// A connection was lost: the others that were made until now are probably lost, too, and none
  /// of them is given out again.
  void forget();

 private:
  // So many transactions do not run side by side on one server's disk; more would only take memory.
  static constexpr std::size_t kMost = 16;

  void give_back(std::unique_ptr<PostgresConnection> connection, std::uint64_t generation);

  const Open open_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  std::size_t taken_ = 0;
  std::uint64_t generation_ = 0;  // how often connections were lost
};

}  // namespace mlserve::store
