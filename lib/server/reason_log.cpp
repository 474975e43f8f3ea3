#include "server/reason_log.hpp"

namespace mlserve::server {
namespace {

constexpr std::chrono::minutes kSilence{1};
constexpr std::size_t kMaxReasons = 16;

}  // namespace

void ReasonLog::warn(const std::string& reason) {
  const SteadyTime now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(told_, [&](const auto& told) { return now - told.second >= kSilence; });
    if (told_.size() >= kMaxReasons || !told_.emplace(reason, now).second) return;
  }
  log_.warning(reason);
}

}  // namespace mlserve::server
