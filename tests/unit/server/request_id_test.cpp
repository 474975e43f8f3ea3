#include "server/request_id.hpp"

#include <array>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch_shim.hpp"

using mlserve::server::make_request_id;
using mlserve::server::usable_request_id;

TEST_CASE("A request id of visible ASCII characters is taken as sent", "[server]") {
  const std::string longest(128, 'x');
  for (const std::string& id : {std::string("a"), std::string("5e2c-17_A.b:c/d=+~!"), longest})
    CHECK(usable_request_id(id) == id);
}

TEST_CASE("A request id that does not belong in a log is not taken", "[server]") {
  using namespace std::string_literals;
  const std::string too_long(129, 'x');
  for (const std::string& id :
       {""s, "a b"s, "a\tb"s, "a\nb"s, "a\x1b[0m"s, "a\x7f"s, "\xC3\xA9"s, "a\0b"s, too_long})
    CHECK_FALSE(usable_request_id(id));
}

TEST_CASE("Made request ids are different, usable, and of 32 digits", "[server]") {
  constexpr std::size_t kEach = 1000;
  std::array<std::vector<std::string>, 4> made;
  std::vector<std::thread> threads;
  for (std::vector<std::string>& ids : made) {
    threads.emplace_back([&ids] {
      for (std::size_t i = 0; i < kEach; ++i) ids.push_back(make_request_id());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::vector<std::string>& ids : made) all.insert(ids.begin(), ids.end());
  CHECK(all.size() == made.size() * kEach);
  const std::string& id = *all.begin();
  CHECK(usable_request_id(id) == id);
  CHECK(id.size() == 32);
  CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
}
