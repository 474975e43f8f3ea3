#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "server/framing.hpp"

namespace mlserve::server {

/// Takes the body of one request out of the bytes of its connection, piece by piece, whether its
/// length is announced or it comes in chunks. Keeps no bytes.
class BodyDecoder {
 public:
  /// A body that is over: that of a request without one.
  BodyDecoder() = default;
  explicit BodyDecoder(const RequestHead& head);

  /// From now on the body may have `max_bytes`. Throws Refusal(413) if it is known to have more.
  void set_limit(std::uint64_t max_bytes);

  struct Piece {
    std::size_t consumed;      ///< bytes of `input` that are done with
    std::string_view payload;  ///< the part of them that belongs to the body
  };

  /// The next piece of `input`, its payload at most `max_payload` (> 0) bytes. Consumes something
  /// of a non-empty input unless the body is over; never bytes of the next request.
  /// Throws Refusal: 400 for what is no chunk, 413 above the limit, 431 for endless trailers.
  Piece next(std::string_view input, std::size_t max_payload);

  bool done() const noexcept { return state_ == State::done; }

  /// Bytes of the body that were taken so far.
  std::uint64_t payload_bytes() const noexcept { return payload_bytes_; }

 private:
  enum class State {
    counted,  // the bytes of a Content-Length
    size,
    extension,
    size_end,  // the LF after a chunk's size
    data,
    data_cr,
    data_lf,
    trailer_begin,
    trailer,
    trailer_lf,
    last_lf,
    done
  };

  Piece take_payload(std::string_view input, std::size_t max_payload);
  void step(char c);
  void take_size(char c);
  void begin_chunk();
  void take_overhead(char c, State after_line);

  State state_ = State::done;
  std::uint64_t remaining_ = 0;  // of the counted body, or of the chunk
  std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max();  // what may still come
  std::uint64_t payload_bytes_ = 0;
  int size_digits_ = 0;
  std::size_t overhead_bytes_ = 0;  // of extensions and trailers
};

}  // namespace mlserve::server
