#include "server/output_buffer.hpp"

#include <string_view>

namespace mlserve::server {
namespace {

// More than most answers; what a larger one has taken is not kept.
constexpr std::size_t kMaxKeptBytes = std::size_t{1} << 20;

}  // namespace

void OutputBuffer::clear() {
  text_.clear();
  sent_ = 0;
}

IoResult OutputBuffer::flush(Channel& channel) {
  IoResult total;
  while (!empty() && !total.blocked && !total.closed) {
    const IoResult result = channel.send(std::string_view(text_).substr(sent_));
    sent_ += result.bytes;
    total = {total.bytes + result.bytes, result.blocked, result.closed};
  }
  if (empty()) clear();
  return total;
}

void OutputBuffer::borrow(std::string& scratch) {
  if (empty()) text_.swap(scratch);
}

void OutputBuffer::give_back(std::string& scratch) {
  if (!empty()) return;
  clear();
  if (text_.capacity() <= kMaxKeptBytes) text_.swap(scratch);
  text_ = std::string();
}

}  // namespace mlserve::server
