#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "jobs/worker.hpp"
#include "mlserve/access_options.hpp"
#include "mlserve/command.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/limit_options.hpp"
#include "mlserve/listen_options.hpp"
#include "mlserve/log_options.hpp"
#include "mlserve/metrics_options.hpp"
#include "mlserve/model_options.hpp"
#include "mlserve/platform.hpp"
#include "mlserve/process.hpp"
#include "mlserve/protocol_options.hpp"
#include "mlserve/serve_metrics.hpp"
#include "mlserve/service_manager.hpp"
#include "mlserve/store_options.hpp"
#include "server/access.hpp"
#include "server/error_shape.hpp"
#include "server/job_census.hpp"
#include "server/job_service.hpp"
#include "server/model_sync.hpp"
#include "server/routes.hpp"
#include "server/transport.hpp"
#include "store/store.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kServeExamples = R"(Examples:
  mlserve serve
  mlserve serve -m churn.json --port 8080 --name churn
  mlserve serve --models models/ --alias champion=churn@3 --default-model champion
  mlserve serve --unix /run/mlserve/mlserve.sock
  mlserve serve --host 0.0.0.0 --port 443 --tls-cert chain.pem --tls-key key.pem
  mlserve serve --workers 0 --store postgresql://db.example/mlserve
  curl http://127.0.0.1:12345/predict -H 'Content-Type: application/json' -d '[{"Age": 24, "Sex": "female"}]'
  curl http://127.0.0.1:12345/predict -H 'Prefer: respond-async' -H 'Content-Type: text/csv' -T rows.csv -X POST

Slow work becomes a job in --store, which is opened when the first one comes; workers inside, and those of
`mlserve worker`, take the jobs in their order. SIGHUP reads the models and the certificate again; a bad file leaves the old one serving,
and log files are opened anew. SIGTERM and Ctrl-C answer what has begun, then exit 0; a second one exits at once.)";

/// How often the key file is looked at.
constexpr std::chrono::seconds kRefreshInterval{1};

/// Threads that ask the store, and requests that wait for them: 503 above.
constexpr unsigned kStoreThreads = 8;
constexpr std::size_t kMaxStoreRequests = 10'000;

struct ServeCommand {
  server::TransportOptions transport;
  server::RouteOptions routes;
  jobs::WorkerOptions worker;
  ModelOptions models;
  std::string store;
  AccessOptions access;
  server::RequestLimitOptions limits;
  ListenOptions listen;
  MetricsOptions metrics;
  LogOptions logs;
};

void add_options(CLI::App& app, ServeCommand& command) {
  add_model_options(app, command.models);
  app.add_option("--threads", command.transport.workers,
                 "Threads that answer requests; 0 for one a core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

void add_job_options(CLI::App& app, ServeCommand& command) {
  add_store_option(app, command.store);
  app.add_option("--workers", command.worker.concurrency,
                 "Jobs that this process does at a time; 0 leaves them to `mlserve worker`")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  add_worker_options(app, command.worker);
  app.add_option("--sync-limit", command.routes.sync_limit,
                 "Rows that are answered at once; more become a job")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 40U))
      ->capture_default_str();
  app.add_option("--max-job-bytes", command.routes.max_job_bytes,
                 "Largest body of a job; 413 above")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 50U))
      ->capture_default_str();
  add_max_queue_option(app, command.routes.queue.max_queued);
  app.add_option("--store-quota", command.routes.queue.max_bytes,
                 "Bytes of bodies, results and models in the store; 429 above")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 50U))
      ->capture_default_str();
  app.add_flag("--allow-training", command.routes.allow_training,
               "Let POST /models/{name} train models from what clients send");
}

/// Jobs and what comes of them, beside the server.
struct JobSide {
  JobSide(const ServeCommand& command, server::Service& service, Log& log)
      : store(store::open_store(command.store)),
        executor(kStoreThreads, kMaxStoreRequests),
        jobs(*store, executor, log),
        models(*store, service.models, executor, log),
        census(*store, executor),
        worker(*store, command.worker, log) {
    service.jobs = &jobs;
  }
  ~JobSide() { executor.stop(); }  // its tasks use what goes next

  JobSide(const JobSide&) = delete;
  JobSide& operator=(const JobSide&) = delete;

  std::unique_ptr<store::Store> store;
  server::Executor executor;
  server::JobService jobs;
  server::ModelSync models;
  server::JobCensus census;
  jobs::Worker worker;
};

std::string model_names(const server::ModelRegistry& models) {
  std::string names;
  for (const auto& served : models.all()) names += " '" + served->name() + "'";
  return names.empty() ? "no model yet" : "model" + names;
}

