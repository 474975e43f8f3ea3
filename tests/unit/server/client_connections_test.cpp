#include "server/client_connections.hpp"

#include <vector>

#include "support/catch_shim.hpp"

using mlserve::server::ClientConnections;

TEST_CASE("A client has so many connections, and a place again when one is closed", "[server]") {
  ClientConnections clients(2);
  auto first = clients.enter("192.0.2.1");
  const auto second = clients.enter("192.0.2.1");
  CHECK(first);
  CHECK(second);
  CHECK_FALSE(clients.enter("192.0.2.1"));
  CHECK(clients.enter("192.0.2.2"));
  first.reset();
  CHECK(clients.enter("192.0.2.1"));
}

TEST_CASE("The addresses of an IPv6 network share their places", "[server]") {
  ClientConnections clients(1);
  const auto place = clients.enter("2001:db8::1");
  CHECK_FALSE(clients.enter("2001:db8::2"));
}

TEST_CASE("A place that moves is counted once", "[server]") {
  ClientConnections clients(1);
  {
    auto place = clients.enter("192.0.2.1");
    const ClientConnections::Place moved(std::move(*place));
    place.reset();
    CHECK_FALSE(clients.enter("192.0.2.1"));
  }
  CHECK(clients.enter("192.0.2.1"));
}

TEST_CASE("Without a limit, and without an address, nothing is counted", "[server]") {
  ClientConnections unlimited(0);
  ClientConnections clients(1);
  std::vector<ClientConnections::Place> places;
  for (int i = 0; i < 100; ++i) {
    places.push_back(unlimited.enter("192.0.2.1").value());
    places.push_back(clients.enter("").value());
  }
}
