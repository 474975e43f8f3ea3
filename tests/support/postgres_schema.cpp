#include "support/postgres_schema.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "core/uuid.hpp"

namespace mlserve::testing {

using store::Connection;

namespace {

constexpr const char* kVariable = "MLSERVE_TEST_POSTGRESQL";

}  // namespace

bool has_postgres() { return std::getenv(kVariable) != nullptr; }

std::string postgres_folder() {
  constexpr std::string_view kHost = "host=";
  const std::string url = has_postgres() ? std::getenv(kVariable) : "";
  const std::size_t host = url.find(kHost);
  if (host == std::string::npos)
    throw std::runtime_error("MLSERVE_TEST_POSTGRESQL names no server; ctest starts one");
  const std::size_t begin = host + kHost.size();
  return url.substr(begin, url.find('&', begin) - begin);
}

void let_postgres_into(const std::string& folder) {
  constexpr const char* kSocket = "/.s.PGSQL.5432";
  std::filesystem::create_symlink(postgres_folder() + kSocket, folder + kSocket);
}

PostgresSchema::PostgresSchema()
    : name_("test_" + make_uuid()),
      server_(store::open_database("postgresql:///postgres?host=" + postgres_folder() +
                                   "&user=postgres")) {
  std::replace(name_.begin(), name_.end(), '-', '_');
  server_->write([&](Connection& connection) { connection.run("CREATE SCHEMA " + name_); });
}

PostgresSchema::~PostgresSchema() {
  server_->write(
      [&](Connection& connection) { connection.run("DROP SCHEMA " + name_ + " CASCADE"); });
}

std::string PostgresSchema::url_of(const std::string& folder) const {
  return "postgresql:///postgres?host=" + folder + "&user=postgres&application_name=" + name_ +
         "&options=-csearch_path%3D" + name_;
}

std::int64_t PostgresSchema::connections() {
  return server_->read([&](Connection& connection) {
    return connection
        .run("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = $1", {name_})
        .rows.front()
        .integer(0);
  });
}

void PostgresSchema::terminate_connections() {
  server_->read([&](Connection& connection) {
    connection.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
        {name_});
  });
}

}  // namespace mlserve::testing
