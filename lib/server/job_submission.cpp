#include "server/job_submission.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/sha256.hpp"
#include "core/uuid.hpp"
#include "server/ascii.hpp"
#include "server/collected_body.hpp"
#include "server/job_json.hpp"
#include "server/prefer.hpp"

namespace mlserve::server {
namespace {

using store::JobStore;

constexpr std::size_t kMaxKeyBytes = 255;

bool is_key(std::string_view text) {
  const auto visible = [](char c) { return c > ' ' && c < 0x7F; };
  return !text.empty() && text.size() <= kMaxKeyBytes && std::ranges::all_of(text, visible);
}

/// Empty without one. A header without a value is a client's mistake, which would cost it dear.
std::string idempotency_key(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (!equals_ignoring_case(name, "Idempotency-Key")) continue;
    if (is_key(value)) return value;
    throw Error(ErrorKind::invalid_argument,
                "an Idempotency-Key has 1 to 255 characters, all of them visible ASCII");
  }
  return {};
}

/// What two requests with the same key must have in common: SHA-256 over the length and the bytes
/// of each part, the body last.
class RequestDigest {
 public:
  RequestDigest(const Request& request, const JobOrder& order) {
    for (const std::string_view part :
         {std::string_view(request.path), std::string_view(order.model),
          std::string_view(order.parameters), request.header("Content-Type")}) {
      sha256_.update(std::to_string(part.size()) + ":");
      sha256_.update(part);
    }
  }

  void add_body(std::string_view piece) { sha256_.update(piece); }
  std::string finish() { return sha256_.finish(); }

 private:
  Sha256 sha256_;
};

/// A body on its way to the store. Unless it is submitted, it is dropped in the end.
class Upload {
 public:
  Upload(JobStore& jobs, const store::QueueLimits& limits)
      : jobs_(jobs), limits_(limits), id_(jobs.start_upload()) {}
  ~Upload() {
    if (id_.empty()) return;
    try {
      jobs_.drop_upload(id_);
    } catch (const Error&) {
      // The store is not to be had just now: it is swept away later.
    }
  }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  void append(std::string_view piece) { jobs_.append_upload(id_, pieces_++, piece, limits_); }
  const store::BlobId& id() const noexcept { return id_; }
  void submitted() noexcept { id_.clear(); }

 private:
  JobStore& jobs_;
  const store::QueueLimits& limits_;
  store::BlobId id_;
  std::int64_t pieces_ = 0;
};

/// Reads the body to its end. Of one that is no larger than a piece `small` is all; of another one
/// the pieces are in `upload`.
struct JobBody {
  std::string small;
  std::optional<Upload> upload;

  void read(JobStore& jobs, const store::QueueLimits& limits, BodyReader& body,
            std::optional<RequestDigest>& digest) {
    std::string next;
    read_piece(body, store::kMaxPieceBytes, small);
    if (digest) digest->add_body(small);
    if (small.size() == store::kMaxPieceBytes) read_piece(body, store::kMaxPieceBytes, next);
    if (next.empty()) return;
    upload.emplace(jobs, limits);
    upload->append(small);
    small.clear();
    for (; !next.empty(); read_piece(body, store::kMaxPieceBytes, next)) {
      if (digest) digest->add_body(next);
      upload->append(next);
    }
  }
};

/// A model may be swept away between its publishing and the job that needs it.
store::Submission submit(JobService& jobs, const JobOrder& order, store::NewJob& job,
                         const store::QueueLimits& limits) {
  JobStore& store = jobs.store().jobs();
  if (!order.pinned) return store.submit(job, limits);
  job.model_checksum = jobs.publisher().publish(order.pinned->model());
  try {
    return store.submit(job, limits);
  } catch (const store::ModelNotPublished&) {
    jobs.publisher().forget();
    jobs.publisher().publish(order.pinned->model());
    return store.submit(job, limits);
  }
}

Response accepted(const Request& request, const store::Job& job) {
  Response response;
  response.status = 202;
  response.content_type = "application/json";
  response.body = submitted_json(job);
  response.headers = {{"Location", job_path(job)}, {"Retry-After", "1"}};
  if (preferences_of(request).respond_async) {
    response.headers.emplace_back("Preference-Applied", "respond-async");
  }
  return response;
}

}  // namespace

Response submit_job(JobService& jobs, const store::QueueLimits& limits, const Request& request,
                    const JobOrder& order, BodyReader& reader) {
  store::NewJob job;
  job.idempotency_key = idempotency_key(request);
  std::optional<RequestDigest> digest;
  if (!job.idempotency_key.empty()) digest.emplace(request, order);
  JobBody body;
  body.read(jobs.store().jobs(), limits, reader, digest);
  job.id = make_uuid();
  job.kind = order.kind;
  job.model = order.model;
  job.parameters = order.parameters;
  job.body = body.small;
  if (body.upload) job.upload = body.upload->id();
  if (digest) job.request_digest = digest->finish();
  const store::Submission submission = submit(jobs, order, job, limits);
  if (body.upload) body.upload->submitted();
  return accepted(request, submission.job);
}

}  // namespace mlserve::server
