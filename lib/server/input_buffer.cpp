#include "server/input_buffer.hpp"

#include <functional>

namespace mlserve::server {

IoResult InputBuffer::fill(Channel& channel, std::span<char> scratch) {
  keep();
  const IoResult result = channel.receive(scratch);
  const std::string_view received(scratch.data(), result.bytes);
  if (kept_.empty()) {
    view_ = received;
  } else {
    kept_ += received;
    view_ = kept_;
  }
  return result;
}

void InputBuffer::keep() {
  const std::less_equal<const char*> not_after;
  const bool in_kept = not_after(kept_.data(), view_.data()) &&
                       not_after(view_.data() + view_.size(), kept_.data() + kept_.size());
  if (view_.empty()) {
    kept_ = std::string();  // gives its memory back, which clear() would not
  } else if (!in_kept) {
    kept_.assign(view_);
  } else if (view_.size() < kept_.size()) {
    kept_.erase(0, kept_.size() - view_.size());
  }
  view_ = kept_;
}

}  // namespace mlserve::server
