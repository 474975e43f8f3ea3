// A packed body as a client may send it, in pieces whose size is the first byte. However it is cut,
// the same bytes must come out, within the limit, and the same must be refused.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/collected_body.hpp"
#include "server/gzip_body.hpp"
#include "server/refusal.hpp"

namespace {

using namespace mlserve::server;

constexpr UnpackLimits kLimits{.max_bytes = std::size_t{1} << 20, .max_ratio = 200};

/// Gives at most `step` bytes at a time.
class CutBody final : public BodyReader {
 public:
  CutBody(std::string_view bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  std::size_t read(std::span<char> buffer) override {
    return bytes_.read(buffer.first(std::min(step_, buffer.size())));
  }

 private:
  CollectedBody bytes_;
  std::size_t step_;
};

// All that comes out. Which of two mistakes is seen first may depend on the cuts.
std::string unpack(std::string_view packed, std::size_t step) {
  std::string text;
  try {
    CutBody cut(packed, step);
    GzipBody body(cut, kLimits);
    if (!collect(body, kLimits.max_bytes, text)) std::abort();  // 413 comes before
  } catch (const Refusal&) {
    return "refused";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view packed(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = unpack(packed, packed.size() + 1);
  if (unpack(packed, data[0] + std::size_t{1}) != whole) std::abort();
  return 0;
}
