#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/database.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mlserve::store {

/// One connection to a SQLite file. For one thread at a time.
class SqliteConnection final : public Connection {
 public:
  /// Opens the file, which is made if need be, readable by its owner alone.
  /// Throws Error(unavailable) or Error(corrupt) naming the file.
  SqliteConnection(const std::string& path, const DatabaseOptions& options);
  ~SqliteConnection() override;

  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  /// Puts the file into WAL mode with `synchronous=FULL`: a commit is on the disk when it returns.
  /// To be called before anything is written, of a file that is ours or empty.
  void make_durable();

  /// How long locks of other processes are waited for, from now on.
  void set_busy_timeout(std::chrono::milliseconds timeout);

  Result run(std::string_view sql, std::initializer_list<Parameter> parameters = {}) override;

  /// Whether a call has failed in a way that a new connection may mend: the file was damaged, moved
  /// or could not be read.
  bool is_broken() const noexcept { return is_broken_; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  void turn_on_log();
  sqlite3_stmt* prepared(std::string_view sql);
  [[noreturn]] void fail(int code);

  std::string path_;
  std::chrono::milliseconds clock_shift_;
  std::chrono::milliseconds busy_timeout_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::unordered_map<std::string, Statement> statements_;  // by their text before translation
  bool is_broken_ = false;
};

}  // namespace mlserve::store
