#include "server/local_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <string>

#include "server/ascii.hpp"

namespace mlserve::server {
namespace {

bool is_proxied(const Request& request) {
  constexpr std::array<std::string_view, 3> kMarks = {"Forwarded", "X-Forwarded-For", "Via"};
  return std::ranges::any_of(request.headers, [&](const auto& header) {
    return std::ranges::any_of(
        kMarks, [&](std::string_view mark) { return equals_ignoring_case(header.first, mark); });
  });
}

/// The address of a peer, which for IPv4 over IPv6 is "::ffff:127.0.0.1".
std::string_view without_mapping(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  return address.starts_with(kMapped) ? address.substr(kMapped.size()) : address;
}

/// "[::1]:8080" is "::1".
std::string_view host_of(std::string_view header) {
  if (header.starts_with('[')) return header.substr(1, header.find(']') - 1);
  return header.substr(0, header.find(':'));
}

}  // namespace

bool is_loopback(std::string_view host) {
  in_addr address{};  // a name like 127.example.org is none
  const bool ipv4 = inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
  return equals_ignoring_case(host, "localhost") || host == "::1" ||
         (ipv4 && host.starts_with("127."));
}

bool is_local(const Request& request) {
  const std::string_view host = request.header("Host");  // HTTP/1.0 has none
  const std::string_view peer = request.remote_address;
  return (peer == "unix" || is_loopback(without_mapping(peer))) && !is_proxied(request) &&
         (host.empty() || is_loopback(host_of(host)));
}

bool may_see_details(const Request& request) {
  return !request.client.empty() || is_local(request);
}

}  // namespace mlserve::server
