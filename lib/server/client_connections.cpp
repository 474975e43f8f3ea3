#include "server/client_connections.hpp"

#include "server/client_network.hpp"

namespace mlserve::server {

std::optional<ClientConnections::Place> ClientConnections::enter(std::string_view remote_address) {
  if (max_per_client_ == 0 || remote_address.empty()) return Place();
  const std::lock_guard lock(mutex_);
  const auto client = counts_.try_emplace(client_network(remote_address), 0).first;
  if (client->second >= max_per_client_) return std::nullopt;
  ++client->second;
  return Place(*this, &*client);
}

void ClientConnections::leave(Counts::const_pointer client) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(client->first);
  if (--found->second == 0) counts_.erase(found);
}

}  // namespace mlserve::server
