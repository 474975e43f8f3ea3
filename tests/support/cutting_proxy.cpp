#include "support/cutting_proxy.hpp"

#include <array>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace mlserve::testing {
namespace {

constexpr const char* kSocketName = ".s.PGSQL.5432";

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path)
    throw std::runtime_error("too long for a socket: " + path.string());
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  return address;
}

Descriptor unix_socket() { return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

const sockaddr* plain(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// What has come; empty at the end.
std::string receive(const Descriptor& socket) {
  std::array<char, 65536> buffer{};
  const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
  return {buffer.data(), got < 0 ? 0 : static_cast<std::size_t>(got)};
}

bool send_all(const Descriptor& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::filesystem::path& folder,
                           const std::filesystem::path& server_folder)
    : server_(server_folder / kSocketName), listener_(unix_socket()) {
  const sockaddr_un address = address_of(folder / kSocketName);
  if (::bind(listener_.get(), plain(address), sizeof address) != 0 ||
      ::listen(listener_.get(), 16) != 0) {
    throw std::runtime_error("cannot listen in " + folder.string());
  }
  acceptor_ = std::thread([this] { accept(); });
}

// Clients have to be gone by now: their relays end with them.
CuttingProxy::~CuttingProxy() {
  stopping_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (std::thread& relay : relays_) relay.join();
}

void CuttingProxy::accept() {
  while (!stopping_) {
    Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) continue;
    ++accepted_;
    relays_.emplace_back([this, held = std::move(client)]() mutable { relay(std::move(held)); });
  }
}

void CuttingProxy::relay(Descriptor client) {
  const Descriptor server = unix_socket();
  const sockaddr_un address = address_of(server_);
  if (::connect(server.get(), plain(address), sizeof address) != 0) return;
  for (;;) {
    std::array<pollfd, 2> both{pollfd{client.get(), POLLIN, 0}, pollfd{server.get(), POLLIN, 0}};
    ::poll(both.data(), both.size(), -1);
    if (both[0].revents != 0) {
      const std::string asked = receive(client);
      if (asked.empty() || !send_all(server, asked)) return;
    }
    if (both[1].revents != 0) {
      const std::string said = receive(server);
      if (said.find("COMMIT") != std::string::npos && armed_.exchange(false)) return;
      if (said.empty() || !send_all(client, said)) return;
    }
  }
}

}  // namespace mlserve::testing
