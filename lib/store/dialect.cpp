#include "store/dialect.hpp"

#include "core/error.hpp"

namespace mlserve::store {
namespace {

std::string_view meaning(std::string_view word, const Dialect& dialect) {
  if (word == "now") return dialect.now;
  if (word == "next") return dialect.next;
  if (word == "skip_locked") return dialect.skip_locked;
  if (word == "for_update") return dialect.for_update;
  if (word == "for_share") return dialect.for_share;
  if (word == "bytes") return dialect.bytes;
  if (word == "table_exists $1") return dialect.table_exists;
  throw Error(ErrorKind::internal, "{" + std::string(word) + "} means nothing in SQL");
}

}  // namespace

std::string in_dialect(std::string_view sql, const Dialect& dialect) {
  std::string text;
  for (;;) {
    const std::size_t open = sql.find('{');
    text += sql.substr(0, open);
    if (open == std::string_view::npos) return text;
    const std::size_t close = sql.find('}', open);
    text += meaning(sql.substr(open + 1, close - open - 1), dialect);
    sql.remove_prefix(close + 1);
  }
}

}  // namespace mlserve::store
