#pragma once

#include <array>
#include <cstdio>
#include <poll.h>
#include <string>
#include <unistd.h>

#include "support/catch_shim.hpp"

namespace mlserve::testing {

/// What is logged, line by line as it comes.
class LogReader {
 public:
  LogReader() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    read_end_ = ends[0];
    write_end_ = ::fdopen(ends[1], "w");
  }
  ~LogReader() {
    std::fclose(write_end_);
    ::close(read_end_);
  }

  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  std::FILE* stream() { return write_end_; }

  /// Whether a line with `part` in it comes within ten seconds, after those looked at before.
  bool says(const std::string& part) {
    for (;;) {
      const std::string line = next_line();
      if (line.empty()) return false;
      if (line.find(part) != std::string::npos) return true;
    }
  }

 private:
  std::string next_line() {
    std::string line;
    for (char c = 0; c != '\n'; line += c) {
      pollfd waited{read_end_, POLLIN, 0};
      if (::poll(&waited, 1, 10'000) <= 0 || ::read(read_end_, &c, 1) != 1) return {};
    }
    return line;
  }

  int read_end_ = -1;
  std::FILE* write_end_ = nullptr;
};

}  // namespace mlserve::testing
