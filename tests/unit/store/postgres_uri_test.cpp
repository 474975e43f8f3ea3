#include "store/postgres_uri.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "store/store.hpp"
#include "support/errors.hpp"

using mlserve::ErrorKind;
using mlserve::store::open_database;
using mlserve::store::PostgresUri;
using mlserve::testing::error_kind_of;
using mlserve::testing::error_of;

namespace {

std::string shown(const std::string& uri) { return PostgresUri(uri).shown(); }

}  // namespace

TEST_CASE("PostgresUri shows everything but passwords", "[store]") {
  CHECK(shown("postgresql://ann:secret@db.example:5432/jobs") ==
        "postgresql://ann:…@db.example:5432/jobs");
  CHECK(shown("postgres://ann:@db/jobs") == "postgres://ann:@db/jobs");
  CHECK(shown("postgresql://ann@db,db2:5433/jobs?application_name=me@home") ==
        "postgresql://ann@db,db2:5433/jobs?application_name=me@home");
  CHECK(shown("postgresql:///jobs?host=/run&password=secret&sslpassword=other&user=ann") ==
        "postgresql:///jobs?host=/run&password=…&sslpassword=…&user=ann");
  CHECK(shown("postgresql://ann:one@db/jobs?password=two") ==
        "postgresql://ann:…@db/jobs?password=…");
  CHECK(shown("postgresql://") == "postgresql://");
}

TEST_CASE("PostgresUri hides a password with signs that should have been encoded", "[store]") {
  CHECK(shown("postgresql://ann:s@cr@et@db/jobs") == "postgresql://ann:…@db/jobs");
  CHECK(shown("postgresql://ann:se?password=cret@db/jobs?password=two") ==
        "postgresql://ann:…@db/jobs?password=…");
  const auto refused = error_of([] { PostgresUri("postgresql://ann:se/cret@db/jobs"); });
  REQUIRE(refused);
  CHECK(refused->kind() == ErrorKind::invalid_argument);
  CHECK(std::string(refused->what()).find("cret") == std::string::npos);
}

TEST_CASE("PostgresUri takes passwords out of libpq's messages and joins their lines", "[store]") {
  const PostgresUri uri("postgresql://ann:pa%ss@db/jobs?sslpassword=key");
  CHECK(uri.scrub("invalid percent-encoded token: \"pa%ss\"\n") ==
        "invalid percent-encoded token: \"…\"");
  CHECK(uri.scrub("connection to \"key\" failed\n\tIs it running?\nno\n") ==
        "connection to \"…\" failed Is it running?; no");
}

TEST_CASE("open_database refuses what is no store, without repeating it", "[store]") {
  for (const char* url : {"postgre://ann:secret@db/jobs", "mysql://ann:secret@db", ""}) {
    const auto refused = error_of([&] { open_database(url); });
    REQUIRE(refused);
    CHECK(refused->kind() == ErrorKind::invalid_argument);
    CHECK(std::string(refused->what()).find("secret") == std::string::npos);
  }
  CHECK(error_kind_of([] { open_database("postgresql://ann:se%cret@db/jobs"); }) ==
        ErrorKind::invalid_argument);
}
