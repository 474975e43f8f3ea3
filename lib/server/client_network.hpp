#pragma once

#include <string>
#include <string_view>

namespace mlserve::server {

/// Whom limits take for one client, by `address`, a numeric one: an IPv4 address, also where IPv6
/// has mapped it; of IPv6 the network "2001:db8:1:2::/64", for one machine may use all addresses of
/// that. What is no address is returned as it is.
std::string client_network(std::string_view address);

}  // namespace mlserve::server
