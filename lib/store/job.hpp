#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlserve::store {

/// The life of a job: queued, running, and one of the others, which are ends. `expired` is an end
/// whose body and result were deleted.
enum class JobStatus { queued, running, succeeded, failed, cancelled, expired };
inline constexpr std::array kJobStatuses = {JobStatus::queued,    JobStatus::running,
                                            JobStatus::succeeded, JobStatus::failed,
                                            JobStatus::cancelled, JobStatus::expired};

std::string_view status_name(JobStatus status);
std::optional<JobStatus> parse_status(std::string_view name);
constexpr bool has_ended(JobStatus status) { return status >= JobStatus::succeeded; }

/// Moments are the database's, in milliseconds. They are shown to people and end leases and the
/// time to live of results; the order of jobs is that of `sequence`.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// Names bytes that are kept in pieces: the body or the result of a job, or a model. Empty: none.
using BlobId = std::string;

/// Largest piece of a blob. Whoever writes a large one holds a lock for this much at a time.
inline constexpr std::size_t kMaxPieceBytes = std::size_t{1} << 20;

/// Why an attempt did not succeed.
struct Failure {
  int attempt = 0;
  std::string worker;
  std::string reason;
};

struct Job {
  std::int64_t sequence = 0;   ///< place in the queue: lower ones are claimed first
  std::string id;              ///< UUIDv7; who knows it may ask for the job
  std::string kind;            ///< "predict", "train": means something to workers only
  std::string model;           ///< name of the model that scores, or that is made
  std::string model_checksum;  ///< of the model that the job is pinned to; empty for training
  std::string parameters;      ///< JSON; means something to workers only
  JobStatus status = JobStatus::queued;
  std::optional<std::uint64_t> position;  ///< in the queue, 1 is next; only while queued
  Time created_at;
  std::optional<Time> started_at;   ///< of the latest attempt
  std::optional<Time> finished_at;  ///< of the end
  std::optional<Time> expires_at;   ///< when body and result go; known from the end on
  int attempts = 0;                 ///< begun so far; a hand-back does not count
  double progress = 0;              ///< of the running attempt, 0 to 1
  std::string worker;               ///< of the latest attempt
  std::vector<Failure> failures;    ///< of attempts, in order
  std::string token;                ///< of the running attempt
  BlobId body;
  std::uint64_t body_bytes = 0;
  BlobId result;        ///< only of a job that succeeded
  std::string summary;  ///< JSON that the worker left with the result, "" before
};

}  // namespace mlserve::store
