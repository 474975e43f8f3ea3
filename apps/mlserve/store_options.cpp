#include "mlserve/store_options.hpp"

#include "mlserve/duration_option.hpp"

namespace mlserve::app {
void add_store_option(CLI::App& app, std::string& url) {
  url = "sqlite:mlserve.db";
  app.add_option("--store", url,
                 "Where jobs and models are kept: sqlite:FILE or postgresql://… (password by "
                 "PGPASSWORD or ~/.pgpass)")
      ->capture_default_str();
}

void add_worker_options(CLI::App& app, jobs::WorkerOptions& options) {
  add_duration_option(app, "--lease", options.lease,
                      "A worker that is silent for so long has lost its job to others");
  app.add_option("--max-attempts", options.max_attempts, "Attempts before a job has failed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_duration_option(app, "--result-ttl", options.result_ttl, "How long results are kept");
  app.add_option("--job-threads", options.threads, "Threads that one job computes with")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

void add_max_queue_option(CLI::App& app, std::size_t& max_queued) {
  app.add_option("--max-queue", max_queued, "Jobs that may wait; no more are taken above")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}))
      ->capture_default_str();
}

}  // namespace mlserve::app
