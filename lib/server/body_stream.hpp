#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "server/body_decoder.hpp"
#include "server/channel.hpp"
#include "server/http.hpp"
#include "server/input_buffer.hpp"
#include "server/transport.hpp"

namespace mlserve::server {

/// What a BodyStream reads from; all borrowed from the connection and the thread that reads.
struct BodySource {
  Channel& channel;
  InputBuffer& input;
  BodyDecoder& decoder;
  std::span<char> scratch;
  const TransportOptions& options;
  const std::atomic<bool>& aborted;  ///< ends the waiting, with the whole transport
};

/// The body of one request: first `collected`, what a worker had already, then from the socket,
/// for which the reading thread waits.
///
/// The thread has patience for `request_timeout` of waiting. Bytes that come give back a part of
/// what was used, so a client at `body_bytes_per_second` never exhausts it, and one that stops in
/// the middle soon does. The time between two calls of `read` is the handler's and costs nothing.
class BodyStream final : public BodyReader {
 public:
  BodyStream(BodySource source, std::string collected)
      : source_(source),
        collected_(std::move(collected)),
        patience_(source.options.request_timeout) {}

  std::size_t read(std::span<char> buffer) override;

 private:
  std::size_t read_collected(std::span<char> buffer);
  std::size_t read_decoded(std::span<char> buffer);
  void receive();
  void wait();
  void regain_patience(std::size_t bytes);

  BodySource source_;
  std::string collected_;
  std::size_t collected_read_ = 0;
  std::chrono::nanoseconds patience_;  // how long the client may still be waited for
};

}  // namespace mlserve::server
