#include "mlserve/health.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/error_shape.hpp"
#include "server/health.hpp"

namespace mlserve::app {

Health::Health(const HealthOptions& options, std::function<bool()> is_ready,
               std::vector<server::Route> more, Log& log) {
  if (!options.port) return;
  server::TransportOptions transport;
  transport.host = options.host;
  transport.port = *options.port;
  transport.workers = 1;
  transport.stream_workers = 1;
  transport.max_connections = 100;
  transport.stopping_idle_timeout = std::chrono::milliseconds(0);  // nothing here is worth it
  std::vector<server::Route> routes = server::health_routes([is_ready = std::move(is_ready)] {
    return is_ready() ? std::string_view() : std::string_view("the store is not reachable");
  });
  std::ranges::move(more, std::back_inserter(routes));
  transport_ = std::make_unique<server::Transport>(transport, std::move(routes),
                                                   server::TransportHooks{server::error_for_path});
  thread_ = std::thread([this] { transport_->run(); });
  log.info("health on http://" + options.host + ":" + std::to_string(transport_->port()));
}

Health::~Health() {
  if (!transport_) return;
  transport_->stop();
  thread_.join();
}

}  // namespace mlserve::app
