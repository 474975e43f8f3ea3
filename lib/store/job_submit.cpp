#include <utility>

#include "core/uuid.hpp"
#include "store/blobs.hpp"
#include "store/job_rows.hpp"
#include "store/job_store.hpp"

namespace mlserve::store {
namespace {

void require_bytes(std::uint64_t used_bytes, const QueueLimits& limits) {
  if (used_bytes <= limits.max_bytes) return;
  throw QueueFull("the store is full: bodies and results take more than " +
                  std::to_string(limits.max_bytes) + " bytes");
}

/// Of the queue with the new job in it.
void require_place(const Job& job, const QueueLimits& limits) {
  if (job.position.value_or(0) <= limits.max_queued) return;
  throw QueueFull("the queue is full: " + std::to_string(limits.max_queued) + " jobs wait already");
}

void require_published(Connection& connection, const std::string& checksum) {
  if (checksum.empty()) return;
  const Result found =
      connection.run("SELECT 1 FROM mlserve_models WHERE checksum = $1 {for_share}", {checksum});
  if (found.rows.empty()) throw ModelNotPublished("model " + checksum + " is not in the store");
}

/// None when the idempotency key is known.
std::optional<Job> insert(Connection& connection, const NewJob& job, const BlobId& body,
                          std::uint64_t body_bytes) {
  static const std::string insert_sql =
      "INSERT INTO mlserve_jobs (id, sequence, kind, model, model_checksum, parameters, status, "
      "created_at, attempts, progress, worker, body, body_bytes, result, summary, "
      "idempotency_key, request_digest) VALUES ($1, {next}, $2, $3, $4, $5, 'queued', {now}, 0, 0, "
      "'', $6, $7, '', '', $8, $9) ON CONFLICT (idempotency_key) DO NOTHING RETURNING " +
      rows::kColumns;
  const Parameter key = job.idempotency_key.empty() ? Parameter() : Parameter(job.idempotency_key);
  const Result inserted = connection.run(
      insert_sql, {job.id, job.kind, job.model, job.model_checksum, job.parameters, body,
                   static_cast<std::int64_t>(body_bytes), key, job.request_digest});
  if (inserted.rows.empty()) return std::nullopt;
  Job queued = rows::job(inserted.rows.front());
  queued.position = rows::queued(connection);
  return queued;
}

std::uint64_t upload_bytes(Connection& connection, const BlobId& upload) {
  const Result found = connection.run(
      "SELECT bytes FROM mlserve_blobs WHERE id = $1 AND state = 'loose' {for_update}", {upload});
  if (found.rows.empty())
    throw Error(ErrorKind::unavailable, "the upload took so long that it was swept away");
  return static_cast<std::uint64_t>(found.rows.front().integer(0));
}

/// None when the key is not known.
std::optional<Submission> known_job(Connection& connection, const NewJob& job) {
  const Result found =
      connection.run("SELECT id, request_digest FROM mlserve_jobs WHERE idempotency_key = $1",
                     {job.idempotency_key});
  if (found.rows.empty()) return std::nullopt;
  if (found.rows.front().text(1) != job.request_digest)
    throw KeyReused("this Idempotency-Key was used for another request");
  if (!job.upload.empty()) blobs::drop(connection, job.upload);
  return Submission{*rows::find(connection, found.rows.front().text(0)), true};
}

/// What an earlier call with the same job has done before its answer was lost.
std::optional<Submission> done_before(Connection& connection, const NewJob& job) {
  if (auto queued = rows::find(connection, job.id)) return Submission{*std::move(queued), false};
  return job.idempotency_key.empty() ? std::nullopt : known_job(connection, job);
}

void keep_body(Connection& connection, const NewJob& job, const BlobId& body) {
  if (job.upload.empty()) {
    blobs::put(connection, body, job.body);
  } else {
    blobs::keep(connection, body);
  }
}

}  // namespace

BlobId JobStore::start_upload() {
  BlobId upload = make_uuid();
  database_.write([&](Connection& connection) { blobs::make(connection, upload); });
  return upload;
}

void JobStore::append_upload(const BlobId& upload, std::int64_t number, std::string_view bytes,
                             const QueueLimits& limits) {
  require_bytes(usage_.bytes(database_) + bytes.size(), limits);
  const bool there = database_.write(
      [&](Connection& connection) { return blobs::append(connection, upload, number, bytes); });
  if (!there) throw Error(ErrorKind::unavailable, "the upload took so long that it was swept away");
}

void JobStore::drop_upload(const BlobId& upload) {
  database_.write([&](Connection& connection) { blobs::drop(connection, upload); });
}

Submission JobStore::submit(const NewJob& job, const QueueLimits& limits) {
  const std::uint64_t used_bytes = usage_.bytes(database_);
  bool again = false;
  return database_.write([&](Connection& connection) -> Submission {
    if (std::exchange(again, true)) {
      if (auto done = done_before(connection, job)) return *std::move(done);
    }
    const bool inline_body = job.upload.empty();
    const BlobId body = inline_body ? job.id : job.upload;
    const std::uint64_t bytes =
        inline_body ? job.body.size() : upload_bytes(connection, job.upload);
    require_published(connection, job.model_checksum);
    std::optional<Job> queued = insert(connection, job, body, bytes);
    if (!queued) {
      if (auto known = known_job(connection, job)) return *std::move(known);
      throw Error(ErrorKind::unavailable, "the job of this Idempotency-Key has just expired");
    }
    require_place(*queued, limits);
    require_bytes(used_bytes + bytes, limits);
    keep_body(connection, job, body);
    return {*std::move(queued), false};
  });
}

}  // namespace mlserve::store
