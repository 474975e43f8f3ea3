#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/http.hpp"

namespace mlserve::server {

/// So many requests in each period, and so many of them at once by a client that was quiet.
struct RateLimit {
  std::uint64_t requests = 0;
  std::chrono::seconds period{1};
  std::uint64_t burst = 0;

  static constexpr std::uint64_t kMaxRequests = 1'000'000;
};

/// "100/s", "60/min", "1000/h", and with a burst "60/min:10"; without one all of a period's
/// requests may come at once. Throws Error(invalid_argument).
RateLimit parse_rate_limit(std::string_view text);

/// Who of many clients asks too often.
///
/// Each client has a request back every `period / requests`, up to `burst` of them. What is kept of
/// a client is one point in time. Of more than `max_clients` those that have not asked for the
/// longest time are forgotten, and begin anew with a whole burst. All calls may run on several
/// threads at once.
class RateLimiter {
 public:
  static constexpr std::size_t kMaxClients = 100'000;

  explicit RateLimiter(const RateLimit& limit, std::size_t max_clients = kMaxClients);

  /// Counts a request of `client` at `now` if it is allowed: then 0. Else how long the client is to
  /// wait.
  std::chrono::nanoseconds take(std::string_view client, SteadyTime now);

  const RateLimit& limit() const noexcept { return limit_; }

  /// How many clients are remembered.
  std::size_t size() const;

 private:
  struct Client {
    std::string name;
    SteadyTime due;  // the theoretical arrival time of its next request
  };
  /// Clients are spread over several, each with a lock of its own.
  struct Shard {
    mutable std::mutex mutex;
    std::list<Client> clients;  // the one that asked last in front
    std::unordered_map<std::string_view, std::list<Client>::iterator> places;  // by Client::name
  };
  static constexpr std::size_t kShards = 16;

  Client& find_or_add(Shard& shard, std::string_view client) const;

  const RateLimit limit_;
  const std::chrono::nanoseconds interval_;   // between requests at the allowed rate
  const std::chrono::nanoseconds tolerance_;  // how far they may run ahead of it
  const std::size_t max_clients_a_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace mlserve::server
