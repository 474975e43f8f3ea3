#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "store/database.hpp"

namespace mlserve::testing {

/// Whether MLSERVE_TEST_POSTGRESQL names a server, which CTest has started …
bool has_postgres();
/// … and the folder of its socket.
std::string postgres_folder();

/// Makes the server's socket appear in `folder`, where there was none.
void let_postgres_into(const std::string& folder);

/// A schema of its own on that server, so that tests do not meet; dropped in the end.
class PostgresSchema {
 public:
  PostgresSchema();
  ~PostgresSchema();
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;

  /// For open_database: the schema is the search path, and its name that of the application.
  std::string url() const { return url_of(postgres_folder()); }
  /// The same through another folder's socket.
  std::string url_of(const std::string& folder) const;

  /// From another connection: how many others are in this schema …
  std::int64_t connections();
  /// … and their end.
  void terminate_connections();

 private:
  std::string name_;
  std::unique_ptr<store::Database> server_;
};

}  // namespace mlserve::testing
