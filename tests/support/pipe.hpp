#pragma once

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

#include "core/descriptor.hpp"

namespace mlserve::testing {

/// A pipe: the stream that goes into it, and what comes out.
class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    out_ = Descriptor(ends[0]);
    in_ = ::fdopen(ends[1], "w");
  }
  ~Pipe() {
    close_in();
    if (reader_.joinable()) reader_.join();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::FILE* stream() const { return in_; }

  std::string read_all_there_is() {
    ::fcntl(out_.get(), F_SETFL, O_NONBLOCK);
    std::string text;
    read_into(text);
    return text;
  }

  void read_on_a_thread() {
    reader_ = std::thread([this] { read_into(read_); });
  }
  /// What the thread has read up to now, when nothing more comes.
  std::string end_and_join() {
    close_in();
    reader_.join();
    return read_;
  }
  void close_out() { out_.close(); }

 private:
  void close_in() {
    if (in_ != nullptr) std::fclose(in_);
    in_ = nullptr;
  }

  void read_into(std::string& text) const {
    std::array<char, 65536> buffer{};
    for (ssize_t count = 1; count > 0;) {
      count = ::read(out_.get(), buffer.data(), buffer.size());
      if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  Descriptor out_;
  std::FILE* in_ = nullptr;
  std::string read_;
  std::thread reader_;
};

}  // namespace mlserve::testing
