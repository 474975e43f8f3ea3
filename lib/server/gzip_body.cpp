#include "server/gzip_body.hpp"

#include <limits>

#include "core/error.hpp"
#include "server/collected_body.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

constexpr std::size_t kInputBytes = std::size_t{16} << 10;

}  // namespace

std::size_t GzipBody::read(std::span<char> buffer) {
  while (!buffer.empty() && refill()) {
    if (const std::size_t bytes = unpack(buffer)) return bytes;
  }
  return 0;
}

// False at the end of the last member.
bool GzipBody::refill() {
  if (!rest_.empty()) return true;
  input_.resize(kInputBytes);
  rest_ = std::string_view(input_).substr(0, packed_.read(input_));
  packed_bytes_ += rest_.size();
  if (rest_.empty() && !unpacker_.at_end_of_member()) {
    throw Refusal(400, "the gzip data of the body is cut short");
  }
  return !rest_.empty();
}

std::size_t GzipBody::unpack(std::span<char> buffer) {
  try {
    const auto step = unpacker_.unpack(rest_, buffer);
    rest_.remove_prefix(step.taken);
    unpacked_bytes_ += step.put;
    check_size();
    return step.put;
  } catch (const Refusal&) {
    throw;
  } catch (const Error& error) {
    throw Refusal(400, std::string("the body cannot be unpacked: ") + error.what());
  }
}

void GzipBody::check_size() const {
  if (unpacked_bytes_ > limits_.max_bytes) {
    throw Refusal(413,
                  "the body unpacks to more than " + std::to_string(limits_.max_bytes) + " bytes");
  }
  if (limits_.max_ratio > 0 && unpacked_bytes_ > kAnyRatioBytes &&
      unpacked_bytes_ / limits_.max_ratio > packed_bytes_) {
    throw Refusal(413, "the body unpacks to more than " + std::to_string(limits_.max_ratio) +
                           " times its size");
  }
}

std::optional<std::string> unpack_body(std::string_view packed, std::size_t max_bytes) {
  CollectedBody collected(packed);
  GzipBody body(collected, {std::numeric_limits<std::uint64_t>::max(), 0});
  std::string unpacked;
  if (!collect(body, max_bytes, unpacked)) return std::nullopt;
  return unpacked;
}

}  // namespace mlserve::server
