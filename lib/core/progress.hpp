#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace mlserve {

/// Told which share of a work is done, 0 to 1; an empty one is told nothing. May throw to stop the
/// work: whoever began it gets the exception. Called on whatever thread the work runs, by one at a
/// time.
using Progress = std::function<void(double share)>;

/// For a part of a work that goes from `from` to `to` of the whole.
inline Progress part_of(Progress whole, double from, double to) {
  if (!whole) return {};
  return [whole = std::move(whole), from, to](double share) { whole(from + share * (to - from)); };
}

/// Tells how much is done of so many bytes, 0 where that is not known.
class ByteProgress {
 public:
  ByteProgress(Progress progress, std::uint64_t total)
      : progress_(std::move(progress)), total_(static_cast<double>(total)) {}

  void add(std::size_t bytes) {
    done_ += static_cast<double>(bytes);
    if (progress_) progress_(total_ > 0 ? std::min(done_ / total_, 1.0) : 0);
  }

 private:
  Progress progress_;
  double total_;
  double done_ = 0;
};

/// Tells it, if anybody listens.
inline void tell(const Progress& progress, double share) {
  if (progress) progress(share);
}

}  // namespace mlserve
