#include "store/schema.hpp"

#include <string>

#include "core/error.hpp"
#include "core/number.hpp"

namespace mlserve::store {
namespace {

constexpr std::int64_t kVersion = 2;

constexpr std::initializer_list<const char*> kVersion1 = {
    // Names what stands in pieces. `state`: loose (nobody has taken it yet), kept, dead (to be
    // deleted).
    R"(CREATE TABLE mlserve_blobs (
         id TEXT PRIMARY KEY,
         state TEXT NOT NULL,
         bytes BIGINT NOT NULL,
         written_at BIGINT NOT NULL))",
    "CREATE INDEX mlserve_blobs_loose ON mlserve_blobs (written_at) WHERE state = 'loose'",
    "CREATE INDEX mlserve_blobs_dead ON mlserve_blobs (id) WHERE state = 'dead'",
    R"(CREATE TABLE mlserve_pieces (
         blob TEXT NOT NULL,
         number BIGINT NOT NULL,
         bytes {bytes} NOT NULL,
         PRIMARY KEY (blob, number)))",
    R"(CREATE TABLE mlserve_jobs (
         id TEXT PRIMARY KEY,
         sequence BIGINT NOT NULL,
         kind TEXT NOT NULL,
         model TEXT NOT NULL,
         model_checksum TEXT NOT NULL,
         parameters TEXT NOT NULL,
         status TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         started_at BIGINT,
         finished_at BIGINT,
         expires_at BIGINT,
         attempts BIGINT NOT NULL,
         progress DOUBLE PRECISION NOT NULL,
         worker TEXT NOT NULL,
         token TEXT,
         renewed_at BIGINT,
         lease BIGINT,
         body TEXT NOT NULL,
         body_bytes BIGINT NOT NULL,
         result TEXT NOT NULL,
         summary TEXT NOT NULL,
         idempotency_key TEXT UNIQUE,
         request_digest TEXT NOT NULL))",
    "CREATE INDEX mlserve_jobs_sequence ON mlserve_jobs (sequence)",
    "CREATE INDEX mlserve_jobs_queue ON mlserve_jobs (status, sequence)",
    "CREATE INDEX mlserve_jobs_running ON mlserve_jobs (token) WHERE status = 'running'",
    "CREATE INDEX mlserve_jobs_expiry ON mlserve_jobs (expires_at) WHERE status <> 'expired'",
    "CREATE INDEX mlserve_jobs_expired ON mlserve_jobs (expires_at) WHERE status = 'expired'",
    "CREATE INDEX mlserve_jobs_model ON mlserve_jobs (model_checksum) WHERE status <> 'expired'",
    R"(CREATE TABLE mlserve_failures (
         job TEXT NOT NULL,
         number BIGINT NOT NULL,
         attempt BIGINT NOT NULL,
         worker TEXT NOT NULL,
         reason TEXT NOT NULL,
         PRIMARY KEY (job, number)))",
    R"(CREATE TABLE mlserve_models (
         checksum TEXT PRIMARY KEY,
         blob TEXT NOT NULL,
         used_at BIGINT NOT NULL))",
    R"(CREATE TABLE mlserve_versions (
         name TEXT NOT NULL,
         version BIGINT NOT NULL,
         checksum TEXT NOT NULL,
         promoted BIGINT NOT NULL,
         job TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         PRIMARY KEY (name, version)))",
};

constexpr std::initializer_list<const char*> kMeta = {
    "CREATE TABLE mlserve_meta (key TEXT PRIMARY KEY, value BIGINT NOT NULL)",
    "INSERT INTO mlserve_meta (key, value) VALUES ('schema_version', 0)",
};

void run_all(Connection& connection, const std::initializer_list<const char*>& statements) {
  for (const char* statement : statements) connection.run(statement);
}

/// 0 when there are no tables yet.
std::int64_t version_of(Connection& connection, const std::string& database) {
  const Result found = connection.run("SELECT {table_exists $1}", {"mlserve_meta"});
  if (found.rows.front().integer(0) == 0) return 0;
  const Result meta =
      connection.run("SELECT value FROM mlserve_meta WHERE key = $1", {"schema_version"});
  const std::int64_t version = meta.rows.empty() ? 0 : meta.rows.front().integer(0);
  if (version > kVersion) {
    throw Error(ErrorKind::corrupt, database + ": its tables are of version " +
                                        std::to_string(version) +
                                        ", made by a newer mlserve; this one knows version " +
                                        std::to_string(kVersion));
  }
  return version;
}

}  // namespace

bool schema_is_current(Connection& connection, const std::string& database) {
  return version_of(connection, database) == kVersion;
}

void upgrade_schema(Connection& connection, const std::string& database,
                    const SchemaAdditions& additions) {
  const std::int64_t version = version_of(connection, database);
  if (version == kVersion) return;
  if (version < 1) {
    run_all(connection, kMeta);
    run_all(connection, additions.before);
    run_all(connection, kVersion1);
    run_all(connection, additions.after);
  }
  if (version < 2) run_all(connection, additions.version2);
  connection.run("UPDATE mlserve_meta SET value = $1 WHERE key = $2", {kVersion, "schema_version"});
}

}  // namespace mlserve::store
