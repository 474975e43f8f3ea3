#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "store/store.hpp"
#include "support/postgres_schema.hpp"
#include "support/temporary_folder.hpp"

namespace mlserve::testing {

/// A new, empty database of one kind, and as many stores on it as a test wants: each is like
/// another process.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;
  virtual std::string url() const = 0;

  std::unique_ptr<store::Store> open(std::chrono::milliseconds clock_shift = {}) const {
    store::DatabaseOptions options;
    options.clock_shift = clock_shift;
    return store::open_store(url(), options);
  }
};

class SqliteTestDatabase final : public TestDatabase {
 public:
  std::string url() const override { return "sqlite:" + folder_.file("store.db"); }

 private:
  TemporaryFolder folder_;
};

class PostgresTestDatabase final : public TestDatabase {
 public:
  std::string url() const override { return schema_.url(); }

 private:
  PostgresSchema schema_;
};

/// The kinds of databases that there are here: "sqlite", and "postgresql" where a server is given.
inline std::vector<std::string> database_kinds() {
  if (!has_postgres()) return {"sqlite"};
  return {"sqlite", "postgresql"};
}

inline std::unique_ptr<TestDatabase> make_database(const std::string& kind) {
  if (kind == "postgresql") return std::make_unique<PostgresTestDatabase>();
  return std::make_unique<SqliteTestDatabase>();
}

/// Collects changes; a test waits for the ones it expects. Listeners may outlive it.
class Changes {
 public:
  store::ChangeListener listener() {
    return [heard = heard_](const store::Change& change) {
      {
        const std::lock_guard lock(heard->mutex);
        heard->changes.push_back(change);
      }
      heard->news.notify_all();
    };
  }

  /// Whether such a change is there or comes within ten seconds. `job` may be empty.
  bool wait_for(store::Change::Kind kind, const std::string& job = {}) {
    std::unique_lock lock(heard_->mutex);
    return heard_->news.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const store::Change& change : heard_->changes) {
        if (change.kind == kind && (job.empty() || change.job == job)) return true;
      }
      return false;
    });
  }

  void forget() {
    const std::lock_guard lock(heard_->mutex);
    heard_->changes.clear();
  }
  bool any() {
    const std::lock_guard lock(heard_->mutex);
    return !heard_->changes.empty();
  }

 private:
  struct Heard {
    std::mutex mutex;
    std::condition_variable news;
    std::vector<store::Change> changes;
  };
  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
};

}  // namespace mlserve::testing

/// Begins a test case that is run once for each kind of database: `database`, and `store` on it.
#define FOR_EACH_DATABASE()                                        \
  const auto database = ::mlserve::testing::make_database(         \
      GENERATE(from_range(::mlserve::testing::database_kinds()))); \
  const auto opened_store = database->open();                      \
  ::mlserve::store::Store& store = *opened_store
