#include <string>

#include "support/catch_shim.hpp"

#include "core/uuid.hpp"
#include "store/store.hpp"
#include "support/postgres_schema.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_stores.hpp"

using mlserve::make_uuid;
using mlserve::store::Change;
using mlserve::store::Connection;
using mlserve::store::NewJob;
using mlserve::store::open_database;
using mlserve::store::open_store;
using mlserve::store::QueueLimits;
using mlserve::store::Store;
using mlserve::testing::Changes;
using mlserve::testing::PostgresSchema;
using mlserve::testing::TemporaryFolder;

namespace {

std::string submit(Store& store) {
  NewJob job;
  job.id = make_uuid();
  job.kind = "train";
  job.parameters = "{}";
  job.body = "a,b\n1,2\n";
  return store.jobs().submit(job, QueueLimits{}).job.id;
}

}  // namespace

TEST_CASE("A watcher hears again what happens when its connection was lost", "[store]") {
  PostgresSchema schema;
  const auto store = open_store(schema.url());
  submit(*store);  // the tables are made
  Changes changes;
  const auto watched = open_database(schema.url());
  watched->watch(changes.listener());
  REQUIRE(changes.wait_for(Change::Kind::unknown));
  const std::string first = submit(*store);
  REQUIRE(changes.wait_for(Change::Kind::queued, first));

  changes.forget();
  schema.terminate_connections();
  REQUIRE(changes.wait_for(Change::Kind::unknown));
  const std::string second = submit(*store);
  CHECK(changes.wait_for(Change::Kind::queued, second));
}

TEST_CASE("A watcher waits for a server that is not there", "[store]") {
  const PostgresSchema schema;
  const TemporaryFolder folder;
  Changes changes;
  const auto database = open_database(schema.url_of(folder.path()));
  database->watch(changes.listener());
  mlserve::testing::let_postgres_into(folder.path());
  CHECK(changes.wait_for(Change::Kind::unknown));
}

TEST_CASE("Watching a server that is not there can be ended", "[store]") {
  const TemporaryFolder folder;
  Changes changes;
  const auto database = open_database("postgresql:///none?host=" + folder.path().string());
  database->watch(changes.listener());
  database->stop_watching();
  CHECK(!changes.any());
}

TEST_CASE("A second watcher is greeted, too, and both hear", "[store]") {
  const PostgresSchema schema;
  Changes first;
  Changes second;
  const auto store = open_store(schema.url());
  store->database().watch(first.listener());
  REQUIRE(first.wait_for(Change::Kind::unknown));
  store->database().watch(second.listener());
  REQUIRE(second.wait_for(Change::Kind::unknown));
  const std::string job = submit(*store);
  CHECK(first.wait_for(Change::Kind::queued, job));
  CHECK(second.wait_for(Change::Kind::queued, job));

  store->database().stop_watching();
  first.forget();
  submit(*store);
  CHECK(!first.any());
}

TEST_CASE("Words that a newer version may tell mean: look at all", "[store]") {
  const PostgresSchema schema;
  Changes changes;
  const auto database = open_database(schema.url());
  database->watch(changes.listener());
  REQUIRE(changes.wait_for(Change::Kind::unknown));
  changes.forget();
  database->write(
      [](Connection& connection) { connection.run("SELECT pg_notify('mlserve', 'paused 1')"); });
  CHECK(changes.wait_for(Change::Kind::unknown));
}
