#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "data/byte_source.hpp"

namespace mlserve::testing {

/// Gives at most `step` bytes at a time, so that records and lines are cut anywhere. The bytes
/// outlive it.
class SteppedSource final : public data::ByteSource {
 public:
  SteppedSource(std::string_view bytes, std::size_t step) : rest_(bytes), step_(step) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = rest_.copy(buffer, std::min(size, step_));
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t step_;
};

}  // namespace mlserve::testing
