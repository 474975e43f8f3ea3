#include "server/client_network.hpp"

#include "support/catch_shim.hpp"

using mlserve::server::client_network;

TEST_CASE("An IPv4 address is a client, whatever form it comes in", "[server]") {
  CHECK(client_network("192.0.2.7") == "192.0.2.7");
  CHECK(client_network("::ffff:192.0.2.7") == "192.0.2.7");
}

TEST_CASE("All addresses of an IPv6 network are one client", "[server]") {
  CHECK(client_network("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(client_network("2001:db8:1:2::1") == client_network("2001:db8:1:2:ffff::"));
  CHECK(client_network("2001:db8:1:3::1") != client_network("2001:db8:1:2::1"));
  CHECK(client_network("fe80::1%eth0") == client_network("fe80::2%eth1"));
  CHECK(client_network("::1") == "::/64");
}

TEST_CASE("What is no address stays as it is", "[server]") {
  CHECK(client_network("").empty());
  CHECK(client_network("unix:") == "unix:");
}
