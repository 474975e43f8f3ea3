#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "core/log.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// Logs why requests are refused, not each time: a reason once a minute, and a few reasons a minute
/// in all. May be used on several threads at once.
class ReasonLog {
 public:
  explicit ReasonLog(Log& log) : log_(log) {}

  void warn(const std::string& reason);

 private:
  Log& log_;
  std::mutex mutex_;                        ///< guards told_
  std::map<std::string, SteadyTime> told_;  ///< in the last minute, and when
};

}  // namespace mlserve::server
