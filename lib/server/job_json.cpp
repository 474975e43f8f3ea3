#include "server/job_json.hpp"

#include <cmath>
#include <string_view>

#include "core/timestamp.hpp"
#include "data/json_writer.hpp"

namespace mlserve::server {
namespace {

using data::JsonWriter;
using store::Job;
using store::JobStatus;

void write_time(JsonWriter& json, std::string_view key, const std::optional<store::Time>& time) {
  json.key(key);
  if (time) {
    json.string(timestamp(*time));
  } else {
    json.null();
  }
}

long long percent(const Job& job) {
  if (job.status == JobStatus::succeeded) return 100;
  return job.status == JobStatus::running ? std::lround(job.progress * 100) : 0;
}

void write_state(JsonWriter& json, const Job& job) {
  json.key("status").string(store::status_name(job.status));
  if (job.position) json.key("position").integer(static_cast<long long>(*job.position));
}

void write_links(JsonWriter& json, const Job& job) {
  json.key("links").begin_object();
  json.key("self").string(job_path(job));
  json.key("result").string(job_path(job) + "/result").end_object();
}

void write_failures(JsonWriter& json, const Job& job) {
  json.key("error");
  // Of a job that succeeded after all they are history.
  if (job.failures.empty() || job.status == store::JobStatus::succeeded) {
    json.null();
  } else {
    json.string(job.failures.back().reason);
  }
  json.key("failures").begin_array();
  for (const store::Failure& failure : job.failures) {
    json.begin_object().key("attempt").integer(failure.attempt);
    json.key("worker").string(failure.worker).key("reason").string(failure.reason).end_object();
  }
  json.end_array();
}

enum class Detail { whole, listed };

void write_job(JsonWriter& json, const Job& job, Detail detail) {
  json.begin_object().key("id").string(job.id).key("kind").string(job.kind);
  write_state(json, job);
  json.key("model").string(job.model);
  write_time(json, "created_at", job.created_at);
  write_time(json, "started_at", job.started_at);
  write_time(json, "finished_at", job.finished_at);
  write_time(json, "expires_at", job.expires_at);
  json.key("attempts").integer(job.attempts).key("progress").integer(percent(job));
  if (detail == Detail::whole) write_failures(json, job);
  if (!job.summary.empty()) json.key("summary").raw(job.summary);
  write_links(json, job);
  json.end_object();
}

}  // namespace

std::string job_path(const Job& job) { return "/jobs/" + job.id; }

std::string submitted_json(const Job& job) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("id").string(job.id);
  write_state(json, job);
  write_links(json, job);
  json.end_object();
  return text + "\n";
}

std::string job_json(const Job& job) {
  std::string text;
  JsonWriter json(text);
  write_job(json, job, Detail::whole);
  return text + "\n";
}

std::string jobs_json(const std::vector<Job>& jobs, const std::optional<std::string>& next) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("jobs").begin_array();
  for (const Job& job : jobs) write_job(json, job, Detail::listed);
  json.end_array().key("next");
  if (next) {
    json.string(*next);
  } else {
    json.null();
  }
  json.end_object();
  return text + "\n";
}

}  // namespace mlserve::server
