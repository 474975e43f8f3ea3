#include "server/collected_body.hpp"

#include <algorithm>

namespace mlserve::server {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;

/// Appends up to `bytes`; 0 at the end of the body.
std::size_t append(BodyReader& body, std::size_t bytes, std::string& text) {
  const std::size_t before = text.size();
  text.resize(before + bytes);
  const std::size_t read = body.read({text.data() + before, bytes});
  text.resize(before + read);
  return read;
}

}  // namespace

std::size_t CollectedBody::read(std::span<char> buffer) {
  if (beginning_.empty()) return rest_ != nullptr ? rest_->read(buffer) : 0;
  const std::size_t bytes = std::min(buffer.size(), beginning_.size());
  std::copy_n(beginning_.begin(), bytes, buffer.begin());
  beginning_.remove_prefix(bytes);
  return bytes;
}

bool collect(BodyReader& body, std::size_t max_bytes, std::string& text) {
  while (text.size() <= max_bytes) {
    if (append(body, kReadBytes, text) == 0) return true;
  }
  return false;
}

void read_piece(BodyReader& body, std::size_t bytes, std::string& piece) {
  piece.clear();
  piece.reserve(bytes);
  while (piece.size() < bytes && append(body, bytes - piece.size(), piece) > 0) {
  }
}

}  // namespace mlserve::server
