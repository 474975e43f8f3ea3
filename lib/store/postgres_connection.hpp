#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "store/database.hpp"
#include "store/dialect.hpp"
#include "store/libpq.hpp"
#include "store/postgres_uri.hpp"

namespace mlserve::store {

class PostgresParameters;

/// One connection, with the statements that were prepared on it. Throws ConnectionLost,
/// TransactionConflict and what else throw_postgres_error says.
class PostgresConnection : public Connection {
 public:
  /// `uri` (for messages) and `dialect` outlive the connection.
  PostgresConnection(PgConnectionHandle connection, const PostgresUri& uri, const Dialect& dialect);

  Result run(std::string_view sql, std::initializer_list<Parameter> parameters) override;

  /// BEGIN, LISTEN and what else needs no parameters and is not worth preparing. Returns the
  /// server's word for what it did: "BEGIN".
  std::string command(const char* sql);
  /// Throws Error(internal) when a statement had failed before: then nothing is committed.
  void commit();
  /// Never throws; whether it worked shows in `is_idle`.
  void roll_back() noexcept;

  /// Whether it is connected, as far as is known, and in no transaction.
  bool is_idle() const;

  PGconn& handle() noexcept { return *connection_; }

 private:
  const std::string& prepared(std::string_view sql, const PostgresParameters& parameters);
  void require_success(const PGresult* result) const;
  [[noreturn]] void fail(const PGresult* result) const;

  PgConnectionHandle connection_;
  const PostgresUri& uri_;
  const Dialect& dialect_;
  std::map<std::string, std::string, std::less<>> prepared_;  // names by the text of `run`
};

}  // namespace mlserve::store
