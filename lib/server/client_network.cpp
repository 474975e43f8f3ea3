#include "server/client_network.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>

namespace mlserve::server {
namespace {

constexpr std::size_t kNetworkBytes = 8;

std::string text_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, address, text.data(), text.size());
}

}  // namespace

std::string client_network(std::string_view address) {
  if (address.find(':') == std::string_view::npos) return std::string(address);
  // "fe80::1%eth0" names its interface, too.
  const std::string number(address.substr(0, address.find('%')));
  in6_addr ip{};
  if (inet_pton(AF_INET6, number.c_str(), &ip) != 1) return std::string(address);
  if (IN6_IS_ADDR_V4MAPPED(&ip)) return text_of(AF_INET, &ip.s6_addr[12]);
  std::fill(std::begin(ip.s6_addr) + kNetworkBytes, std::end(ip.s6_addr), std::uint8_t{0});
  return text_of(AF_INET6, &ip) + "/64";
}

}  // namespace mlserve::server
