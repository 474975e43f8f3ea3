#pragma once

#include <unistd.h>
#include <utility>

namespace mlserve {

/// Owner of an open file descriptor; closes it in the end.
class Descriptor {
 public:
  Descriptor() = default;
  /// Takes what open(2) and its kin return; a negative one is "none".
  explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  ~Descriptor() { close(); }

  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  int get() const noexcept { return descriptor_; }

  /// False with errno when the system reports a write it had put off; closed in any case.
  bool close() noexcept {
    const int descriptor = std::exchange(descriptor_, -1);
    return descriptor < 0 || ::close(descriptor) == 0;
  }

 private:
  int descriptor_ = -1;
};

}  // namespace mlserve
