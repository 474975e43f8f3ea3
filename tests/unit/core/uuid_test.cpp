#include "core/uuid.hpp"

#include <chrono>
#include <set>

#include "support/catch_shim.hpp"

using namespace mlserve;

TEST_CASE("A UUID is of version 7: time first, then what nobody can guess", "[core]") {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const std::string id = make_uuid();
  REQUIRE(is_uuid(id));
  CHECK(id[14] == '7');
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  const long long time = std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
  CHECK(time >= now);
  CHECK(time < now + 60'000);
}

TEST_CASE("UUIDs made at once differ", "[core]") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(make_uuid().substr(14));
  CHECK(ids.size() == 1000);
}

TEST_CASE("What is no UUID is known", "[core]") {
  CHECK(is_uuid("0190d3d2-6d1e-7a6b-8a55-0123456789ab"));
  CHECK_FALSE(is_uuid(""));
  CHECK_FALSE(is_uuid("0190d3d2-6d1e-7a6b-8a55-0123456789a"));
  CHECK_FALSE(is_uuid("0190D3D2-6D1E-7A6B-8A55-0123456789AB"));
  CHECK_FALSE(is_uuid("0190d3d2x6d1e-7a6b-8a55-0123456789ab"));
  CHECK_FALSE(is_uuid("0190d3d2-6d1e-7a6b-8a55-0123456789a'"));
}
