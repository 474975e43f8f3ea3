#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/gzip.hpp"
#include "server/http.hpp"

namespace mlserve::server {

struct UnpackLimits {
  std::uint64_t max_bytes;  ///< of what comes out
  /// How many times its size a large body may unpack to; 0: whatever gzip can do, a thousand.
  std::uint64_t max_ratio;
};

/// A body that comes packed by gzip, one member or several, unpacked as it is read, in constant
/// memory.
class GzipBody final : public BodyReader {
 public:
  /// Up to here a body may have any ratio: little is lost.
  static constexpr std::uint64_t kAnyRatioBytes = std::uint64_t{32} << 20;

  /// `packed` is borrowed.
  GzipBody(BodyReader& packed, const UnpackLimits& limits) : packed_(packed), limits_(limits) {}

  /// Throws Refusal: 400 for what is no gzip or is cut short, 413 above the limits; what `packed`
  /// throws.
  std::size_t read(std::span<char> buffer) override;

 private:
  bool refill();
  std::size_t unpack(std::span<char> buffer);
  void check_size() const;

  BodyReader& packed_;
  const UnpackLimits limits_;
  data::GzipUnpacker unpacker_;
  std::string input_;
  std::string_view rest_;  // of input_
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
};

/// All of a `packed` body, or none when it unpacks to more than `max_bytes`. Throws Refusal(400).
std::optional<std::string> unpack_body(std::string_view packed, std::size_t max_bytes);

}  // namespace mlserve::server
