#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "store/change.hpp"

namespace mlserve::store {

/// Bytes as a parameter, where a string_view is text.
struct Bytes {
  std::string_view bytes;
};

/// A value that stands for $1, $2, … during the call; monostate is NULL.
using Parameter = std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes>;

/// One row of a result. The caller knows the columns and their types.
class Row {
 public:
  using Value = std::variant<std::monostate, std::int64_t, double, std::string>;
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  bool is_null(std::size_t column) const {
    return std::holds_alternative<std::monostate>(values_[column]);
  }
  std::int64_t integer(std::size_t column) const { return std::get<std::int64_t>(values_[column]); }
  /// A database may give a whole number as an integer.
  double real(std::size_t column) const {
    const auto* const whole = std::get_if<std::int64_t>(&values_[column]);
    return whole ? static_cast<double>(*whole) : std::get<double>(values_[column]);
  }
  /// Text or bytes; "" for NULL.
  std::string text(std::size_t column) const {
    return is_null(column) ? std::string() : std::get<std::string>(values_[column]);
  }

 private:
  std::vector<Value> values_;
};

struct Result {
  std::vector<Row> rows;
  std::int64_t changed = 0;  ///< rows inserted, updated or deleted
};

/// One connection inside one transaction; for one thread.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Runs one statement, prepared once a connection. Its text may hold what databases write
  /// differently:
  ///   {now}          the database's clock, milliseconds since 1970 (integer)
  ///   {next}         the next sequence number of the queue (integer)
  ///   {skip_locked}  at the end of a subquery: rows that others have locked are passed over
  ///   {for_update}   at the end of a SELECT: the rows are locked until the transaction ends
  ///   {for_share}    at the end of a SELECT: nobody deletes the rows before the transaction ends
  ///   {bytes}        the type of a column of bytes
  ///   {table_exists $1}  1 if there is a table of that name, else 0
  virtual Result run(std::string_view sql, std::initializer_list<Parameter> parameters = {}) = 0;
};

/// A database: connections, transactions, the schema and news of changes. Opened on first use; a
/// SQLite file is made then. All calls may run on several threads at once.
class Database {
 public:
  virtual ~Database() = default;

  /// Whether there is anything to look at without making it: true for a server, for a file whether
  /// it is there.
  virtual bool exists() const = 0;
  /// For messages; shows no password.
  virtual std::string name() const = 0;

  /// Calls `work` in a transaction that other writers do not overlap with (SQLite) or that locks
  /// what it changes (PostgreSQL), and commits; what it throws undoes all. When the connection is
  /// lost, also at the commit, `work` is called a second time on a new connection: it must find out
  /// by itself whether the first time has taken effect.
  /// Throws Error(unavailable) or Error(corrupt) as JobStore says.
  template <class Work>
  auto write(Work&& work) {
    return transact(Access::write, work);
  }
  /// The same for work that only reads, in one consistent state.
  template <class Work>
  auto read(Work&& work) {
    return transact(Access::read, work);
  }

  /// Calls `listener` with what happens from about now on, beginning with Change::unknown as soon
  /// as the database is open; a SQLite file that is not there is waited for, not made.
  virtual void watch(ChangeListener listener) = 0;
  /// Ends all watching; returns when no listener runs any more. The destructor does it, too.
  virtual void stop_watching() = 0;

  /// Gives a part of the room of deleted rows back to the file system, where that has to be asked
  /// for.
  virtual void give_back_space() {}

 protected:
  enum class Access { read, write };
  virtual void run_transaction(Access access, const std::function<void(Connection&)>& work) = 0;

 private:
  template <class Work>
  auto transact(Access access, Work& work) {
    using Value = decltype(work(std::declval<Connection&>()));
    if constexpr (std::is_void_v<Value>) {
      run_transaction(access, [&](Connection& connection) { work(connection); });
    } else {
      std::optional<Value> value;
      run_transaction(access, [&](Connection& connection) { value.emplace(work(connection)); });
      return std::move(*value);
    }
  }
};

struct DatabaseOptions {
  std::chrono::milliseconds clock_shift{0};       ///< added to the database's clock, for tests
  std::chrono::milliseconds busy_timeout{5'000};  ///< for a lock that another process holds
};

/// "sqlite:PATH" or "postgresql://…" (any connection URI of libpq; password also by PGPASSWORD,
/// PGPASSFILE or ~/.pgpass). Does not connect yet. Throws Error(invalid_argument) for another
/// scheme, or when this build has no PostgreSQL.
std::unique_ptr<Database> open_database(const std::string& url,
                                        const DatabaseOptions& options = {});

}  // namespace mlserve::store
