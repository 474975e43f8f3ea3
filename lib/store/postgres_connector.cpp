#include "store/postgres_connector.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "core/error.hpp"
#include "store/postgres_error.hpp"

namespace mlserve::store {
namespace {

using std::chrono::steady_clock;

struct OptionsFree {
  void operator()(PQconninfoOption* options) const { libpq().PQconninfoFree(options); }
};
struct MessageFree {
  void operator()(char* message) const { libpq().PQfreemem(message); }
};

void require_valid(const PostgresUri& uri) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, OptionsFree> options(
      libpq().PQconninfoParse(uri.text().c_str(), &problem));
  const std::unique_ptr<char, MessageFree> message(problem);
  if (options == nullptr) {
    throw Error(ErrorKind::invalid_argument,
                uri.shown() + ": " + uri.scrub(problem == nullptr ? "no memory" : problem));
  }
}

void ignore_notice(void* /*unused*/, const char* /*message*/) {}

}  // namespace

PostgresConnector::PostgresConnector(PostgresUri uri, std::chrono::milliseconds lock_timeout)
    : uri_(std::move(uri)), lock_timeout_(lock_timeout) {
  require_valid(uri_);
}

PgConnectionHandle PostgresConnector::connect() {
  begin_try();
  try {
    PgConnectionHandle connection = open();
    end_try("");
    return connection;
  } catch (const Error& error) {
    end_try(error.what());
  }
  const std::lock_guard lock(mutex_);
  refuse();
}

// What the URI says overrides what stands before it and is overridden by what stands behind. A
// host that is gone without a word is noticed after 10 s of unanswered sending, or 25 s of silence.
PgConnectionHandle PostgresConnector::open() const {
  constexpr std::array kKeywords = {"fallback_application_name",
                                    "connect_timeout",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "tcp_user_timeout",
                                    "dbname",
                                    "client_encoding",
                                    static_cast<const char*>(nullptr)};
  const std::array values = {"mlserve",
                             "5",
                             "10",
                             "5",
                             "3",
                             "10000",
                             uri_.text().c_str(),
                             "UTF8",
                             static_cast<const char*>(nullptr)};
  static_assert(kKeywords.size() == values.size());
  constexpr int kExpandDbname = 1;
  PgConnectionHandle connection(
      libpq().PQconnectdbParams(kKeywords.data(), values.data(), kExpandDbname));
  if (connection == nullptr) throw Error(ErrorKind::unavailable, "no memory");
  if (libpq().PQstatus(connection.get()) != CONNECTION_OK) {
    throw Error(ErrorKind::unavailable, uri_.scrub(libpq().PQerrorMessage(connection.get())));
  }
  libpq().PQsetNoticeProcessor(connection.get(), ignore_notice, nullptr);
  apply_settings(*connection);
  return connection;
}

// By statements, so that `options` in the URI keeps its meaning; what somebody has set on purpose
// stays. What was acknowledged is durable. A process that was paused in a transaction holds its
// locks no longer than some seconds: others wait for its job.
void PostgresConnector::apply_settings(PGconn& connection) const {
  const std::string lock_timeout = std::to_string(lock_timeout_.count());
  const std::string settings =
      "SELECT set_config(name, value, false) FROM (VALUES ('statement_timeout', '0', '60s'), "
      "('idle_in_transaction_session_timeout', '0', '3s'), ('lock_timeout', '0', '" +
      lock_timeout +
      "'), ('synchronous_commit', 'off', 'on')) AS wanted (name, unwanted, value) "
      "WHERE current_setting(name) = unwanted";
  const PgResultHandle result(libpq().PQexec(&connection, settings.c_str()));
  if (libpq().PQresultStatus(result.get()) != PGRES_TUPLES_OK)
    throw Error(ErrorKind::unavailable, uri_.scrub(libpq().PQerrorMessage(&connection)));
}

void PostgresConnector::begin_try() {
  const std::lock_guard lock(mutex_);
  if (retrying_ || until_next_try().count() > 0) refuse();
  retrying_ = !problem_.empty();
}

void PostgresConnector::end_try(const std::string& problem) {
  const std::lock_guard lock(mutex_);
  retrying_ = false;
  problem_ = problem;
  if (problem.empty()) {
    backoff_.succeeded();
    next_try_ = {};
  } else {
    next_try_ = steady_clock::now() + backoff_.failed();
  }
}

std::chrono::milliseconds PostgresConnector::until_next_try() const {
  const auto remaining =
      std::chrono::ceil<std::chrono::milliseconds>(next_try_ - steady_clock::now());
  return std::max(remaining, std::chrono::milliseconds::zero());
}

void PostgresConnector::refuse() const {
  throw Error(ErrorKind::unavailable, "cannot reach " + uri_.shown() + ": " + problem_ +
                                          "; next try in " +
                                          std::to_string(until_next_try().count()) + " ms");
}

}  // namespace mlserve::store
