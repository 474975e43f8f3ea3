#include <barrier>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "store/store.hpp"
#include "support/errors.hpp"
#include "support/postgres_schema.hpp"

using mlserve::ErrorKind;
using mlserve::store::Bytes;
using mlserve::store::Connection;
using mlserve::store::Database;
using mlserve::store::DatabaseOptions;
using mlserve::store::open_database;
using mlserve::store::Parameter;
using mlserve::store::Result;
using mlserve::store::Row;
using mlserve::testing::error_kind_of;
using mlserve::testing::error_of;
using mlserve::testing::PostgresSchema;

namespace {

void make_table(Database& database) {
  database.write([](Connection& connection) {
    connection.run(
        "CREATE TABLE kept (id BIGINT PRIMARY KEY, real DOUBLE PRECISION, words TEXT, "
        "bytes {bytes})");
  });
}

Row insert_and_read(Database& database, std::int64_t id, Parameter real, Parameter words,
                    Parameter bytes) {
  database.write([&](Connection& connection) {
    connection.run("INSERT INTO kept VALUES ($1, $2, $3, $4)", {id, real, words, bytes});
  });
  return database.read([&](Connection& connection) {
    return connection.run("SELECT id, real, words, bytes FROM kept WHERE id = $1", {id}).rows.at(0);
  });
}

std::int64_t count(Database& database) {
  return database.read([](Connection& connection) {
    return connection.run("SELECT COUNT(*) FROM kept").rows.front().integer(0);
  });
}

void insert(Connection& connection, std::int64_t id) {
  connection.run("INSERT INTO kept (id) VALUES ($1)", {id});
}

std::string random_bytes(std::size_t size) {
  std::mt19937 random(42);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace

TEST_CASE("PostgreSQL gives back the values of all types as they were", "[store]") {
  const PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);

  const std::string bytes = random_bytes(std::size_t{1} << 20);
  const auto least = std::numeric_limits<std::int64_t>::min();
  const Row row =
      insert_and_read(*database, least, 0.1, std::string_view("zwölf\n'"), Bytes{bytes});
  CHECK(row.integer(0) == least);
  CHECK(row.real(1) == 0.1);
  CHECK(row.text(2) == "zwölf\n'");
  CHECK(row.text(3) == bytes);

  const double infinity = std::numeric_limits<double>::infinity();
  const Row odd = insert_and_read(*database, 2, -infinity, std::string_view(), Bytes{});
  CHECK(odd.real(1) == -infinity);
  CHECK(!odd.is_null(2));
  CHECK(odd.text(2).empty());
  CHECK(!odd.is_null(3));
  CHECK(odd.text(3).empty());

  const Row null = insert_and_read(*database, 3, {}, {}, {});
  CHECK(null.is_null(1));
  CHECK(null.is_null(2));
  CHECK(null.is_null(3));
}

TEST_CASE("PostgreSQL's booleans and small integers are integers", "[store]") {
  const PostgresSchema schema;
  const Row row = open_database(schema.url())->read([](Connection& connection) {
    return connection.run("SELECT 1 = 1, -7, CAST('x' AS VARCHAR), {now} > 1700000000000")
        .rows.at(0);
  });
  CHECK(row.integer(0) == 1);
  CHECK(row.integer(1) == -7);
  CHECK(row.text(2) == "x");
  CHECK(row.integer(3) == 1);
}

TEST_CASE("PostgreSQL counts the rows that a statement changed", "[store]") {
  const PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  database->write([](Connection& connection) {
    for (std::int64_t id = 1; id <= 3; ++id) insert(connection, id);
    CHECK(connection.run("SELECT id FROM kept").changed == 0);
    CHECK(connection.run("UPDATE kept SET real = 1 WHERE id < $1", {std::int64_t{3}}).changed == 2);
    const Result deleted = connection.run("DELETE FROM kept WHERE id = 3 RETURNING id");
    CHECK(deleted.changed == 1);
    CHECK(deleted.rows.size() == 1);
  });
}

TEST_CASE("PostgreSQL's time can be shifted", "[store]") {
  const PostgresSchema schema;
  const auto now = [](Database& database) {
    return database.read(
        [](Connection& connection) { return connection.run("SELECT {now}").rows[0].integer(0); });
  };
  DatabaseOptions options;
  options.clock_shift = -std::chrono::hours(1);
  const auto shifted = open_database(schema.url(), options);
  const std::int64_t earlier = now(*shifted);
  const std::int64_t later = now(*open_database(schema.url()));
  CHECK(later - earlier >= 3'600'000);
  CHECK(now(*shifted) >= earlier);
}

TEST_CASE("PostgreSQL refuses text that it cannot hold and stays of use", "[store]") {
  const PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  const auto keep = [&](std::string_view words) { insert_and_read(*database, 1, {}, words, {}); };
  CHECK(error_kind_of([&] { keep(std::string_view("a\0b", 3)); }) == ErrorKind::invalid_data);
  CHECK(error_kind_of([&] { keep("\xff"); }) == ErrorKind::invalid_data);
  keep("ok");
  CHECK(count(*database) == 1);
}

TEST_CASE("PostgreSQL undoes a transaction that throws", "[store]") {
  const PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  CHECK_THROWS_AS(database->write([](Connection& connection) {
    insert(connection, 1);
    throw std::logic_error("no");
  }),
                  std::logic_error);
  CHECK(error_kind_of([&] {
          database->write([](Connection& connection) {
            insert(connection, 1);
            connection.run("SELECT nonsense");
          });
        }) == ErrorKind::internal);
  // Who hides an error commits nothing either.
  CHECK(error_kind_of([&] {
          database->write([](Connection& connection) {
            insert(connection, 1);
            error_of([&] { connection.run("SELECT 1 / 0"); });
          });
        }) == ErrorKind::internal);
  CHECK(count(*database) == 0);
}

TEST_CASE("PostgreSQL's reads see one state", "[store]") {
  const PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  database->read([&](Connection& connection) {
    const Result before = connection.run("SELECT COUNT(*) FROM kept");
    database->write([](Connection& other) { insert(other, 1); });
    CHECK(connection.run("SELECT COUNT(*) FROM kept").rows[0].integer(0) ==
          before.rows[0].integer(0));
  });
  CHECK(count(*database) == 1);
}

TEST_CASE("PostgreSQL's deadlocks are resolved by doing one of them again", "[store]") {
  const PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  database->write([](Connection& connection) {
    insert(connection, 1);
    insert(connection, 2);
  });
  std::barrier both_hold_one(2);
  const auto add_to = [&](std::int64_t first, std::int64_t second) {
    bool again = false;
    database->write([&](Connection& connection) {
      const auto add = [&](std::int64_t id) {
        connection.run("UPDATE kept SET real = COALESCE(real, 0) + 1 WHERE id = $1", {id});
      };
      add(first);
      if (!std::exchange(again, true)) both_hold_one.arrive_and_wait();
      add(second);
    });
  };
  std::thread other([&] { add_to(2, 1); });
  add_to(1, 2);
  other.join();
  const Result sums = database->read(
      [](Connection& connection) { return connection.run("SELECT real FROM kept"); });
  CHECK(sums.rows.at(0).real(0) == 2);
  CHECK(sums.rows.at(1).real(0) == 2);
}

TEST_CASE("PostgreSQL's lock is waited for as long as the options say", "[store]") {
  const PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  DatabaseOptions impatient;
  impatient.busy_timeout = std::chrono::milliseconds(20);
  const auto other = open_database(schema.url(), impatient);
  database->write([&](Connection& connection) {
    insert(connection, 1);
    const auto refused =
        error_of([&] { other->write([](Connection& locked_out) { insert(locked_out, 1); }); });
    REQUIRE(refused);
    CHECK(refused->kind() == ErrorKind::unavailable);
    CHECK(std::string(refused->what()).find("another transaction holds a lock") !=
          std::string::npos);
  });
}

TEST_CASE("A process that is paused in a transaction keeps PostgreSQL's locks only for seconds",
          "[store]") {
  const PostgresSchema schema;
  const auto paused = open_database(schema.url());
  make_table(*paused);
  paused->write([](Connection& connection) { insert(connection, 1); });
  const auto other = open_database(schema.url());
  const auto set = [](Connection& connection, double value) {
    connection.run("UPDATE kept SET real = $1 WHERE id = 1", {value});
  };
  int calls = 0;
  paused->write([&](Connection& connection) {
    set(connection, 1);
    // Here it stands still for as long as the other one waits for the lock.
    if (++calls == 1) other->write([&](Connection& waiting) { set(waiting, 2); });
  });
  CHECK(calls == 2);  // the first one's connection was lost with its lock
  const auto real = [](Connection& connection) {
    return connection.run("SELECT real FROM kept WHERE id = 1").rows.front().real(0);
  };
  CHECK(other->read(real) == 1);
}

TEST_CASE("Many threads share few connections to PostgreSQL", "[store]") {
  constexpr int kThreads = 40;
  PostgresSchema schema;
  const auto database = open_database(schema.url());
  make_table(*database);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&database, i] {
      for (int k = 0; k < 5; ++k)
        database->write([&](Connection& connection) { insert(connection, 5 * i + k); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(count(*database) == 5 * kThreads);
  CHECK(schema.connections() <= 16);
}

TEST_CASE("Processes that begin at once make PostgreSQL's tables once", "[store]") {
  const PostgresSchema schema;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      open_database(schema.url())->write([](Connection& connection) {
        connection.run("UPDATE mlserve_meta SET value = value WHERE key = 'none'");
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::int64_t sequences = open_database(schema.url())->read([](Connection& connection) {
    return connection
        .run(
            "SELECT COUNT(*) FROM pg_class WHERE relnamespace = to_regnamespace("
            "CAST(current_schema() AS TEXT)) AND relkind = 'S'")
        .rows[0]
        .integer(0);
  });
  CHECK(sequences == 1);
}
