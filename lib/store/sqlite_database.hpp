#pragma once

#include <memory>
#include <string>

#include "store/database.hpp"

namespace mlserve::store {

/// A database in one SQLite file, for any number of processes on one machine. STORE.md describes
/// the tables.
std::unique_ptr<Database> open_sqlite(std::string path, const DatabaseOptions& options);

}  // namespace mlserve::store
