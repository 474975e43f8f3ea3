#include "mlserve/service_manager.hpp"

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/descriptor.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

// The protocols are a datagram and two variables, described in sd_notify(3) and
// sd_listen_fds(3). libsystemd would be one more library to load at every start.

namespace mlserve::app {
namespace {

constexpr int kFirstSocket = 3;

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text ? text : "";
}

std::optional<long> number(const std::string& text) {
  long value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

/// The variables of a process pass to its children, for whom they are not meant.
bool is_for_us(const char* pid_variable) { return number(variable(pid_variable)) == ::getpid(); }

long monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000L + now.tv_nsec / 1000;
}

}  // namespace

ServiceManager::ServiceManager() : address_(variable("NOTIFY_SOCKET")) {
  const auto period = number(variable("WATCHDOG_USEC"));
  const bool ours = variable("WATCHDOG_PID").empty() || is_for_us("WATCHDOG_PID");
  if (address_.empty() || !ours || period.value_or(0) <= 0) return;
  watchdog_ = std::jthread(
      [this, interval = std::chrono::microseconds(*period / 2)](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        do {
          send("WATCHDOG=1");
        } while (!ending_.wait_for(lock, stop, interval, [&] { return stop.stop_requested(); }));
      });
}

ServiceManager::~ServiceManager() = default;

void ServiceManager::ready(std::string_view status) const {
  send("READY=1\nSTATUS=" + std::string(status));
}

void ServiceManager::reloading() const {
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds()));
}

void ServiceManager::stopping(std::string_view status) const {
  send("STOPPING=1\nSTATUS=" + std::string(status));
}

void ServiceManager::send(std::string_view message) const {
  sockaddr_un address{};
  if (address_.empty() || address_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  address_.copy(address.sun_path, address_.size());
  if (address_.front() == '@') address.sun_path[0] = '\0';  // an abstract name, without an end
  const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ::sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), bytes);
}

std::vector<int> inherited_sockets() {
  std::vector<int> sockets;
  if (!is_for_us("LISTEN_PID")) return sockets;
  const std::string text = variable("LISTEN_FDS");
  const auto count = number(text);
  if (!count || *count < 0 || *count > ::sysconf(_SC_OPEN_MAX)) {
    throw Error(ErrorKind::invalid_argument,
                "LISTEN_FDS: \"" + shown(text) + "\" is no number of sockets");
  }
  for (int i = 0; i < *count; ++i) sockets.push_back(kFirstSocket + i);
  return sockets;
}

}  // namespace mlserve::app
