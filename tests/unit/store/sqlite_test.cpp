// What only a SQLite file does: how it is made, and what happens when it cannot be used.

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch_shim.hpp"

#include "core/uuid.hpp"
#include "store/store.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_stores.hpp"

namespace {

using namespace mlserve;
using namespace mlserve::store;
using namespace std::chrono_literals;
using testing::error_of;
using testing::TemporaryFolder;

NewJob new_job() {
  NewJob job;
  job.id = make_uuid();
  job.kind = "predict";
  job.body = "[{}]";
  return job;
}

/// Statements by a connection of the test's own.
class RawConnection {
 public:
  explicit RawConnection(const std::string& path) {
    REQUIRE(sqlite3_open(path.c_str(), &connection_) == SQLITE_OK);
  }
  ~RawConnection() { sqlite3_close(connection_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void run(const std::string& sql) {
    REQUIRE(sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }

 private:
  sqlite3* connection_ = nullptr;
};

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Error failure(const std::string& path) {
  DatabaseOptions options;
  options.busy_timeout = 50ms;
  const auto error =
      error_of([&] { open_store("sqlite:" + path, options)->jobs().submit(new_job(), {}); });
  REQUIRE(error);
  return *error;
}

}  // namespace

TEST_CASE("A SQLite file is made on first use, for its owner alone", "[store]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("jobs.db");
  const auto store = open_store("sqlite:" + path);
  CHECK_FALSE(store->database().exists());
  CHECK_FALSE(std::filesystem::exists(path));
  store->jobs().submit(new_job(), {});
  CHECK(store->database().exists());
  for (const char* ending : {"", "-wal"}) {
    struct stat status {};
    REQUIRE(::stat((path + ending).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("A SQLite file outlives the process that made it", "[store]") {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file("jobs.db");
  const NewJob job = new_job();
  open_store(url)->jobs().submit(job, {});
  CHECK(open_store(url)->jobs().find(job.id)->status == JobStatus::queued);
}

TEST_CASE("A process that comes and goes takes nothing from one that stays", "[store]") {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file("jobs.db");
  // How many jobs another process sees, which opens the file, looks and ends.
  const auto seen_by_another = [&url] {
    const pid_t child = ::fork();
    if (child == 0) {
      const std::size_t jobs = open_store(url)->jobs().list({}).size();
      ::_exit(static_cast<int>(jobs));
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
  };
  const auto store = open_store(url);
  store->jobs().submit(new_job(), {});        // by one connection,
  CHECK(store->jobs().list({}).size() == 1);  // and looked at by another one
  CHECK(seen_by_another() == 1);
  CHECK(seen_by_another() == 1);
  store->jobs().submit(new_job(), {});
  CHECK(seen_by_another() == 2);
}

TEST_CASE("A database of a newer schema is refused and stays as it is", "[store]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("jobs.db");
  open_store("sqlite:" + path)->jobs().submit(new_job(), {});
  RawConnection(path).run("UPDATE mlserve_meta SET value = 99");
  const Error error = failure(path);
  CHECK(error.kind() == ErrorKind::corrupt);
  CHECK_THAT(error.what(), Catch::Contains("jobs.db") && Catch::Contains("version 99") &&
                               Catch::Contains("newer mlserve"));
}

TEST_CASE("A database of version 1 is upgraded when it is opened", "[store]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("jobs.db");
  open_store("sqlite:" + path)->jobs().submit(new_job(), {});
  RawConnection(path).run(
      "DROP TRIGGER mlserve_version_promoted;"
      "INSERT INTO mlserve_versions VALUES ('churn', 1, 'a', 0, 'job', 0);"
      "UPDATE mlserve_meta SET value = 1");
  const auto store = open_store("sqlite:" + path);
  CHECK(store->jobs().list({}).size() == 1);
  testing::Changes changes;
  store->database().watch(changes.listener());
  REQUIRE(changes.wait_for(Change::Kind::unknown));
  store->models().promote("churn", 1);
  CHECK(changes.wait_for(Change::Kind::models));
}

TEST_CASE("A file of another program is refused", "[store]") {
  const TemporaryFolder folder;
  const std::string text = folder.file("text.db");
  std::ofstream(text) << std::string(2000, 'x');
  const Error no_database = failure(text);
  CHECK(no_database.kind() == ErrorKind::corrupt);
  CHECK_THAT(no_database.what(), Catch::Contains("is no SQLite database"));
  const std::string other = folder.file("other.db");
  RawConnection(other).run("CREATE TABLE bookmarks (url TEXT)");
  const auto before = bytes_of(other);
  const Error foreign = failure(other);
  CHECK(bytes_of(other) == before);
  CHECK(foreign.kind() == ErrorKind::corrupt);
  CHECK_THAT(foreign.what(), Catch::Contains("bookmarks"));
}

TEST_CASE("A database that another process has locked is not available", "[store]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("jobs.db");
  open_store("sqlite:" + path)->jobs().submit(new_job(), {});
  RawConnection other(path);
  other.run("BEGIN IMMEDIATE");
  const Error error = failure(path);
  CHECK(error.kind() == ErrorKind::unavailable);
  CHECK_THAT(error.what(), Catch::Contains("locked by another process"));
}

TEST_CASE("A folder that is not there is named", "[store]") {
  const TemporaryFolder folder;
  CHECK_THAT(failure(folder.file("no/jobs.db")).what(), Catch::Contains("no/jobs.db"));
  CHECK(failure(folder.file("no/jobs.db")).kind() == ErrorKind::not_found);
  CHECK(error_of([] { open_store("mysql://x"); })->kind() == ErrorKind::invalid_argument);
  CHECK(error_of([] { open_store("sqlite::memory:"); })->kind() == ErrorKind::invalid_argument);
  CHECK(error_of([] { open_store("sqlite:"); })->kind() == ErrorKind::invalid_argument);
}

TEST_CASE("What fails in a transaction undoes all of it", "[store]") {
  const TemporaryFolder folder;
  const auto database = open_database("sqlite:" + folder.file("jobs.db"));
  const auto count = [](Connection& connection) {
    return connection.run("SELECT COUNT(*) FROM mlserve_models").rows.front().integer(0);
  };
  const auto add_and_throw = [](Connection& connection) {
    connection.run("INSERT INTO mlserve_models VALUES ('a', 'b', 1)");
    throw std::runtime_error("on purpose");
  };
  CHECK_THROWS_AS(database->write(add_and_throw), std::runtime_error);
  CHECK(database->read(count) == 0);
  CHECK(error_of([&] {
          database->write([](Connection& connection) { connection.run("SELECT {nonsense}"); });
        })->kind() == ErrorKind::internal);
  CHECK(database->read(count) == 0);
}

TEST_CASE("A watcher waits for a file that is not there yet", "[store]") {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file("jobs.db");
  const auto watching = open_store(url);
  std::mutex mutex;
  std::condition_variable changed;
  bool opened = false;
  watching->database().watch([&](const Change& change) {
    const std::lock_guard lock(mutex);
    opened = opened || change.kind == Change::Kind::unknown;
    changed.notify_all();
  });
  open_store(url)->jobs().submit(new_job(), {});
  std::unique_lock lock(mutex);
  CHECK(changed.wait_for(lock, 10s, [&] { return opened; }));
  lock.unlock();
  watching->database().stop_watching();
}

TEST_CASE("Deleted bodies give their room back to the file system", "[store]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("jobs.db");
  const auto store = open_store("sqlite:" + path);
  const BlobId upload = store->jobs().start_upload();
  for (int i = 0; i < 8; ++i)
    store->jobs().append_upload(upload, i, std::string(kMaxPieceBytes, 'x'));
  store->jobs().drop_upload(upload);
  RawConnection(path).run("PRAGMA wal_checkpoint(TRUNCATE)");
  const auto full = std::filesystem::file_size(path);
  while (store->jobs().sweep({})) {
  }
  RawConnection(path).run("PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(std::filesystem::file_size(path) < full / 4);
}
