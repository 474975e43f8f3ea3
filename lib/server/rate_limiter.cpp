#include "server/rate_limiter.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::server {
namespace {

using std::chrono::nanoseconds;

constexpr std::array<std::pair<std::string_view, std::chrono::seconds>, 4> kPeriods = {
    {{"s", std::chrono::seconds(1)},
     {"min", std::chrono::minutes(1)},
     {"m", std::chrono::minutes(1)},
     {"h", std::chrono::hours(1)}}};

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto count = parse_integer(text);
  if (!count || *count < 1 || *count > static_cast<std::int64_t>(RateLimit::kMaxRequests)) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(*count);
}

std::optional<RateLimit> parsed(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::size_t colon = text.find(':');
  const auto requests = parse_count(text.substr(0, slash));
  if (slash == std::string_view::npos || !requests) return std::nullopt;
  const std::string_view unit = text.substr(slash + 1, colon - slash - 1);
  const auto* const period =
      std::ranges::find(kPeriods, unit, &decltype(kPeriods)::value_type::first);
  const auto burst =
      colon == std::string_view::npos ? requests : parse_count(text.substr(colon + 1));
  if (period == kPeriods.end() || !burst) return std::nullopt;
  return RateLimit{*requests, period->second, *burst};
}

}  // namespace

RateLimit parse_rate_limit(std::string_view text) {
  if (const auto limit = parsed(text)) return *limit;
  throw Error(ErrorKind::invalid_argument,
              "\"" + shown(text) + "\" is no rate like 100/s, 60/min, 1000/h or 60/min:10");
}

RateLimiter::RateLimiter(const RateLimit& limit, std::size_t max_clients)
    : limit_(limit),
      interval_(nanoseconds(limit.period) / limit.requests),
      tolerance_(interval_ * limit.burst),
      max_clients_a_shard_(std::max<std::size_t>(1, max_clients / kShards)) {}

// The generic cell rate algorithm (ITU-T I.371, Annex A, the form with virtual scheduling): a
// request is due when the one before it was, one interval later, and not before now. It may come
// earlier by what a burst leaves.
nanoseconds RateLimiter::take(std::string_view client, SteadyTime now) {
  Shard& shard = shards_[std::hash<std::string_view>()(client) % kShards];
  const std::lock_guard lock(shard.mutex);
  SteadyTime& due = find_or_add(shard, client).due;
  const nanoseconds ahead = std::max(due, now) + interval_ - now;
  if (ahead > tolerance_) return ahead - tolerance_;
  due = now + ahead;
  return nanoseconds(0);
}

RateLimiter::Client& RateLimiter::find_or_add(Shard& shard, std::string_view client) const {
  std::list<Client>& clients = shard.clients;
  if (const auto found = shard.places.find(client); found != shard.places.end()) {
    clients.splice(clients.begin(), clients, found->second);
    return clients.front();
  }
  if (clients.size() >= max_clients_a_shard_) {
    shard.places.erase(clients.back().name);
    clients.pop_back();
  }
  clients.push_front({std::string(client), SteadyTime::min()});
  shard.places.emplace(clients.front().name, clients.begin());
  return clients.front();
}

std::size_t RateLimiter::size() const {
  std::size_t clients = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    clients += shard.clients.size();
  }
  return clients;
}

}  // namespace mlserve::server
