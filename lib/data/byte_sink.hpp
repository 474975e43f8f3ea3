#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/atomic_file.hpp"

namespace mlserve::data {

/// Where bytes go. One thread at a time.
class ByteSink {
 public:
  virtual ~ByteSink() = default;

  /// Throws Error(internal) naming the sink and the reason.
  virtual void write(std::string_view bytes) = 0;
  /// A file appears only now.
  virtual void commit() = 0;
};

/// Standard output for "-", else an AtomicFile, with its errors.
std::unique_ptr<ByteSink> open_sink(const std::string& path, FileUse use = FileUse::data);

}  // namespace mlserve::data
