#include "server/settling.hpp"

#include <string>

#include "support/catch_shim.hpp"

using namespace mlserve::server;
using namespace std::chrono_literals;

namespace {

using Things = std::map<int, std::string>;

}  // namespace

TEST_CASE("What changes counts when it has been left alone for a while", "[server]") {
  Settling<int, std::string> settling(100ms);
  const SteadyTime start{};
  settling.see({{1, "a"}}, start);
  CHECK_FALSE(settling.settle(start));
  CHECK(settling.settled().empty());
  settling.see({{1, "ab"}}, start + 60ms);
  CHECK_FALSE(settling.settle(start + 120ms));  // it was written to meanwhile
  settling.see({{1, "ab"}}, start + 160ms);
  CHECK(settling.settle(start + 160ms));
  CHECK(settling.settled() == Things{{1, "ab"}});
}

TEST_CASE("What is gone counts as it was until it stays away", "[server]") {
  Settling<int, std::string> settling(100ms);
  const SteadyTime start{};
  settling.see({{1, "a"}, {2, "b"}}, start);
  settling.settle();
  CHECK(settling.settled() == Things{{1, "a"}, {2, "b"}});
  settling.see({{2, "b"}}, start + 10ms);
  CHECK_FALSE(settling.settle(start + 10ms));
  CHECK(settling.settled() == Things{{1, "a"}, {2, "b"}});
  settling.see({{1, "a"}, {2, "b"}}, start + 20ms);  // replaced by deleting it first
  CHECK(settling.settle(start + 119ms));
  settling.see({{2, "b"}}, start + 200ms);
  CHECK_FALSE(settling.settle(start + 200ms));
  CHECK(settling.settle(start + 300ms));
  CHECK(settling.settled() == Things{{2, "b"}});
}

TEST_CASE("What never settled is forgotten when it is gone", "[server]") {
  Settling<int, std::string> settling(100ms);
  settling.see({{1, "a"}}, SteadyTime{});
  CHECK_FALSE(settling.settle(SteadyTime{}));
  settling.see({}, SteadyTime{} + 10ms);
  CHECK(settling.settle(SteadyTime{} + 10ms));
  CHECK(settling.settled().empty());
}
