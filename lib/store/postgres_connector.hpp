#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "core/backoff.hpp"
#include "store/libpq.hpp"
#include "store/postgres_uri.hpp"

namespace mlserve::store {

/// Makes connections to one database. While it cannot be reached, most calls fail at once: one of
/// them at a time tries, and only when the backoff is over. All calls may run on several threads
/// at once.
class PostgresConnector {
 public:
  /// `lock_timeout` is how long a statement waits for a lock of another transaction.
  /// Throws Error(unavailable) without libpq, Error(invalid_argument) for what is no URI.
  PostgresConnector(PostgresUri uri, std::chrono::milliseconds lock_timeout);

  const PostgresUri& uri() const noexcept { return uri_; }

  /// A new connection, ready for statements. Throws Error(unavailable).
  PgConnectionHandle connect();

 private:
  PgConnectionHandle open() const;
  void apply_settings(PGconn& connection) const;
  void begin_try();
  void end_try(const std::string& problem);
  std::chrono::milliseconds until_next_try() const;
  [[noreturn]] void refuse() const;

  const PostgresUri uri_;
  const std::chrono::milliseconds lock_timeout_;

  std::mutex mutex_;
  Backoff backoff_;
  std::chrono::steady_clock::time_point next_try_;  // in the past after a success
  bool retrying_ = false;  // one thread finds out whether the server is back
  std::string problem_;    // of the latest try
};

}  // namespace mlserve::store
