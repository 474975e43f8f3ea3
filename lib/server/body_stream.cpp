#include "server/body_stream.hpp"

#include <algorithm>
#include <poll.h>

namespace mlserve::server {
namespace {

// How soon a reader sees that the transport is given up.
constexpr std::chrono::milliseconds kAbortCheck{250};

}  // namespace

std::size_t BodyStream::read(std::span<char> buffer) {
  if (buffer.empty()) return 0;
  if (collected_read_ < collected_.size()) return read_collected(buffer);
  return read_decoded(buffer);
}

std::size_t BodyStream::read_collected(std::span<char> buffer) {
  const std::size_t bytes = collected_.copy(buffer.data(), buffer.size(), collected_read_);
  collected_read_ += bytes;
  return bytes;
}

std::size_t BodyStream::read_decoded(std::span<char> buffer) {
  while (!source_.decoder.done()) {
    if (source_.input.empty()) receive();
    const auto piece = source_.decoder.next(source_.input.view(), buffer.size());
    std::ranges::copy(piece.payload, buffer.data());
    source_.input.consume(piece.consumed);
    if (!piece.payload.empty()) return piece.payload.size();
  }
  return 0;
}

void BodyStream::receive() {
  for (;;) {
    if (source_.aborted) throw Refusal(503, "the server stops");
    const IoResult result = source_.input.fill(source_.channel, source_.scratch);
    if (result.bytes > 0) return regain_patience(result.bytes);
    if (result.closed) throw Refusal(400, "the client has ended in the middle of the body");
    if (patience_.count() <= 0) throw Refusal(408, "the body did not come in time");
    wait();
  }
}

void BodyStream::wait() {
  const short events = source_.channel.wants_to_write() ? POLLOUT : POLLIN;
  pollfd waiting{source_.channel.socket(), events, 0};
  const auto timeout =
      std::min(std::chrono::ceil<std::chrono::milliseconds>(patience_), kAbortCheck);
  const auto begin = std::chrono::steady_clock::now();
  ::poll(&waiting, 1, static_cast<int>(timeout.count()));
  patience_ -= std::chrono::steady_clock::now() - begin;
}

void BodyStream::regain_patience(std::size_t bytes) {
  const std::chrono::nanoseconds second = std::chrono::seconds(1);
  const auto earned = second * static_cast<std::int64_t>(bytes) /
                      static_cast<std::int64_t>(source_.options.body_bytes_per_second);
  patience_ =
      std::min<std::chrono::nanoseconds>(patience_ + earned, source_.options.request_timeout);
}

}  // namespace mlserve::server
