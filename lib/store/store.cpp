#include "store/store.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "store/postgres_database.hpp"
#include "store/sqlite_database.hpp"

namespace mlserve::store {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

bool is_postgres(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

}  // namespace

std::unique_ptr<Database> open_database(const std::string& url, const DatabaseOptions& options) {
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size())
    return open_sqlite(url.substr(kSqlite.size()), options);
  if (is_postgres(url)) return open_postgres(url, options);
  // Whatever else it is, there may be a password in it.
  throw Error(ErrorKind::invalid_argument,
              "\"" + shown(url.substr(0, url.find(':'))) +
                  "\" names no store; say sqlite:FILE or postgresql://…");
}

std::unique_ptr<Store> open_store(const std::string& url, const DatabaseOptions& options) {
  return std::make_unique<Store>(open_database(url, options));
}

}  // namespace mlserve::store
