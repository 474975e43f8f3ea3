#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "server/channel.hpp"

namespace mlserve::server {

/// Bytes received and not yet used. During a turn they may lie in the thread's own buffer, so a
/// request that comes whole is never copied; `keep` saves the rest, and an idle connection holds
/// no memory.
class InputBuffer {
 public:
  std::string_view view() const noexcept { return view_; }
  bool empty() const noexcept { return view_.empty(); }

  void consume(std::size_t bytes) { view_.remove_prefix(bytes); }

  /// Receives once into `scratch` (not empty), behind what is there already. Views taken before
  /// are no longer valid.
  IoResult fill(Channel& channel, std::span<char> scratch);

  /// Ends the use of `scratch`.
  void keep();

 private:
  std::string kept_;
  std::string_view view_;  // of kept_ or of the thread's buffer
};

}  // namespace mlserve::server
