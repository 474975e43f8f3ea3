#pragma once

#include <cstddef>
#include <string>

#include "server/channel.hpp"

namespace mlserve::server {

/// Bytes that wait to be sent. During a turn they lie in memory of the thread, so that a
/// connection whose answer goes out at once holds none.
class OutputBuffer {
 public:
  bool empty() const noexcept { return sent_ == text_.size(); }

  /// For appending.
  std::string& text() noexcept { return text_; }

  void clear();

  /// Sends what it can: all, until `blocked`, or until the client is found gone.
  IoResult flush(Channel& channel);

  /// Takes the memory of `scratch`, if there is nothing to send from before; `give_back` returns
  /// it when all was sent.
  void borrow(std::string& scratch);
  void give_back(std::string& scratch);

 private:
  std::string text_;
  std::size_t sent_ = 0;
};

}  // namespace mlserve::server
