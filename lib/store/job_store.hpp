#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "store/database.hpp"
#include "store/job.hpp"
#include "store/usage.hpp"

namespace mlserve::store {

/// The queue holds as many jobs as it may.
class QueueFull : public Error {
 public:
  explicit QueueFull(const std::string& message) : Error(ErrorKind::unavailable, message) {}
};

/// The Idempotency-Key was used for another request.
class KeyReused : public Error {
 public:
  explicit KeyReused(const std::string& message) : Error(ErrorKind::invalid_data, message) {}
};

/// The model that a job is to be pinned to is not in the store (any more): publish it again.
class ModelNotPublished : public Error {
 public:
  explicit ModelNotPublished(const std::string& message) : Error(ErrorKind::not_found, message) {}
};

struct NewJob {
  std::string id;  ///< made by the caller (core/uuid.hpp), so that a lost answer can be asked for
  std::string kind;
  std::string model;
  std::string model_checksum;  ///< published before; empty: pinned to none
  std::string parameters;
  std::string_view body;        ///< whole, at most kMaxPieceBytes; or …
  BlobId upload;                ///< … what `start_upload` gave, all pieces appended
  std::string idempotency_key;  ///< empty: none
  std::string request_digest;   ///< what a second request with the same key must have, too
};

struct QueueLimits {
  std::size_t max_queued = 20'000;                    ///< QueueFull above
  std::uint64_t max_bytes = std::uint64_t{16} << 30;  ///< of all blobs; QueueFull above
};

struct Submission {
  Job job;
  bool existed = false;  ///< the idempotency key was known; nothing was added
};

struct JobFilter {
  std::optional<JobStatus> status;
  std::size_t limit = 100;
  std::optional<std::int64_t> before;  ///< only jobs with a lower sequence
};

/// One worker's hold on one job. Whatever it writes carries the token, so an attempt whose lease
/// ran out, or whose job was cancelled, can change nothing.
struct Attempt {
  std::string job;
  std::string token;
};

struct ClaimRequest {
  std::string worker;                       ///< for people: host and process
  std::string token;                        ///< new for each claim, until it was answered
  std::chrono::milliseconds lease{30'000};  ///< without a renewal for so long, the job goes back
  bool again = false;  ///< a claim with this token was not answered: it may have taken effect
};

/// What a finished training adds: the next version of `name`.
struct NewVersion {
  std::string name;
  std::string checksum;  ///< of a published model
  bool promote = true;   ///< servers answer with it from now on
};

struct JobResult {
  std::string summary;  ///< JSON
  std::chrono::milliseconds time_to_live{24 * 3'600'000};
  std::optional<NewVersion> version;
  /// The end of the result, behind the pieces that were appended; all of it when there are none.
  std::string last_piece;
  std::int64_t last_number = 0;  ///< number of that piece
};

struct SweepOptions {
  int max_attempts = 3;  ///< a job whose lease ran out so often fails
  std::chrono::milliseconds time_to_live{24 * 3'600'000};  ///< of what failed or was cancelled
  std::chrono::milliseconds record_time_to_live{7 * 24 * 3'600'000};  ///< of expired jobs' records
  std::chrono::milliseconds upload_time_to_live{3'600'000};  ///< of uploads nobody submitted
};

/// The queue and everything of its jobs, in SQL on whatever Database.
///
/// First in, first out by `sequence`, which a job gets when it is submitted. Every call is one
/// transaction, durable when it returns; a connection that is lost in the middle is made anew and
/// the call repeated, which is safe because ids and tokens are the caller's.
/// Throws Error(unavailable) when the database cannot be had: not reachable, locked, full, read
/// only; Error(corrupt) when it is none of ours or of a newer schema. All calls may run on several
/// threads at once.
class JobStore {
 public:
  /// `database` outlives the store.
  explicit JobStore(Database& database) : database_(database) {}

  // ---- Submitting

  /// A new blob for a body that comes in pieces. Unless it is submitted, it is swept away.
  BlobId start_upload();
  /// Adds piece `number`, counted from 0, of at most kMaxPieceBytes. Throws QueueFull when the
  /// store has no room for more.
  void append_upload(const BlobId& upload, std::int64_t number, std::string_view bytes,
                     const QueueLimits& limits = {});
  void drop_upload(const BlobId& upload);

  /// Puts the job at the end of the queue, or finds the one with the same idempotency key: then an
  /// upload is dropped. Throws QueueFull, KeyReused, ModelNotPublished.
  Submission submit(const NewJob& job, const QueueLimits& limits);

  // ---- Looking

  std::optional<Job> find(std::string_view id);
  /// Latest first, without positions and failures.
  std::vector<Job> list(const JobFilter& filter);
  /// How many there are of each status, zeros included. Looks at every job.
  std::map<JobStatus, std::uint64_t> count_by_status();
  /// Of those `ids`, the ones that have ended or are not known.
  std::vector<std::string> ended(const std::vector<std::string>& ids);
  /// None behind the last piece.
  std::optional<std::string> read_piece(const BlobId& blob, std::int64_t number);

  // ---- Working

  /// The first job of the queue, from now on running; none if the queue is empty. `again` finds the
  /// job that the lost claim has got, in its place, with its lease begun anew.
  std::optional<Job> claim(const ClaimRequest& request);
  /// Begins the lease anew. False, here and below: the attempt holds the job no longer.
  bool renew(const Attempt& attempt, double progress);
  /// Adds piece `number` to the attempt's result, which is nobody's before `finish`.
  bool append_result(const Attempt& attempt, std::int64_t number, std::string_view bytes);
  /// Ends the job with the attempt's result, in one transaction with the new version.
  bool finish(const Attempt& attempt, const JobResult& result);
  /// Ends the attempt with a reason. The job goes back to its place in the queue, if it has had
  /// fewer than `max_attempts`; else it has failed.
  bool fail(const Attempt& attempt, const std::string& reason, int max_attempts,
            std::chrono::milliseconds time_to_live);
  /// Puts the job back into its place, as if it had not been claimed.
  bool give_back(const Attempt& attempt);

  // ---- People

  /// Ends a queued or running job. Throws Error(not_found), or Error(conflict) when it has ended
  /// otherwise; cancelling twice is no error.
  Job cancel(std::string_view id, std::chrono::milliseconds time_to_live);
  /// Queues a failed or cancelled job again, behind all others, with no attempts. Throws
  /// Error(not_found), or Error(conflict) for any other.
  Job retry(std::string_view id, const QueueLimits& limits);

  // ---- Housekeeping, by any process at any time

  /// Puts jobs whose lease ran out back into their places, or fails them. A lease that seems to
  /// begin in the future (the clock was set back) begins now.
  void reclaim(const SweepOptions& options);
  /// Lets results expire and deletes what nobody needs, a bounded part of it at each call.
  /// Returns whether there is more to do.
  bool sweep(const SweepOptions& options);

 private:
  Database& database_;
  Usage usage_;
};

}  // namespace mlserve::store
