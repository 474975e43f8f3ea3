#pragma once

#include <string_view>

#include "server/http.hpp"

namespace mlserve::server {

/// Whether only this machine is at `host`: "localhost", "::1" or an address 127.x.y.z.
bool is_loopback(std::string_view host);

/// Whether a program on this machine asks for itself, by loopback or a Unix socket. It does not
/// when a proxy says that it passes the request on, nor when Host has another name: a web page may
/// have its own name resolved to 127.0.0.1 to read what is here (DNS rebinding). A proxy that says
/// nothing and changes Host is not found out.
bool is_local(const Request& request);

/// Whether a client may read of paths and of reasons that are not its own: one on this machine, or
/// with an API key.
bool may_see_details(const Request& request);

}  // namespace mlserve::server
