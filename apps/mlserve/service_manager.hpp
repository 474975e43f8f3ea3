#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mlserve::app {

/// systemd, or whoever started this process and speaks its protocol: told what the process is at,
/// and asked for the sockets it has opened. Without one (NOTIFY_SOCKET, LISTEN_FDS are not set)
/// all calls do nothing. An unreachable manager is no error.
///
/// It is told once in half of WATCHDOG_USEC that the process lives, if it wants to know: by a
/// thread of its own, as a reload may keep the others for longer.
class ServiceManager {
 public:
  ServiceManager();
  ~ServiceManager();

  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// `status` is a line for people who ask the manager.
  void ready(std::string_view status) const;
  void reloading() const;
  void stopping(std::string_view status) const;

 private:
  void send(std::string_view message) const;

  std::string address_;  // of NOTIFY_SOCKET; an abstract one begins with '@'
  std::mutex mutex_;
  std::condition_variable_any ending_;
  std::jthread watchdog_;
};

/// Sockets that the service manager has opened for this process (LISTEN_FDS, LISTEN_PID).
/// Throws Error(invalid_argument) if their number cannot be read.
std::vector<int> inherited_sockets();

}  // namespace mlserve::app
