#pragma once

#include <memory>
#include <string>

#include "store/database.hpp"

namespace mlserve::store {

/// A database on a PostgreSQL server, for any number of processes on any number of machines; `uri`
/// is a connection URI of libpq. Writes are READ COMMITTED, so statements lock what they change;
/// reads see one state (REPEATABLE READ). STORE.md describes the tables.
/// Throws Error(invalid_argument) for what is no such URI, or when PostgreSQL was left out of this
/// build; Error(unavailable) when the system has no libpq.
std::unique_ptr<Database> open_postgres(const std::string& uri, const DatabaseOptions& options);

}  // namespace mlserve::store
