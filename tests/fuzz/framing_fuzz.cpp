// The bytes of a connection as a client may send them: heads and bodies one after the other, cut
// into pieces whose size is the first byte. However they are cut, the same requests must come out.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/body_decoder.hpp"
#include "server/framing.hpp"

namespace {

using namespace mlserve::server;

constexpr HeadLimits kLimits{.max_bytes = 1024, .max_headers = 10};

// The end of the head at the front of `input`, of which `step` more bytes are seen each time.
std::size_t find_head(std::string_view input, std::size_t step) {
  HeadScanner scanner(kLimits);
  for (std::size_t seen = step; seen < input.size(); seen += step) {
    if (const std::size_t bytes = scanner.scan(input.substr(0, seen))) return bytes;
  }
  return scanner.scan(input);
}

// Appends the body at the front of `input` to `transcript`; returns where it ends.
std::size_t read_body(BodyDecoder& decoder, std::string_view input, std::size_t step,
                      std::string& transcript) {
  std::size_t position = 0;
  while (!decoder.done() && position < input.size()) {
    const auto piece = decoder.next(input.substr(position, step), step);
    if (piece.consumed == 0) std::abort();
    transcript += piece.payload;
    position += piece.consumed;
  }
  return position;
}

// Everything that is understood of `input`, up to the first refusal.
std::string read_requests(std::string_view input, std::size_t step) {
  std::string transcript;
  try {
    RequestHead head;
    while (const std::size_t bytes = find_head(input, step)) {
      parse_head(input.substr(0, bytes), head);
      input.remove_prefix(bytes);
      transcript.append(head.method).append(" ").append(head.target).append("\n");
      BodyDecoder decoder(head);
      decoder.set_limit(4096);
      input.remove_prefix(read_body(decoder, input, step, transcript));
      if (!decoder.done()) break;
    }
  } catch (const Refusal&) {
    transcript += "refused";  // which of two mistakes is seen first may depend on the cuts
  }
  return transcript;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = read_requests(input, input.size() + 1);
  if (read_requests(input, data[0] + std::size_t{1}) != whole) std::abort();
  return 0;
}
