#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace mlserve::testing {

/// A stream into memory.
class MemoryStream {
 public:
  MemoryStream() : file_(::open_memstream(&bytes_, &size_)) {}
  ~MemoryStream() {
    std::fclose(file_);
    std::free(bytes_);
  }
  MemoryStream(const MemoryStream&) = delete;
  MemoryStream& operator=(const MemoryStream&) = delete;

  std::FILE* get() { return file_; }
  /// What was written up to now.
  std::string text() {
    std::fflush(file_);
    return {bytes_, size_};
  }

 private:
  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

}  // namespace mlserve::testing
