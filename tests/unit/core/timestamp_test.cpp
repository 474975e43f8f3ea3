#include "core/timestamp.hpp"

#include <chrono>

#include "support/catch_shim.hpp"

using namespace mlserve;
using std::chrono::milliseconds;
using std::chrono::system_clock;

TEST_CASE("A timestamp is in UTC, with three digits of a second", "[core]") {
  const auto at = [](std::int64_t ms) {
    return timestamp(system_clock::time_point(milliseconds(ms)));
  };
  CHECK(at(0) == "1970-01-01T00:00:00.000Z");
  CHECK(at(1'709'210'096'789) == "2024-02-29T12:34:56.789Z");
  CHECK(at(1'709'210'096'007) == "2024-02-29T12:34:56.007Z");
  CHECK(at(-1) == "1969-12-31T23:59:59.999Z");
}
