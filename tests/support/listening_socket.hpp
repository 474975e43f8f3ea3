#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>

#include "core/descriptor.hpp"
#include "server/transport.hpp"

namespace mlserve::test {

/// A socket that listens on loopback, as a service manager has it for its servers.
struct ListeningSocket {
  Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int port = 0;

  ListeningSocket() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t bytes = sizeof address;
    if (::bind(socket.get(), any, bytes) != 0 || ::listen(socket.get(), 512) != 0 ||
        ::getsockname(socket.get(), any, &bytes) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port = ntohs(address.sin_port);
  }
};

/// Has a server listen on a copy of `socket` alone.
inline void give_socket(int socket, server::TransportOptions& options) {
  options.tcp = false;
  options.inherited = {::fcntl(socket, F_DUPFD_CLOEXEC, 0)};
}

}  // namespace mlserve::test
