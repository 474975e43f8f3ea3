#include "server/sample.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "server/request_id.hpp"

using mlserve::server::make_request_id;
using mlserve::server::Sample;

namespace {

constexpr int kRequests = 20'000;

/// How many of requests numbered as "request-1" a sample takes.
int taken(const Sample& sample) {
  int count = 0;
  for (int i = 0; i < kRequests; ++i) count += sample.takes("request-" + std::to_string(i));
  return count;
}

}  // namespace

TEST_CASE("A sample takes its share of requests, also of ids that are alike", "[server]") {
  // Five standard deviations of a binomial count.
  CHECK(taken(Sample(0.1)) == Approx(0.1 * kRequests).margin(5 * 42.5));
  CHECK(taken(Sample(0.5)) == Approx(0.5 * kRequests).margin(5 * 70.8));
}

TEST_CASE("A sample of nothing takes nothing, of all it takes all", "[server]") {
  CHECK(taken(Sample(0)) == 0);
  CHECK(taken(Sample(1)) == kRequests);
}

TEST_CASE("Two samples of one share take the same requests, a larger one these too", "[server]") {
  const Sample sample(0.3);
  const Sample same(0.3);
  const Sample larger(0.4);
  for (int i = 0; i < 1000; ++i) {
    const std::string id = make_request_id();
    CHECK(sample.takes(id) == same.takes(id));
    CHECK((!sample.takes(id) || larger.takes(id)));
  }
}
