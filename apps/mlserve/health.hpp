#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/log.hpp"
#include "server/transport.hpp"

namespace mlserve::app {

struct HealthOptions {
  std::optional<int> port;  ///< none: no health port
  std::string host = "127.0.0.1";
};

/// Answers /livez, /readyz and `more` routes for a program that is no server otherwise, as long as
/// it lives.
class Health {
 public:
  /// Throws Error(unavailable) when the port cannot be had.
  Health(const HealthOptions& options, std::function<bool()> is_ready,
         std::vector<server::Route> more, Log& log);
  ~Health();

  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

 private:
  std::unique_ptr<server::Transport> transport_;
  std::thread thread_;
};

}  // namespace mlserve::app
