// Servers that go, come back, or let nobody in.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "store/store.hpp"
#include "support/cutting_proxy.hpp"
#include "support/errors.hpp"
#include "support/postgres_schema.hpp"
#include "support/temporary_folder.hpp"

using mlserve::ErrorKind;
using mlserve::store::Connection;
using mlserve::store::Database;
using mlserve::store::open_database;
using mlserve::testing::CuttingProxy;
using mlserve::testing::error_of;
using mlserve::testing::let_postgres_into;
using mlserve::testing::postgres_folder;
using mlserve::testing::PostgresSchema;
using mlserve::testing::TemporaryFolder;

namespace {

void make_table(Database& database) {
  database.write(
      [](Connection& connection) { connection.run("CREATE TABLE kept (id BIGINT PRIMARY KEY)"); });
}

std::int64_t count(Connection& connection) {
  return connection.run("SELECT COUNT(*) FROM kept").rows.front().integer(0);
}

/// What `database` says when it cannot be had.
std::string refusal(Database& database) {
  const auto error = error_of([&] { database.read(count); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::unavailable);
  return error->what();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("What was lost before the commit is done again on a new connection", "[store]") {
  PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  int calls = 0;
  database->write([&](Connection& connection) {
    connection.run("INSERT INTO kept VALUES (1)");
    if (++calls == 1) schema.terminate_connections();
  });
  CHECK(calls == 2);
  CHECK(database->read(count) == 1);
}

TEST_CASE("An idle connection that was lost is not noticed outside", "[store]") {
  PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  schema.terminate_connections();
  int calls = 0;
  database->write([&](Connection& connection) {
    ++calls;
    connection.run("INSERT INTO kept VALUES (1)");
  });
  CHECK(calls == 1);
  CHECK(database->read(count) == 1);
}

TEST_CASE("What was lost behind the commit is there when it is tried again", "[store]") {
  const PostgresSchema schema;
  const TemporaryFolder folder;
  CuttingProxy proxy(folder.path(), postgres_folder());
  const auto database = open_database(schema.url_of(folder.path()));
  make_table(*database);
  std::vector<std::int64_t> found;
  proxy.cut_at_commit();
  database->write([&](Connection& connection) {
    found.push_back(count(connection));
    connection.run("INSERT INTO kept VALUES (1) ON CONFLICT (id) DO NOTHING");
  });
  CHECK(found == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("A connection that is lost twice is an error", "[store]") {
  PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  int calls = 0;
  const auto error = error_of([&] {
    database->write([&](Connection& connection) {
      ++calls;
      schema.terminate_connections();
      connection.run("INSERT INTO kept VALUES (1)");
    });
  });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::unavailable);
  CHECK(calls == 2);
  CHECK(database->read(count) == 0);
}

TEST_CASE("A server that is not there is said to be so, and found when it comes", "[store]") {
  const PostgresSchema schema;
  make_table(*open_database(schema.url()));
  const TemporaryFolder folder;
  const auto database = open_database(schema.url_of(folder.path()));
  for (int i = 0; i < 3; ++i) {
    const std::string said = refusal(*database);
    CHECK(has(said, "cannot reach " + database->name()));
    CHECK(has(said, "No such file or directory"));
    CHECK(has(said, "next try in"));
    CHECK(!has(said, "\n"));
  }

  let_postgres_into(folder.path());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  bool found = false;
  while (!found && std::chrono::steady_clock::now() < deadline)
    found = !error_of([&] { database->read(count); });
  CHECK(found);
}

TEST_CASE("A server that hangs up is asked a few times only, however many calls there are",
          "[store]") {
  const PostgresSchema schema;
  const TemporaryFolder folder;
  const CuttingProxy proxy(folder.path(), folder.path() / "nowhere");
  const auto database = open_database(schema.url_of(folder.path()));
  for (int i = 0; i < 1000; ++i) refusal(*database);
  // One, on a machine that makes a call in less than a tenth of a millisecond; after the sixth, one
  // in five seconds.
  CHECK(proxy.accepted() < 30);
}

TEST_CASE("A closed port and a wrong password are told without the password", "[store]") {
  const auto admin =
      open_database("postgresql:///postgres?user=postgres&host=" + postgres_folder());
  admin->write([](Connection& connection) {
    connection.run("DROP ROLE IF EXISTS needs_password");
    connection.run("CREATE ROLE needs_password LOGIN PASSWORD 'right'");
  });
  const std::string base = "postgresql:///postgres?user=needs_password&host=" + postgres_folder();

  const auto wrong = open_database(base + "&password=not-that-one");
  const std::string said = refusal(*wrong);
  CHECK(has(said, "password authentication failed for user \"needs_password\""));
  CHECK(!has(said, "not-that-one"));
  CHECK(!has(wrong->name(), "not-that-one"));

  const auto closed = open_database("postgresql://ann:not-that-one@127.0.0.1:1/jobs");
  const std::string closed_said = refusal(*closed);
  CHECK(has(closed_said, "postgresql://ann:…@127.0.0.1:1/jobs"));
  CHECK(has(closed_said, "refused"));
  CHECK(!has(closed_said, "not-that-one"));
}

TEST_CASE("A database that is read-only, or not for this user, says so", "[store]") {
  PostgresSchema schema;
  const auto database = open_database(schema.url() + "%20-cdefault_transaction_read_only%3Don");
  const auto error = error_of([&] { make_table(*database); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::unavailable);
  CHECK(has(error->what(), "the database is read-only"));

  const auto stranger = open_database(schema.url() + "%20-crole%3Dpg_monitor");
  const auto refused = error_of([&] { make_table(*stranger); });
  REQUIRE(refused);
  CHECK(refused->kind() == ErrorKind::unavailable);
}
