#include "server/job_result_route.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/uuid.hpp"
#include "data/byte_source.hpp"
#include "jobs/blob.hpp"
#include "jobs/parameters.hpp"
#include "jobs/predict_job.hpp"
#include "server/job_problem.hpp"
#include "server/media_type.hpp"
#include "server/offload.hpp"
#include "server/problem.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

using pipeline::FileFormat;
using store::JobStatus;

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::string_view kFormat = "format";

/// Why the job has no result to give.
Response no_result(const store::Job& job) {
  switch (job.status) {
    case JobStatus::expired:
      return problem(410, "", "the result has expired");
    case JobStatus::failed:
      return problem(
          409, "",
          "the job has failed" + (job.failures.empty() ? "" : ": " + job.failures.back().reason));
    case JobStatus::cancelled:
      return problem(409, "", "the job was cancelled");
    default:
      break;
  }
  Response response =
      problem(409, "", "the job is " + std::string(status_name(job.status)) + "; ask again later");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

/// The query is for links, which cannot say what they accept.
FileFormat wanted_format(const Request& request) {
  if (request.has_query(kFormat)) {
    const std::string_view name = request.query_value(kFormat);
    if (const auto format = pipeline::parse_format(name)) return *format;
    throw Error(ErrorKind::invalid_argument,
                "?format=" + shown(name) + " is none of json, jsonl, csv");
  }
  const auto format = accepted_format(request.header("Accept"));
  if (format) return *format;
  throw Refusal(406, "results are application/json, application/x-ndjson or text/csv");
}

std::function<std::string()> predictions(store::JobStore& jobs, const store::Job& job,
                                         FileFormat format) {
  auto stream =
      std::make_shared<pipeline::PredictionStream>(jobs::open_predictions(jobs, job, format));
  return [stream] { return stream->next(); };
}

/// What training leaves is a JSON document as it is.
std::function<std::string()> document(store::JobStore& jobs, const store::Job& job) {
  const std::shared_ptr<data::ByteSource> source = jobs::open_blob(jobs, job.result);
  return [source] {
    std::string piece(kPieceBytes, '\0');
    piece.resize(source->read(piece.data(), piece.size()));
    return piece;
  };
}

Response result_response(store::JobStore& jobs, const store::Job& job, const Request& request) {
  const bool is_training = job.kind == jobs::kTrain;
  if (is_training && !accepts_json(request.header("Accept"))) {
    throw Refusal(406, "the result of a training is application/json");
  }
  const FileFormat format = is_training ? FileFormat::json : wanted_format(request);
  Response response;
  response.content_type = media_type_of(format);
  response.next_piece = is_training ? document(jobs, job) : predictions(jobs, job, format);
  // What cannot be read at all is told by a status yet; HEAD needs it no less.
  response.body = response.next_piece();
  return response;
}

}  // namespace

Outcome answer_job_result(JobService& jobs, Request request) {
  const std::string_view id = request.path_value("id");
  if (!is_uuid(id)) return no_such_job(id);
  return offload(jobs.executor(), std::move(request), [&jobs](const Request& asked) {
    return answer_with_store(jobs, [&] {
      const std::string_view wanted = asked.path_value("id");
      const auto job = find_job(jobs.store(), wanted);
      if (!job) return no_such_job(wanted);
      if (job->status != JobStatus::succeeded) return no_result(*job);
      return result_response(jobs.store().jobs(), *job, asked);
    });
  });
}

}  // namespace mlserve::server
