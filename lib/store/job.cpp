#include "store/job.hpp"

#include <array>

namespace mlserve::store {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"queued", "running",   "succeeded",
                                                    "failed", "cancelled", "expired"};

}  // namespace

std::string_view status_name(JobStatus status) { return kNames[static_cast<std::size_t>(status)]; }

std::optional<JobStatus> parse_status(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<JobStatus>(i);
  }
  return std::nullopt;
}

}  // namespace mlserve::store
