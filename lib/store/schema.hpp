#pragma once

#include <initializer_list>
#include <string>

#include "store/database.hpp"

namespace mlserve::store {

/// What one kind of database adds to the tables: its sequence and the triggers that tell of
/// changes.
struct SchemaAdditions {
  std::initializer_list<const char*> before;    ///< statements before the tables of version 1
  std::initializer_list<const char*> after;     ///< and behind them
  std::initializer_list<const char*> version2;  ///< it tells of promotions, too
};

/// Whether the tables are there in the version that this program knows. Throws Error(corrupt),
/// naming `database`, when they are of a newer one.
bool schema_is_current(Connection& connection, const std::string& database);

/// Makes the tables, or brings them to the newest version, in the caller's transaction. STORE.md
/// describes them.
void upgrade_schema(Connection& connection, const std::string& database,
                    const SchemaAdditions& additions);

}  // namespace mlserve::store
