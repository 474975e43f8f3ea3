#include "store/sqlite_database.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "store/schema.hpp"
#include "store/sqlite_connection.hpp"
#include "store/sqlite_feed.hpp"
#include "store/timed_mutex.hpp"

namespace mlserve::store {
namespace {

/// Readers beyond these are closed after use.
constexpr std::size_t kKeptReaders = 8;

/// Free pages that are given back in one transaction: 4 MiB.
constexpr const char* kVacuum = "PRAGMA incremental_vacuum(1024)";

/// SQLite tells of a change in the file, but not of which: each change of a job gets a number.
const SchemaAdditions kAdditions = {
    {},
    {"CREATE TABLE mlserve_changes (jobs BIGINT NOT NULL, models BIGINT NOT NULL)",
     "INSERT INTO mlserve_changes VALUES (0, 0)",
     "ALTER TABLE mlserve_jobs ADD COLUMN changed BIGINT NOT NULL DEFAULT 0",
     "CREATE INDEX mlserve_jobs_changed ON mlserve_jobs (changed)",
     "CREATE TRIGGER mlserve_job_added AFTER INSERT ON mlserve_jobs BEGIN "
     "UPDATE mlserve_changes SET jobs = jobs + 1; "
     "UPDATE mlserve_jobs SET changed = (SELECT jobs FROM mlserve_changes) WHERE id = NEW.id; END",
     "CREATE TRIGGER mlserve_job_changed AFTER UPDATE OF status ON mlserve_jobs BEGIN "
     "UPDATE mlserve_changes SET jobs = jobs + 1; "
     "UPDATE mlserve_jobs SET changed = (SELECT jobs FROM mlserve_changes) WHERE id = NEW.id; END",
     "CREATE TRIGGER mlserve_version_added AFTER INSERT ON mlserve_versions BEGIN "
     "UPDATE mlserve_changes SET models = models + 1; END"},
    {"CREATE TRIGGER mlserve_version_promoted AFTER UPDATE OF promoted ON mlserve_versions BEGIN "
     "UPDATE mlserve_changes SET models = models + 1; END"}};

/// BEGIN … COMMIT, or ROLLBACK.
template <class Work>
void in_transaction(Connection& connection, const char* begin, Work&& work) {
  connection.run(begin);
  try {
    work(connection);
    connection.run("COMMIT");
  } catch (...) {
    try {
      connection.run("ROLLBACK");
    } catch (const Error&) {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw;
  }
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, const DatabaseOptions& options)
      : path_(std::move(path)), options_(options) {}

  bool exists() const override {
    std::error_code ignored;
    return std::filesystem::exists(path_, ignored);
  }

  std::string name() const override { return "sqlite:" + shown(path_, 200); }

  void watch(ChangeListener listener) override {
    const std::lock_guard lock(feed_mutex_);
    if (!feed_) feed_ = std::make_unique<SqliteFeed>(path_, [this] { return open(); });
    feed_->add(std::move(listener));
  }

  void stop_watching() override {
    const std::lock_guard lock(feed_mutex_);
    feed_.reset();
  }

  void give_back_space() override {
    const std::lock_guard lock(write_mutex_);
    if (writer_) writer_->run(kVacuum);
  }

 private:
  using Handle = std::unique_ptr<SqliteConnection>;

  void run_transaction(Access access, const std::function<void(Connection&)>& work) override {
    if (access == Access::write) {
      write_alone(work);
    } else {
      read_beside_others(work);
    }
  }

  // The threads of this process take turns here, where waiting is cheap; other processes are met
  // at BEGIN IMMEDIATE. Both together take no longer than the busy timeout.
  void write_alone(const std::function<void(Connection&)>& work) {
    const auto end = std::chrono::steady_clock::now() + options_.busy_timeout;
    const std::unique_lock lock(write_mutex_, end);
    if (!lock)
      throw Error(ErrorKind::unavailable, name() + ": is busy, or locked by another process");
    if (!writer_) writer_ = open();
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    writer_->set_busy_timeout(std::max(left, std::chrono::milliseconds(1)));
    try {
      in_transaction(*writer_, "BEGIN IMMEDIATE", work);
      SqliteFeed::ring(path_);
    } catch (...) {
      if (writer_->is_broken()) writer_.reset();
      throw;
    }
  }

  void read_beside_others(const std::function<void(Connection&)>& work) {
    Handle reader = take_reader();
    if (!reader) reader = open();
    in_transaction(*reader, "BEGIN", work);
    const std::lock_guard lock(mutex_);
    if (readers_.size() < kKeptReaders) readers_.push_back(std::move(reader));
  }

  Handle take_reader() {
    const std::lock_guard lock(mutex_);
    if (readers_.empty()) return nullptr;
    Handle reader = std::move(readers_.back());
    readers_.pop_back();
    return reader;
  }

  Handle open() const {
    auto connection = std::make_unique<SqliteConnection>(path_, options_);
    const bool is_current = schema_is_current(*connection, name());
    if (!is_current) require_ours(*connection);
    connection->make_durable();
    if (!is_current) {
      in_transaction(*connection, "BEGIN IMMEDIATE",
                     [this](Connection& c) { upgrade_schema(c, name(), kAdditions); });
    }
    return connection;
  }

  /// A file with other tables is another program's.
  void require_ours(Connection& connection) const {
    const Result foreign = connection.run(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'mlserve_%' AND "
        "name NOT LIKE 'sqlite_%' LIMIT 1");
    if (foreign.rows.empty()) return;
    throw Error(ErrorKind::corrupt, name() +
                                        ": is a database of another program; it has a table '" +
                                        shown(foreign.rows.front().text(0)) + "'");
  }

  const std::string path_;
  const DatabaseOptions options_;
  TimedMutex write_mutex_;  ///< guards writer_
  Handle writer_;
  std::mutex mutex_;  ///< guards readers_
  std::vector<Handle> readers_;
  std::mutex feed_mutex_;  ///< guards feed_
  std::unique_ptr<SqliteFeed> feed_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite(std::string path, const DatabaseOptions& options) {
  if (path.starts_with(':') || path.starts_with("file:")) {
    throw Error(ErrorKind::invalid_argument,
                "sqlite:" + shown(path) + ": a store is a file, said by its path");
  }
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorKind::not_found, "sqlite:" + shown(path, 200) + ": the folder " +
                                          shown(folder.string(), 200) + " is not there");
  }
  return std::make_unique<SqliteDatabase>(std::move(path), options);
}

}  // namespace mlserve::store
