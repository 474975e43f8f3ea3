#include "store/sqlite_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sqlite3.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include "core/descriptor.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "store/dialect.hpp"

namespace mlserve::store {
namespace {

constexpr Dialect kDialect = {
    .now = "mlserve_now()",
    .next = "(SELECT COALESCE(MAX(sequence), 0) + 1 FROM mlserve_jobs)",
    .skip_locked = "",  // a writer is alone
    .for_update = "",
    .for_share = "",
    .bytes = "BLOB",
    .table_exists = "COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1"};

/// `mlserve_now()`; its user data is the shift.
void now_function(sqlite3_context* context, int, sqlite3_value**) {
  const auto shift = *static_cast<const std::chrono::milliseconds*>(sqlite3_user_data(context));
  const auto now = std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  sqlite3_result_int64(context, (now + shift).count());
}

/// Makes the file, if it is not there, so that its owner alone may read what clients send; SQLite
/// gives its other files the same rights.
///
/// A file that is there is not even opened: closing it would drop the locks that SQLite's other
/// connections of this process hold on it (POSIX knows no other locks), and another process would
/// take the database for unused and delete the log. For the same reason one thread at a time.
void make_private(const std::string& path) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const Descriptor made(
      ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!made && errno != EEXIST && errno != EACCES && errno != EROFS) {
    throw Error(ErrorKind::unavailable,
                "cannot make the database " + shown(path, 200) + ": " + std::strerror(errno));
  }
}

struct BindParameter {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
  // What is bound outlives the statement's run, so it is not copied. An empty view may point to
  // nothing, which would be NULL.
  int operator()(std::string_view value) const {
    return sqlite3_bind_text64(statement, index, value.empty() ? "" : value.data(), value.size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(Bytes value) const {
    return sqlite3_bind_blob64(statement, index, value.bytes.empty() ? "" : value.bytes.data(),
                               value.bytes.size(), SQLITE_STATIC);
  }
};

Row::Value value_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return std::monostate();
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    default: {
      const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return bytes == nullptr ? std::string() : std::string(bytes, size);
    }
  }
}

Row row_of(sqlite3_stmt* statement) {
  const int columns = sqlite3_column_count(statement);
  std::vector<Row::Value> values(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column)
    values[static_cast<std::size_t>(column)] = value_of(statement, column);
  return Row(std::move(values));
}

/// A statement is ready to be run again when its use is over, however it ends.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  sqlite3_stmt* statement_;
};

std::string reason(int code, sqlite3* connection) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "is locked by another process";
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_READONLY:
      return "is read only";
    case SQLITE_NOTADB:
      return "is no SQLite database";
    case SQLITE_CORRUPT:
      return "is damaged";
    default:
      return connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection);
  }
}

ErrorKind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return ErrorKind::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
      return ErrorKind::unavailable;
    default:
      return ErrorKind::internal;
  }
}

}  // namespace

void SqliteConnection::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

void SqliteConnection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteConnection::SqliteConnection(const std::string& path, const DatabaseOptions& options)
    : path_(path), clock_shift_(options.clock_shift), busy_timeout_(options.busy_timeout) {
  make_private(path);
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(opened);
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(opened, 1);
  set_busy_timeout(busy_timeout_);
  sqlite3_create_function_v2(opened, "mlserve_now", 0, SQLITE_UTF8, &clock_shift_, now_function,
                             nullptr, nullptr, nullptr);
}

void SqliteConnection::make_durable() {
  run("PRAGMA auto_vacuum = INCREMENTAL");  // heeded while the file is empty
  turn_on_log();
  run("PRAGMA synchronous = FULL");
  run("PRAGMA journal_size_limit = 67108864");
}

void SqliteConnection::set_busy_timeout(std::chrono::milliseconds timeout) {
  sqlite3_busy_timeout(connection_.get(), static_cast<int>(timeout.count()));
}

SqliteConnection::~SqliteConnection() = default;

// Of several that open a new file at once one does it, and SQLite lets the others not wait.
void SqliteConnection::turn_on_log() {
  const auto end = std::chrono::steady_clock::now() + busy_timeout_;
  for (;;) {
    try {
      run("PRAGMA journal_mode = WAL");
      return;
    } catch (const Error&) {
      if (is_broken_ || std::chrono::steady_clock::now() >= end) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

Result SqliteConnection::run(std::string_view sql, std::initializer_list<Parameter> parameters) {
  sqlite3_stmt* const statement = prepared(sql);
  const Use use(statement);
  int number = 0;
  for (const Parameter& parameter : parameters) {
    const int index =
        sqlite3_bind_parameter_index(statement, ("$" + std::to_string(++number)).c_str());
    const int code =
        index == 0 ? SQLITE_OK : std::visit(BindParameter{statement, index}, parameter);
    if (code != SQLITE_OK) fail(code);
  }
  Result result;
  const int changes_before = sqlite3_total_changes(connection_.get());
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement))
    result.rows.push_back(row_of(statement));
  if (code != SQLITE_DONE) fail(code);
  if (sqlite3_total_changes(connection_.get()) != changes_before)
    result.changed = sqlite3_changes(connection_.get());
  return result;
}

sqlite3_stmt* SqliteConnection::prepared(std::string_view sql) {
  std::string key(sql);
  const auto known = statements_.find(key);
  if (known != statements_.end()) return known->second.get();
  const std::string text = in_dialect(sql, kDialect);
  sqlite3_stmt* made = nullptr;
  const int code =
      sqlite3_prepare_v3(connection_.get(), text.c_str(), static_cast<int>(text.size()) + 1,
                         SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK) fail(code);
  return statements_.emplace(std::move(key), Statement(made)).first->second.get();
}

void SqliteConnection::fail(int code) {
  const int kind = code & 0xFF;
  is_broken_ =
      is_broken_ || (kind != SQLITE_BUSY && kind != SQLITE_FULL && kind != SQLITE_CONSTRAINT);
  throw Error(kind_of(code),
              "database " + shown(path_, 200) + ": " + reason(code, connection_.get()));
}

}  // namespace mlserve::store
