#include "store/postgres_connection.hpp"

#include "core/error.hpp"
#include "store/postgres_error.hpp"
#include "store/postgres_values.hpp"

namespace mlserve::store {
namespace {

constexpr int kBinaryResult = 1;

std::string_view field(const PGresult* result, int code) {
  const char* text = libpq().PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

PostgresConnection::PostgresConnection(PgConnectionHandle connection, const PostgresUri& uri,
                                       const Dialect& dialect)
    : connection_(std::move(connection)), uri_(uri), dialect_(dialect) {}

Result PostgresConnection::run(std::string_view sql, std::initializer_list<Parameter> parameters) {
  const PostgresParameters given(parameters);
  const std::string& statement = prepared(sql, given);
  const PgResultHandle result(libpq().PQexecPrepared(connection_.get(), statement.c_str(),
                                                     given.count(), given.values(), given.lengths(),
                                                     given.formats(), kBinaryResult));
  require_success(result.get());
  return read_result(*result);
}

std::string PostgresConnection::command(const char* sql) {
  const PgResultHandle result(libpq().PQexec(connection_.get(), sql));
  require_success(result.get());
  return libpq().PQcmdStatus(result.get());
}

void PostgresConnection::commit() {
  if (command("COMMIT") != "COMMIT")
    throw Error(ErrorKind::internal, uri_.shown() + ": a statement had failed before the commit");
}

void PostgresConnection::roll_back() noexcept {
  const PgResultHandle ignored(libpq().PQexec(connection_.get(), "ROLLBACK"));
}

bool PostgresConnection::is_idle() const {
  return libpq().PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
}

const std::string& PostgresConnection::prepared(std::string_view sql,
                                                const PostgresParameters& parameters) {
  if (const auto known = prepared_.find(sql); known != prepared_.end()) return known->second;
  const std::string statement = "s" + std::to_string(prepared_.size());
  const PgResultHandle result(libpq().PQprepare(connection_.get(), statement.c_str(),
                                                in_dialect(sql, dialect_).c_str(),
                                                parameters.count(), parameters.types()));
  require_success(result.get());
  return prepared_.emplace(sql, statement).first->second;
}

void PostgresConnection::require_success(const PGresult* result) const {
  const ExecStatusType status = libpq().PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(result);
}

void PostgresConnection::fail(const PGresult* result) const {
  const std::string_view message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  throw_postgres_error(
      uri_.shown(),
      {.connected = libpq().PQstatus(connection_.get()) == CONNECTION_OK,
       .state = field(result, PG_DIAG_SQLSTATE),
       .message = uri_.scrub(message.empty() ? libpq().PQerrorMessage(connection_.get())
                                             : std::string(message))});
}

}  // namespace mlserve::store
