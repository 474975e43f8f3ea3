#include "data/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/text.hpp"

namespace mlserve::data {
namespace {

constexpr std::array<std::pair<std::string_view, Encoding>, 6> kNames = {
    {{"utf-8", Encoding::utf8},
     {"utf8", Encoding::utf8},
     {"latin1", Encoding::latin1},
     {"latin-1", Encoding::latin1},
     {"iso-8859-1", Encoding::latin1},
     {"iso8859-1", Encoding::latin1}}};

/// A byte from 0x80 on becomes two: 110000bb 10bbbbbb.
class Latin1Source final : public ByteSource {
 public:
  explicit Latin1Source(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    std::size_t filled = 0;
    if (has_second_ && size > 0) {
      buffer[filled++] = second_;
      has_second_ = false;
    }
    // As many bytes as fit even if all of them become two, at least one.
    input_.resize(std::max<std::size_t>((size - filled) / 2, filled < size ? 1 : 0));
    const std::size_t got = source_->read(input_.data(), input_.size());
    for (std::size_t i = 0; i < got; ++i) {
      const auto byte = static_cast<unsigned char>(input_[i]);
      if (byte < 0x80) {
        buffer[filled++] = input_[i];
        continue;
      }
      buffer[filled++] = static_cast<char>(0xC0 | (byte >> 6));
      second_ = static_cast<char>(0x80 | (byte & 0x3F));
      if (filled < size) {
        buffer[filled++] = second_;
      } else {
        has_second_ = true;
      }
    }
    return filled;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::vector<char> input_;
  char second_ = 0;
  bool has_second_ = false;  ///< `second_` had no room in the last read
};

}  // namespace

std::optional<Encoding> parse_encoding(std::string_view name) {
  const std::string lower = ascii_lower(name);
  const auto* const found = std::find_if(kNames.begin(), kNames.end(),
                                         [&](const auto& known) { return known.first == lower; });
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source, Encoding encoding) {
  if (encoding == Encoding::utf8) return source;
  return std::make_unique<Latin1Source>(std::move(source));
}

}  // namespace mlserve::data
