#include "server/in_flight.hpp"

#include "server/refusal.hpp"

namespace mlserve::server {

Admission InFlight::enter() {
  const std::size_t before = count_.fetch_add(1, std::memory_order_relaxed);
  Admission place(count_);
  if (before >= max_) {
    throw Refusal(503, "too many requests are being worked on", {{"Retry-After", "1"}});
  }
  return place;
}

}  // namespace mlserve::server
