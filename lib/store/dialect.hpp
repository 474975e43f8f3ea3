#pragma once

#include <string>
#include <string_view>

namespace mlserve::store {

/// What databases write differently, for the words that Connection::run and the schema know.
struct Dialect {
  std::string_view now;          ///< {now}
  std::string_view next;         ///< {next}
  std::string_view skip_locked;  ///< {skip_locked}
  std::string_view for_update;   ///< {for_update}
  std::string_view for_share;    ///< {for_share}
  std::string_view bytes;        ///< {bytes}, a column's type
  std::string_view
      table_exists;  ///< {table_exists $1}: whether there is a table of that name, 0 or 1
};

/// `sql` with its {words} replaced. Throws Error(internal) for a word that is not known.
std::string in_dialect(std::string_view sql, const Dialect& dialect);

}  // namespace mlserve::store
