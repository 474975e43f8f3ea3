#include "data/byte_source.hpp"

#include <cerrno>
#include <fcntl.h>
#include <span>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/descriptor.hpp"
#include "core/error.hpp"
#include "data/gzip.hpp"

namespace mlserve::data {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(std::string name, Descriptor descriptor)
      : name_(std::move(name)), descriptor_(std::move(descriptor)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    for (;;) {
      const ssize_t got = ::read(descriptor_.get(), buffer, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) throw system_error(ErrorKind::corrupt, "cannot read " + name_, errno);
    }
  }

 private:
  std::string name_;
  Descriptor descriptor_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = rest_.copy(buffer, size);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

class PeekedSource final : public ByteSource {
 public:
  PeekedSource(std::string peeked, std::unique_ptr<ByteSource> rest)
      : peeked_(std::move(peeked)), head_(peeked_), rest_(std::move(rest)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = head_.read(buffer, size);
    return count > 0 ? count : rest_->read(buffer, size);
  }

 private:
  std::string peeked_;
  MemorySource head_;
  std::unique_ptr<ByteSource> rest_;
};

/// What gzip has packed: one member or several in a row.
class GzipSource final : public ByteSource {
 public:
  GzipSource(std::string name, std::unique_ptr<ByteSource> packed)
      : name_(std::move(name)), packed_(std::move(packed)), input_(kInputBytes) {}

  std::size_t read(char* buffer, std::size_t size) override {
    while (size > 0 && refill()) {
      const GzipUnpacker::Step step = unpack({buffer, size});
      rest_.remove_prefix(step.taken);
      if (step.put > 0) return step.put;
    }
    return 0;
  }

 private:
  static constexpr std::size_t kInputBytes = std::size_t{256} << 10;

  /// False at the end of the last member.
  bool refill() {
    if (!rest_.empty()) return true;
    rest_ = {input_.data(), packed_->read(input_.data(), input_.size())};
    if (rest_.empty() && !unpacker_.at_end_of_member()) {
      throw Error(ErrorKind::corrupt, name_ + ": the gzip data is cut short");
    }
    return !rest_.empty();
  }

  GzipUnpacker::Step unpack(std::span<char> out) {
    try {
      return unpacker_.unpack(rest_, out);
    } catch (const Error& error) {
      throw Error(error.kind(), name_ + ": " + error.what());
    }
  }

  std::string name_;
  std::unique_ptr<ByteSource> packed_;
  std::vector<char> input_;
  std::string_view rest_;  // of input_
  GzipUnpacker unpacker_;
};

Descriptor open_to_read(const std::string& path) {
  // A duplicate of standard input, so that closing the source leaves the stream itself open.
  Descriptor descriptor(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                    : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor)
    throw system_error(ErrorKind::corrupt, "cannot open " + source_name(path), errno);
  return descriptor;
}

}  // namespace

std::unique_ptr<ByteSource> open_source(const std::string& path) {
  const std::string name = source_name(path);
  std::unique_ptr<ByteSource> source = std::make_unique<FileSource>(name, open_to_read(path));
  std::string magic(2, '\0');
  magic.resize(read_fully(*source, magic.data(), magic.size()));
  const bool gzip = magic == "\x1f\x8b";
  source = put_back(std::move(magic), std::move(source));
  if (gzip) source = std::make_unique<GzipSource>(name, std::move(source));
  return source;
}

std::unique_ptr<ByteSource> memory_source(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

std::unique_ptr<ByteSource> put_back(std::string beginning, std::unique_ptr<ByteSource> rest) {
  return std::make_unique<PeekedSource>(std::move(beginning), std::move(rest));
}

std::size_t read_fully(ByteSource& source, char* buffer, std::size_t size) {
  std::size_t filled = 0;
  while (filled < size) {
    const std::size_t got = source.read(buffer + filled, size - filled);
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

std::string source_name(const std::string& path) { return path == "-" ? "standard input" : path; }

}  // namespace mlserve::data
