#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mlserve::store {

/// The connection is gone, and with it its transaction: undone, or committed if the loss was at
/// the COMMIT. On a new connection all can be tried again.
class ConnectionLost : public Error {
 public:
  explicit ConnectionLost(const std::string& message) : Error(ErrorKind::unavailable, message) {}
};

/// The server has undone the transaction because of others that run (a deadlock, say): again.
class TransactionConflict : public Error {
 public:
  explicit TransactionConflict(const std::string& message)
      : Error(ErrorKind::unavailable, message) {}
};

/// A statement or a connection that failed.
struct PostgresFailure {
  bool connected = true;   ///< whether there still is a connection
  std::string_view state;  ///< SQLSTATE; empty when libpq, not the server, reports
  std::string message;
};

/// Throws what `failure` means for a caller: one of the above, Error(unavailable) when somebody
/// can mend it and the same call then works, Error(invalid_data) for text that is not UTF-8,
/// Error(corrupt), Error(internal). `database` is its name for messages.
[[noreturn]] void throw_postgres_error(const std::string& database, const PostgresFailure& failure);

}  // namespace mlserve::store
