#include "jobs/worker.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "mlserve/command.hpp"
#include "mlserve/duration_option.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/health.hpp"
#include "mlserve/process.hpp"
#include "mlserve/store_options.hpp"
#include "server/executor.hpp"
#include "server/job_census.hpp"
#include "server/job_metrics.hpp"
#include "server/metrics_route.hpp"
#include "server/process_metrics.hpp"
#include "store/store.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kWorkerExamples = R"(Examples:
  mlserve worker --store postgresql://db.example/mlserve
  mlserve worker --store sqlite:/srv/mlserve.db --concurrency 4 --health-port 9000

A worker needs no model: a job names its model, which is in the store. SIGTERM and Ctrl-C let
running jobs finish for --drain-timeout, hand the others back, and exit 0.)";

struct WorkerCommand {
  std::string store;
  jobs::WorkerOptions worker;
  HealthOptions health;
};

void add_options(CLI::App& app, WorkerCommand& command) {
  add_store_option(app, command.store);
  app.add_option("--concurrency", command.worker.concurrency, "Jobs at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_worker_options(app, command.worker);
  add_duration_option(app, "--drain-timeout", command.worker.drain,
                      "How long running jobs may go on after SIGTERM",
                      std::chrono::milliseconds(0));
  app.add_option("--health-port", command.health.port,
                 "Answers GET /livez, /readyz and /metrics on this port; 0 for any free one")
      ->check(CLI::Range(0, 65535));
  app.add_option("--health-host", command.health.host, "Address of the health port")
      ->capture_default_str();
}

/// The figures of the jobs and of the process.
server::Route metrics_route(server::JobMetrics& jobs, server::JobCensus& census) {
  const auto collect = [&jobs, &census](std::vector<server::MetricFamily>& families) {
    jobs.collect(families);
    census.collect(std::chrono::steady_clock::now(), families);
    server::collect_process(families);
  };
  return server::metrics_route(collect, &census);
}

/// Asks the store for its jobs beside the worker, which may wait for it.
struct Census {
  explicit Census(store::Store& store) : executor(1, 1), jobs(store, executor) {}
  ~Census() { executor.stop(); }

  Census(const Census&) = delete;
  Census& operator=(const Census&) = delete;

  server::Executor executor;
  server::JobCensus jobs;
};

int run(WorkerCommand& command, Context& context) {
  raise_file_limit();
  const Signals signals;
  context.log.write_behind();
  const auto store = store::open_store(command.store);
  server::JobMetrics metrics;
  command.worker.observer = metrics.observer();
  jobs::Worker worker(*store, command.worker, context.log);
  Census census(*store);
  const Health health(
      command.health, [&worker] { return worker.is_ready(); },
      {metrics_route(metrics, census.jobs)}, context.log);
  worker.start();
  context.log.info("working on jobs of " + store->database().name());
  while (signals.wait() == SIGHUP) context.log.reopen();
  context.log.info("stopping; running jobs finish or are handed back");
  signals.restore();
  worker.stop();
  return kDone;
}

}  // namespace

Command add_worker(CLI::App& app) {
  auto command = std::make_shared<WorkerCommand>();
  CLI::App* sub = app.add_subcommand("worker", "Take jobs from a store and do them");
  sub->footer(kWorkerExamples);
  add_options(*sub, *command);
  return {sub, [command](Context& context) { return run(*command, context); }};
}

}  // namespace mlserve::app
