#include "server/request_id.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <sys/random.h>

#include "core/error.hpp"
#include "server/scatter.hpp"

namespace mlserve::server {
namespace {

constexpr std::size_t kMaxBytes = 128;

std::uint64_t random_word() {
  std::uint64_t word = 0;
  if (::getrandom(&word, sizeof word, 0) != static_cast<ssize_t>(sizeof word))
    throw system_error(ErrorKind::internal, "cannot get random bytes", errno);
  return word;
}

void append_hex(std::string& out, std::uint64_t word) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(word >> shift) & 0xFU];
}

}  // namespace

std::optional<std::string_view> usable_request_id(std::string_view sent) {
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7F'; };
  if (sent.empty() || sent.size() > kMaxBytes) return std::nullopt;
  if (!std::all_of(sent.begin(), sent.end(), is_visible)) return std::nullopt;
  return sent;
}

std::string make_request_id() {
  // The first half tells processes apart, the second half requests.
  static const std::uint64_t process = random_word();
  static std::atomic<std::uint64_t> counter = random_word();
  std::string id;
  id.reserve(32);
  append_hex(id, process);
  append_hex(id, scattered(counter.fetch_add(1, std::memory_order_relaxed)));
  return id;
}

}  // namespace mlserve::server
