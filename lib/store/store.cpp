#include "store/store.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "store/sqlite_database.hpp"

namespace mlserve::store {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

}  // namespace

std::unique_ptr<Database> open_database(const std::string& url, const DatabaseOptions& options) {
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size())
    return open_sqlite(url.substr(kSqlite.size()), options);
  throw Error(ErrorKind::invalid_argument,
              "\"" + shown(url) + "\" names no store; say sqlite:FILE or postgresql://…");
}

std::unique_ptr<Store> open_store(const std::string& url, const DatabaseOptions& options) {
  return std::make_unique<Store>(open_database(url, options));
}

}  // namespace mlserve::store
