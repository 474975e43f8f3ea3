#include "server/metrics_route.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/exposition.hpp"

namespace mlserve::server {
namespace {

using Collect = std::function<void(std::vector<MetricFamily>&)>;

/// A Prometheus server waits ten seconds for all of a scrape.
constexpr std::chrono::seconds kPatience{1};

Response answer(const Collect& collect, Exposition exposition) {
  std::vector<MetricFamily> families;
  collect(families);
  Response response;
  response.content_type = content_type(exposition);
  response.body = expose(families, exposition);
  return response;
}

}  // namespace

Route metrics_route(Collect collect, JobCensus* census) {
  const auto handler = [collect = std::move(collect), census](const Request& request) -> Outcome {
    const Exposition exposition = preferred_exposition(request.header("Accept"));
    const SteadyTime now = std::chrono::steady_clock::now();
    if (census == nullptr || census->is_fresh(now)) return answer(collect, exposition);
    return Parked{std::min(request.deadline, now + kPatience),
                  [census](Waker waker) { census->ask(std::move(waker)); },
                  [collect, exposition] { return answer(collect, exposition); }};
  };
  return {"GET", "/metrics", handler, {}, 0, Scope::any};
}

}  // namespace mlserve::server
