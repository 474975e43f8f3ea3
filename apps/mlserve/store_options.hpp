#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "jobs/worker.hpp"

namespace mlserve::app {

/// `--store URL`, by default sqlite:mlserve.db.
void add_store_option(CLI::App& app, std::string& url);

/// `--lease`, `--max-attempts`, `--result-ttl` and `--job-threads`: how jobs are worked on.
void add_worker_options(CLI::App& app, jobs::WorkerOptions& options);

/// `--max-queue N`.
void add_max_queue_option(CLI::App& app, std::size_t& max_queued);

}  // namespace mlserve::app
