#include "server/request_counts.hpp"

#include <chrono>
#include <thread>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/metrics_text.hpp"

using namespace mlserve::server;
using namespace std::chrono_literals;
using mlserve::testing::find_family;
using mlserve::testing::find_sample;
using mlserve::testing::metric;

namespace {

const Route kPredict{"POST", "/predict", {}, {}, 0};
const Route kJob{"GET", "/jobs/{id}", {}, {}, 0};

void add(RequestCounts& counts, const Route* route, int status, const Subject& subject = {},
         std::chrono::nanoseconds duration = 1ms) {
  RequestSummary request;
  request.route = route;
  counts.add({request, subject, status, true, 0, 0, duration});
}

std::vector<MetricFamily> collected(RequestCounts& counts) {
  std::vector<MetricFamily> families;
  counts.collect(families);
  return families;
}

}  // namespace

TEST_CASE("Requests are counted by route, model, version and status", "[server]") {
  RequestCounts counts;
  for (int i = 0; i < 3; ++i) add(counts, &kPredict, 200, {"m", "1", 4, 200us});
  add(counts, &kPredict, 200, {"m", "2", 1, 200us});
  add(counts, &kPredict, 422);
  add(counts, &kJob, 404);
  const auto families = collected(counts);
  const Labels route = {{"method", "POST"}, {"route", "/predict"}};
  CHECK(metric(families, "mlserve_requests",
               {route[0], route[1], {"model", "m"}, {"version", "1"}, {"code", "200"}}) == 3);
  CHECK(metric(families, "mlserve_requests",
               {route[0], route[1], {"model", "m"}, {"version", "2"}, {"code", "200"}}) == 1);
  CHECK(metric(families, "mlserve_requests", {route[0], route[1], {"code", "422"}}) == 1);
  CHECK(metric(families, "mlserve_requests",
               {{"method", "GET"}, {"route", "/jobs/{id}"}, {"code", "404"}}) == 1);
  CHECK(find_family(families, "mlserve_requests")->samples.size() == 4);
  CHECK(find_sample(families, "mlserve_request_duration_seconds", route)->histogram.count == 5);
  CHECK(metric(families, "mlserve_rows", {{"model", "m"}, {"version", "1"}}) == 12);
  CHECK(metric(families, "mlserve_rows", {{"model", "m"}, {"version", "2"}}) == 1);
}

TEST_CASE("What found no route and what its client left are counted, too", "[server]") {
  RequestCounts counts;
  add(counts, nullptr, 404);
  add(counts, &kPredict, 0);
  const auto families = collected(counts);
  CHECK(metric(families, "mlserve_requests", {{"route", "none"}, {"code", "404"}}) == 1);
  CHECK(metric(families, "mlserve_requests",
               {{"method", "POST"}, {"route", "/predict"}, {"code", "499"}}) == 1);
}

TEST_CASE("Durations and rows fall into the bucket of the least bound that holds them",
          "[server]") {
  RequestCounts counts;
  const Labels route = {{"method", "POST"}, {"route", "/predict"}};
  const Labels model = {{"model", "m"}, {"version", "1"}};
  add(counts, &kPredict, 200, {"m", "1", 4, 1ms}, 50us);
  add(counts, &kPredict, 200, {"m", "1", 5, 1ms}, 51us);
  add(counts, &kPredict, 200, {"m", "1", 1'000'000, 1ms}, 1h);
  const auto families = collected(counts);
  const HistogramValue& durations =
      find_sample(families, "mlserve_request_duration_seconds", route)->histogram;
  CHECK(durations.count == 3);
  CHECK(durations.sum == Approx(3600.000101).epsilon(1e-15));
  CHECK(durations.buckets[0] == std::pair(5e-5, std::uint64_t{1}));
  CHECK(durations.buckets[1] == std::pair(1e-4, std::uint64_t{2}));
  CHECK(durations.buckets.back() == std::pair(60.0, std::uint64_t{2}));
  const HistogramValue& rows = find_sample(families, "mlserve_batch_rows", model)->histogram;
  CHECK(rows.sum == 1'000'009);
  CHECK(rows.buckets[1] == std::pair(4.0, std::uint64_t{1}));
  CHECK(rows.buckets[2] == std::pair(16.0, std::uint64_t{2}));
  CHECK(find_sample(families, "mlserve_predict_duration_seconds", model)->histogram.sum ==
        Approx(0.003));
}

TEST_CASE("The series of a model that is gone disappear", "[server]") {
  RequestCounts counts;
  add(counts, &kPredict, 200, {"old", "1", 1, 1ms});
  add(counts, &kPredict, 200, {"new", "2", 1, 1ms});
  add(counts, &kPredict, 400);
  counts.forget([](std::string_view model, std::string_view version) {
    return model == "new" && version == "2";
  });
  const auto families = collected(counts);
  CHECK(find_family(families, "mlserve_requests")->samples.size() == 2);
  CHECK_FALSE(metric(families, "mlserve_rows", {{"model", "old"}, {"version", "1"}}));
  CHECK(metric(families, "mlserve_rows", {{"model", "new"}, {"version", "2"}}) == 1);
}

TEST_CASE("Requests that threads report at once are all counted", "[server]") {
  RequestCounts counts;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int request = 0; request < 2000; ++request) {
        add(counts, &kPredict, request % 2 == 0 ? 200 : 400, {"m", "1", 1, 1ms});
      }
    });
  }
  for (int i = 0; i < 20; ++i) collected(counts);
  for (std::thread& thread : threads) thread.join();
  CHECK(metric(collected(counts), "mlserve_rows", {{"model", "m"}, {"version", "1"}}) == 8000);
}
