#include "server/request_limits.hpp"

#include <chrono>
#include <string>

#include "server/client_network.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

using std::chrono::ceil;
using std::chrono::seconds;

/// Names of keys and addresses are told apart: a key may be called "127.0.0.1".
std::string client_of(const Request& request) {
  return request.client.empty() ? client_network(request.remote_address) : "key " + request.client;
}

// The headers as draft-ietf-httpapi-ratelimit-headers-10 has them: q requests in w seconds are
// allowed; r are left, and there is one more in t seconds.
Refusal too_often(const RateLimit& limit, std::chrono::nanoseconds retry_after) {
  const std::string wait = std::to_string(ceil<seconds>(retry_after).count());
  const std::string quota = std::to_string(limit.requests);
  const std::string period = std::to_string(limit.period.count());
  return {429,
          "more than " + quota + " requests in " + period + " s; come again in " + wait + " s",
          {{"Retry-After", wait},
           {"RateLimit-Policy", "\"default\";q=" + quota + ";w=" + period},
           {"RateLimit", "\"default\";r=0;t=" + wait}}};
}

}  // namespace

RequestLimits::RequestLimits(const RequestLimitOptions& options)
    : in_flight_(options.max_in_flight) {
  if (options.rate) rate_.emplace(*options.rate);
}

Admission RequestLimits::admit(const Request& request, const Route& route) {
  if (route.scope == Scope::none) return {};
  if (rate_) check_rate(request);
  return in_flight_.enter();
}

void RequestLimits::check_rate(const Request& request) {
  const auto wait = rate_->take(client_of(request), std::chrono::steady_clock::now());
  if (wait.count() > 0) throw too_often(rate_->limit(), wait);
}

}  // namespace mlserve::server
