#include "server/body_decoder.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace mlserve::server {
namespace {

// 2^60 bytes are enough for a chunk, and their count cannot overflow.
constexpr int kMaxSizeDigits = 15;
// Extensions and trailers mean nothing to us; a client that sends many wants to keep us busy.
constexpr std::size_t kMaxOverheadBytes = std::size_t{16} << 10;

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void expect(char c, char expected) {
  if (c != expected) throw Refusal(400, "the chunks of the body do not fit their sizes");
}

}  // namespace

BodyDecoder::BodyDecoder(const RequestHead& head) : remaining_(head.content_length.value_or(0)) {
  if (head.chunked) {
    state_ = State::size;
  } else if (remaining_ > 0) {
    state_ = State::counted;
  }
}

void BodyDecoder::set_limit(std::uint64_t max_bytes) {
  limit_ = max_bytes;
  if (state_ == State::counted && remaining_ > limit_) {
    throw Refusal(413, "the body has more than " + std::to_string(max_bytes) + " bytes");
  }
}

BodyDecoder::Piece BodyDecoder::next(std::string_view input, std::size_t max_payload) {
  std::size_t consumed = 0;
  while (consumed < input.size() && !done()) {
    if (state_ == State::counted || state_ == State::data) {
      const Piece piece = take_payload(input.substr(consumed), max_payload);
      return {consumed + piece.consumed, piece.payload};
    }
    step(input[consumed++]);
  }
  return {consumed, {}};
}

BodyDecoder::Piece BodyDecoder::take_payload(std::string_view input, std::size_t max_payload) {
  const auto bytes = static_cast<std::size_t>(
      std::min<std::uint64_t>(remaining_, std::min(input.size(), max_payload)));
  remaining_ -= bytes;
  payload_bytes_ += bytes;
  if (remaining_ == 0) state_ = state_ == State::counted ? State::done : State::data_cr;
  return {bytes, input.substr(0, bytes)};
}

void BodyDecoder::step(char c) {
  switch (state_) {
    case State::size:
      return take_size(c);
    case State::extension:
      return take_overhead(c, State::size_end);
    case State::size_end:
      expect(c, '\n');
      return begin_chunk();
    case State::data_cr:
      expect(c, '\r');
      state_ = State::data_lf;
      return;
    case State::data_lf:
      expect(c, '\n');
      state_ = State::size;
      return;
    case State::trailer_begin:
      state_ = State::trailer;
      return take_overhead(c, State::last_lf);
    case State::trailer:
      return take_overhead(c, State::trailer_lf);
    case State::trailer_lf:
      expect(c, '\n');
      state_ = State::trailer_begin;
      return;
    case State::last_lf:
      expect(c, '\n');
      state_ = State::done;
      return;
    case State::counted:
    case State::data:
    case State::done:
      return;
  }
}

void BodyDecoder::take_size(char c) {
  if (const int digit = hex_digit(c); digit >= 0 && size_digits_ < kMaxSizeDigits) {
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
    ++size_digits_;
    return;
  }
  if (size_digits_ == 0 || (c != '\r' && c != ';')) {
    throw Refusal(400, "a chunk of the body has no size");
  }
  size_digits_ = 0;
  state_ = c == '\r' ? State::size_end : State::extension;
}

void BodyDecoder::begin_chunk() {
  if (remaining_ > limit_) throw Refusal(413, "the body is larger than this route takes");
  limit_ -= remaining_;
  state_ = remaining_ == 0 ? State::trailer_begin : State::data;
}

// A byte of a line that is read and thrown away; CR ends it.
void BodyDecoder::take_overhead(char c, State after_line) {
  if (c == '\r') {
    state_ = after_line;
    return;
  }
  if (c == '\n' || c == '\0') throw Refusal(400, "a line between the chunks is broken");
  if (++overhead_bytes_ > kMaxOverheadBytes) throw Refusal(431, "the trailers are too long");
}

}  // namespace mlserve::server
