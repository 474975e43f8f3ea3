#include "store/postgres_database.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "store/postgres_connection.hpp"
#include "store/postgres_connector.hpp"
#include "store/postgres_error.hpp"
#include "store/postgres_feed.hpp"
#include "store/postgres_pool.hpp"
#include "store/schema.hpp"

namespace mlserve::store {
namespace {

constexpr int kMostConflicts = 10;

constexpr const char* kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* kBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED";

// A number that no other program is likely to take: "mlserve" in ASCII.
constexpr const char* kLockOutUpgraders = "SELECT pg_advisory_xact_lock(30800015340500581)";

/// The server tells at the commit, equal words once a transaction. What expires has ended before.
const SchemaAdditions kAdditions = {
    {"CREATE SEQUENCE mlserve_job_sequence"},
    {R"(CREATE FUNCTION mlserve_tell_job() RETURNS trigger LANGUAGE plpgsql AS '
          BEGIN
            PERFORM pg_notify(''mlserve'',
              CASE NEW.status WHEN ''queued'' THEN ''queued ''
                              WHEN ''running'' THEN ''started ''
                              ELSE ''ended '' END || NEW.id);
            RETURN NULL;
          END')",
     R"(CREATE TRIGGER mlserve_job_added AFTER INSERT ON mlserve_jobs
          FOR EACH ROW EXECUTE FUNCTION mlserve_tell_job())",
     R"(CREATE TRIGGER mlserve_job_changed AFTER UPDATE OF status ON mlserve_jobs
          FOR EACH ROW WHEN (OLD.status <> NEW.status AND NEW.status <> 'expired')
          EXECUTE FUNCTION mlserve_tell_job())",
     R"(CREATE FUNCTION mlserve_tell_models() RETURNS trigger LANGUAGE plpgsql AS '
          BEGIN
            PERFORM pg_notify(''mlserve'', ''models'');
            RETURN NULL;
          END')",
     R"(CREATE TRIGGER mlserve_version_added AFTER INSERT ON mlserve_versions
          FOR EACH STATEMENT EXECUTE FUNCTION mlserve_tell_models())"},
    {R"(CREATE TRIGGER mlserve_version_promoted AFTER UPDATE OF promoted ON mlserve_versions
          FOR EACH STATEMENT EXECUTE FUNCTION mlserve_tell_models())"}};

// Asks the catalogue as it is now: to_regclass() may repeat what it said before another process had
// made the table.
constexpr const char* kTableExists =
    "CAST(EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = "
    "ANY (current_schemas(false)) AND tablename = $1) AS INTEGER)";

// The time is that of the statement: clock_timestamp() might change within it, so that no index
// could be used.
std::string now_expression(std::chrono::milliseconds shift) {
  return "(CAST(FLOOR(EXTRACT(EPOCH FROM statement_timestamp()) * 1000) AS BIGINT) + (" +
         std::to_string(shift.count()) + "))";
}

/// A transaction until it is committed; undone by the destructor.
class Transaction {
 public:
  Transaction(PostgresConnection& connection, const char* begin) : connection_(connection) {
    connection_.command(begin);
  }
  ~Transaction() {
    if (!committed_) connection_.roll_back();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    connection_.commit();
    committed_ = true;
  }

 private:
  PostgresConnection& connection_;
  bool committed_ = false;
};

class PostgresDatabase final : public Database {
 public:
  // A lock timeout of zero would be none.
  PostgresDatabase(const std::string& uri, const DatabaseOptions& options)
      : connector_(PostgresUri(uri), std::max(options.busy_timeout, std::chrono::milliseconds(1))),
        now_(now_expression(options.clock_shift)),
        dialect_{.now = now_,
                 .next = "nextval('mlserve_job_sequence')",
                 .skip_locked = "FOR UPDATE SKIP LOCKED",
                 .for_update = "FOR UPDATE",
                 .for_share = "FOR KEY SHARE",
                 .bytes = "BYTEA",
                 .table_exists = kTableExists},
        pool_([this] { return open(); }) {}

  bool exists() const override { return true; }
  std::string name() const override { return connector_.uri().shown(); }

  void watch(ChangeListener listener) override {
    const std::lock_guard lock(feed_mutex_);
    if (feed_ == nullptr) feed_ = std::make_unique<PostgresFeed>(connector_);
    feed_->add(std::move(listener));
  }

  void stop_watching() override {
    const std::lock_guard lock(feed_mutex_);
    feed_.reset();
  }

 private:
  void run_transaction(Access access, const std::function<void(Connection&)>& work) override {
    bool lost = false;
    int conflicts = 0;
    for (;;) {
      try {
        return run_once(access, work);
      } catch (const ConnectionLost&) {
        pool_.forget();
        if (std::exchange(lost, true)) throw;
      } catch (const TransactionConflict&) {
        if (++conflicts == kMostConflicts) throw;
      }
    }
  }

  void run_once(Access access, const std::function<void(Connection&)>& work) {
    const PostgresPool::Lease connection = pool_.take();
    Transaction transaction(*connection, access == Access::read ? kBeginRead : kBeginWrite);
    work(*connection);
    transaction.commit();
  }

  std::unique_ptr<PostgresConnection> open() {
    auto connection =
        std::make_unique<PostgresConnection>(connector_.connect(), connector_.uri(), dialect_);
    if (!schema_is_current_) require_schema(*connection);
    return connection;
  }

  void require_schema(PostgresConnection& connection) {
    {
      Transaction transaction(connection, kBeginRead);
      schema_is_current_ = schema_is_current(connection, name());
      transaction.commit();
    }
    if (schema_is_current_) return;
    Transaction transaction(connection, kBeginWrite);
    connection.command(kLockOutUpgraders);
    upgrade_schema(connection, name(), kAdditions);
    transaction.commit();
    schema_is_current_ = true;
  }

  PostgresConnector connector_;
  const std::string now_;  // what dialect_.now looks at
  const Dialect dialect_;
  std::atomic<bool> schema_is_current_ = false;
  PostgresPool pool_;

  std::mutex feed_mutex_;
  std::unique_ptr<PostgresFeed> feed_;
};

}  // namespace

std::unique_ptr<Database> open_postgres(const std::string& uri, const DatabaseOptions& options) {
  return std::make_unique<PostgresDatabase>(uri, options);
}

}  // namespace mlserve::store
