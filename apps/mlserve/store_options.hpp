#pragma once

#include <chrono>
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

/// An option that takes 500ms, 30s, 5m, 24h or 7d, not less than `least`; seconds when there is no
/// unit.
void add_duration_option(CLI::App& app, const std::string& name,
                         std::chrono::milliseconds& duration, const std::string& description,
                         std::chrono::milliseconds least = std::chrono::milliseconds(1));

}  // namespace mlserve::app
