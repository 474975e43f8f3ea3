#include "data/byte_sink.hpp"

#include <cerrno>
#include <unistd.h>

#include "core/error.hpp"

namespace mlserve::data {
namespace {

class StandardOutput final : public ByteSink {
 public:
  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0)
        throw system_error(ErrorKind::internal, "cannot write standard output", errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void commit() override {}
};

class FileSink final : public ByteSink {
 public:
  FileSink(const std::string& path, FileUse use) : file_(path, use) {}
  void write(std::string_view bytes) override { file_.write(bytes); }
  void commit() override { file_.commit(); }

 private:
  AtomicFile file_;
};

}  // namespace

std::unique_ptr<ByteSink> open_sink(const std::string& path, FileUse use) {
  if (path == "-") return std::make_unique<StandardOutput>();
  return std::make_unique<FileSink>(path, use);
}

}  // namespace mlserve::data
