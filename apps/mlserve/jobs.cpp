#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/timestamp.hpp"
#include "core/uuid.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/duration_option.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/store_options.hpp"
#include "server/job_json.hpp"
#include "store/store.hpp"

namespace mlserve::app {
namespace {

using store::Job;
using store::Store;

constexpr const char* kJobsExamples = R"(Examples:
  mlserve jobs list
  mlserve jobs list --status failed --store postgresql://db.example/mlserve
  mlserve jobs show 0190d3d2-6d1e-7a6b-8a55-0123456789ab
  mlserve jobs cancel 0190d3d2-6d1e-7a6b-8a55-0123456789ab)";

struct JobsCommand {
  std::string store;
  std::string id;
  std::string status;  ///< empty: any
  std::size_t limit = 20;
  std::chrono::milliseconds result_ttl = store::SweepOptions().time_to_live;
  store::QueueLimits queue;
};

/// Only to look: a file that is not there is not made.
std::unique_ptr<Store> open(const JobsCommand& command) {
  auto opened = store::open_store(command.store);
  if (!opened->database().exists()) {
    throw Error(ErrorKind::not_found,
                opened->database().name() + " is not there; say --store if it is elsewhere");
  }
  return opened;
}

std::string moment(const std::optional<store::Time>& time) {
  return time ? timestamp(*time) : std::string("-");
}

std::string progress_text(const Job& job) {
  const auto per_cent = static_cast<int>(job.progress * 100);
  return job.status == store::JobStatus::running ? std::to_string(per_cent) + " %" : "";
}

std::string list_text(const std::vector<Job>& jobs) {
  if (jobs.empty()) return "no jobs\n";
  using Align = TextTable::Align;
  TextTable table(std::vector<Align>(7, Align::left));
  table.add({"id", "kind", "model", "status", "", "created", "finished"});
  for (const Job& job : jobs) {
    table.add({job.id, job.kind, job.model, std::string(status_name(job.status)),
               progress_text(job), timestamp(job.created_at), moment(job.finished_at)});
  }
  return table.text(0);
}

std::string job_text(const Job& job) {
  TextTable table({TextTable::Align::left, TextTable::Align::left});
  table.add({"id", job.id});
  table.add({"kind", job.kind});
  table.add({"model", job.model});
  table.add({"status", std::string(status_name(job.status)) + " " + progress_text(job)});
  if (job.position) table.add({"position", grouped(*job.position)});
  table.add({"created", timestamp(job.created_at)});
  table.add({"started", moment(job.started_at)});
  table.add({"finished", moment(job.finished_at)});
  table.add({"expires", moment(job.expires_at)});
  table.add({"attempts", std::to_string(job.attempts)});
  if (!job.worker.empty()) table.add({"worker", job.worker});
  table.add({"body", grouped(job.body_bytes) + " bytes"});
  for (const store::Failure& failure : job.failures) {
    table.add({"failure", "attempt " + std::to_string(failure.attempt) + " on " + failure.worker +
                              ": " + shown(failure.reason, 500)});
  }
  if (!job.summary.empty()) table.add({"summary", job.summary});
  return table.text(0);
}

void print_job(const Context& context, const Job& job) {
  print(context.common.json ? server::job_json(job) : job_text(job));
}

int list(const JobsCommand& command, const Context& context) {
  store::JobFilter filter;
  filter.limit = command.limit;
  if (!command.status.empty()) filter.status = store::parse_status(command.status);
  const std::vector<Job> jobs = open(command)->jobs().list(filter);
  print(context.common.json ? server::jobs_json(jobs, std::nullopt) : list_text(jobs));
  return kDone;
}

int show(const JobsCommand& command, const Context& context) {
  const auto job = open(command)->jobs().find(command.id);
  if (!job) throw Error(ErrorKind::not_found, "no job " + shown(command.id));
  print_job(context, *job);
  return kDone;
}

int cancel(const JobsCommand& command, const Context& context) {
  print_job(context, open(command)->jobs().cancel(command.id, command.result_ttl));
  return kDone;
}

int retry(const JobsCommand& command, const Context& context) {
  print_job(context, open(command)->jobs().retry(command.id, command.queue));
  return kDone;
}

using Action = int (*)(const JobsCommand&, const Context&);

/// One of the commands below `jobs`, with options of its own: the environment is read for all of
/// them, whichever was said.
struct JobsAction {
  CLI::App* app;
  std::shared_ptr<JobsCommand> command;
  Action run;
};

JobsAction add_action(CLI::App& jobs, const std::string& name, const std::string& description,
                      Action run) {
  JobsAction action{jobs.add_subcommand(name, description), std::make_shared<JobsCommand>(), run};
  add_store_option(*action.app, action.command->store);
  return action;
}

JobsAction add_list(CLI::App& jobs) {
  JobsAction action = add_action(jobs, "list", "The latest jobs", list);
  action.app->add_option("--status", action.command->status, "Only jobs that are so")
      ->check(CLI::IsMember({"queued", "running", "succeeded", "failed", "cancelled", "expired"}));
  action.app->add_option("--limit", action.command->limit, "How many")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->capture_default_str();
  return action;
}

JobsAction add_for_one(CLI::App& jobs, const std::string& name, const std::string& description,
                       Action run) {
  JobsAction action = add_action(jobs, name, description, run);
  action.app->add_option("id", action.command->id, "Of the job")->required();
  return action;
}

JobsAction add_cancel(CLI::App& jobs) {
  JobsAction action = add_for_one(jobs, "cancel", "End a queued or running job", cancel);
  add_duration_option(*action.app, "--result-ttl", action.command->result_ttl,
                      "How long it can be tried again");
  return action;
}

JobsAction add_retry(CLI::App& jobs) {
  JobsAction action = add_for_one(jobs, "retry", "Queue a failed or cancelled job again", retry);
  add_max_queue_option(*action.app, action.command->queue.max_queued);
  return action;
}

}  // namespace

Command add_jobs(CLI::App& app) {
  CLI::App* const jobs = app.add_subcommand("jobs", "Look at the queue, cancel and retry jobs");
  jobs->footer(kJobsExamples);
  jobs->require_subcommand(1);
  const std::vector<JobsAction> actions = {add_list(*jobs),
                                           add_for_one(*jobs, "show", "One job", show),
                                           add_cancel(*jobs), add_retry(*jobs)};
  for (const JobsAction& action : actions) name_environment(*action.app);
  return {jobs, [actions](Context& context) {
            for (const JobsAction& action : actions) {
              if (action.app->parsed()) return action.run(*action.command, context);
            }
            return kWrongUsage;
          }};
}

}  // namespace mlserve::app
