#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mlserve::server {

/// How many connections each client has open. All calls may run on several threads at once.
class ClientConnections {
 public:
  /// At most so many for each client; 0: as many as it likes.
  explicit ClientConnections(std::size_t max_per_client) : max_per_client_(max_per_client) {}

  ClientConnections(const ClientConnections&) = delete;
  ClientConnections& operator=(const ClientConnections&) = delete;

  /// Counts a connection as long as it lives, which must not be longer than the counter does. An
  /// empty one counts nothing.
  class Place;

  /// None when the client of `remote_address` has all it may have. An empty place where nothing is
  /// counted: without a limit, and for clients without an address, those of a Unix socket, of
  /// which no one can be told from another.
  std::optional<Place> enter(std::string_view remote_address);

 private:
  using Counts = std::unordered_map<std::string, std::size_t>;

  void leave(Counts::const_pointer client);

  const std::size_t max_per_client_;
  std::mutex mutex_;
  Counts counts_;  // by network, see client_network; of those who have one at least
};

class ClientConnections::Place {
 public:
  Place() = default;
  Place(Place&& other) noexcept
      : all_(other.all_), client_(std::exchange(other.client_, nullptr)) {}
  Place& operator=(Place&& other) noexcept {
    std::swap(all_, other.all_);
    std::swap(client_, other.client_);
    return *this;
  }
  ~Place() {
    if (client_ != nullptr) all_->leave(client_);
  }

 private:
  friend ClientConnections;
  Place(ClientConnections& all, Counts::const_pointer client) : all_(&all), client_(client) {}

  ClientConnections* all_ = nullptr;
  Counts::const_pointer client_ = nullptr;  // stays where it is until its count is 0
};

}  // namespace mlserve::server