server::TransportHooks hooks_of(const ServeCommand& command, const server::Access& access,
                                server::RequestLimits& limits, ServeMetrics& metrics,
                                RequestLogs& logs) {
  server::TransportHooks hooks{server::error_for_path};
  hooks.gate = [&access, &limits, &logs](server::Request& request, const server::Route& route) {
    access.check(request, route);
    logs.admit(request);
    return limits.admit(request, route);
  };
  hooks.decorate = [&access, redacts = command.access.redact](const server::RequestSummary& request,
                                                              server::Response& response) {
    if (redacts) server::redact(request, response);
    access.decorate(request, response);
  };
  hooks.observe = [&logs, observe = metrics.observer()](const server::RequestReport& report) {
    if (observe) observe(report);
    logs.observe(report);
  };
  return hooks;
}

/// Sends clients elsewhere, then stops: the probe says already that it will.
void leave(const ListenOptions& options, server::Transport& transport,
           const ServiceManager& manager, Log& log) {
  manager.stopping("answering what has begun");
  transport.wind_down();
  if (options.shutdown_delay.count() > 0) log.info("about to stop; requests are still taken");
  std::this_thread::sleep_for(options.shutdown_delay);
  log.info("stopping; requests that have begun are answered");
  transport.stop();
}

/// What the platform wants goes behind what the user has chosen.
void apply_platform(const CLI::App& app, ServeCommand& command) {
  const auto chosen = [&app](const char* name) { return app.get_option(name)->count() > 0; };
  const bool address = chosen("--host") || chosen("--port") || chosen("--unix");
  const auto platform = find_platform({address, chosen("--model") || chosen("--models")});
  if (!platform) return;
  command.transport.host = "0.0.0.0";
  command.transport.port = platform->port;
  command.listen.insecure = true;  // its own proxy is in front
  command.models.file = platform->model.value_or(command.models.file);
  command.routes.vertex_predict_route = platform->predict_route;
  command.routes.vertex_health_route = platform->health_route;
}

int run(const CLI::App& app, ServeCommand& command, Context& context) {
  apply_platform(app, command);
  const auto tls = settle_listening(app, command.listen, command.transport);
  command.routes.result_ttl = command.worker.result_ttl;
  command.routes.admin = command.models.admin;
  raise_file_limit();
  const Signals signals;
  const ServiceManager manager;
  context.log.write_behind();
  server::Service service(context.log);
  server::RequestLimits limits(command.limits);
  ServeMetrics metrics(command.metrics, service.models, limits);
  command.worker.observer = metrics.attempt_observer();
  const bool from_store = command.routes.allow_training || app.get_option("--store")->count() > 0;
  const auto folder_watch =
      open_models(app, command.models, from_store, service.models, context.log);
  RequestLogs logs(command.logs, context.log);
  JobSide job_side(command, service, context.log);
  const auto keys = open_keys(command.access);
  const server::Access access({keys.get(), command.models.admin, command.access.cors_origins});
  command.routes.api_keys = keys != nullptr;
  std::vector<server::Route> others;
  metrics.show(job_side.census, others);
  std::vector<server::Route> routes =
      server::make_routes(service, command.routes, std::move(others));
  for (server::Route& route : access.preflight_routes(routes)) routes.push_back(std::move(route));
  server::Transport transport(command.transport, std::move(routes),
                              hooks_of(command, access, limits, metrics, logs));
  // A process that cannot have its port takes no job, either.
  if (command.worker.concurrency > 0) job_side.worker.start();
  context.log.info("serving " + model_names(service.models) + " on " +
                   join(transport.addresses(), " and "));
  manager.ready("serving");
  std::thread serving([&] {
    transport.run();
    // Should it ever end by itself, the wait for a signal ends too.
    if (!service.draining) kill(getpid(), SIGTERM);
  });
  for (;;) {
    const std::optional<int> signal = signals.wait_for(kRefreshInterval);
    refresh_keys(keys.get(), signal == SIGHUP, context.log);
    if (signal == SIGHUP) {
      manager.reloading();
      logs.reopen();
      reload_tls(tls.get(), context.log);
      // Not here: the next signal may be the one to stop.
      job_side.executor.post([&] {
        if (service.models.reload()) context.log.info("models read again");
        manager.ready("serving");
      });
    } else if (signal) {
      break;
    }
  }
  service.draining = true;
  signals.restore();
  leave(command.listen, transport, manager, context.log);
  job_side.worker.stop();
  serving.join();
  return kDone;
}

}  // namespace

Command add_serve(CLI::App& app) {
  auto command = std::make_shared<ServeCommand>();
  CLI::App* sub = app.add_subcommand("serve", "Answer POST /predict over HTTP");
  sub->footer(kServeExamples);
  command->worker.low_priority = true;
  add_listen_options(*sub, command->listen, command->transport);
  add_options(*sub, *command);
  add_job_options(*sub, *command);
  add_access_options(*sub, command->access);
  add_protocol_options(*sub, command->routes);
  add_log_options(*sub, command->logs);
  add_limit_options(*sub, {command->transport, command->routes, command->limits});
  add_metrics_options(*sub, command->metrics);
  return {sub, [sub, command](Context& context) { return run(*sub, *command, context); }};
}

}  // namespace mlserve::app
