#include "core/line_file.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "core/descriptor.hpp"
#include "core/error.hpp"

namespace mlserve {
namespace {

using Clock = std::chrono::steady_clock;

/// How soon a new end of the waiting is seen.
constexpr std::chrono::milliseconds kLook{100};

bool is_whole(const std::string& path, off_t bytes) {
  const Descriptor reading(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char last = '\n';
  return bytes == 0 || !reading || ::pread(reading.get(), &last, 1, bytes - 1) != 1 || last == '\n';
}

}  // namespace

struct LineFile::Target {
  Descriptor own;
  int descriptor = -1;          ///< own's, or the stream's
  std::FILE* memory = nullptr;  ///< a stream that has no descriptor
  bool regular = false;
  bool torn = false;  ///< what stands there does not end with a line break
};

LineFile::LineFile(std::FILE* stream)
    : end_(Clock::time_point::max()), target_(std::make_shared<Target>()) {
  target_->descriptor = ::fileno(stream);
  if (target_->descriptor < 0) target_->memory = stream;
}

LineFile::LineFile(std::string path, mode_t mode)
    : path_(std::move(path)), mode_(mode), end_(Clock::time_point::max()) {
  reopen();
}

LineFile::~LineFile() = default;

bool LineFile::reopen() {
  if (path_.empty()) return false;
  auto opened = std::make_shared<Target>();
  opened->own = Descriptor(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, mode_));
  struct stat status {};
  if (!opened->own || ::fstat(opened->own.get(), &status) != 0)
    throw system_error(ErrorKind::internal, "cannot write " + path_, errno);
  opened->descriptor = opened->own.get();
  opened->regular = S_ISREG(status.st_mode);
  opened->torn = opened->regular && !is_whole(path_, status.st_size);
  const std::lock_guard lock(mutex_);
  target_ = std::move(opened);
  return true;
}

void LineFile::wait_until(Clock::time_point end) noexcept { end_ = end; }

std::shared_ptr<LineFile::Target> LineFile::target() const {
  const std::lock_guard lock(mutex_);
  return target_;
}

std::uint64_t LineFile::bytes() const {
  struct stat status {};
  const auto target = this->target();
  if (!target->regular || ::fstat(target->descriptor, &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

bool LineFile::is_in_place() const {
  struct stat here {};
  struct stat there {};
  return ::fstat(target()->descriptor, &here) == 0 && ::stat(path_.c_str(), &there) == 0 &&
         here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/// A pipe that has room takes PIPE_BUF bytes at once; a regular file always has "room".
bool LineFile::wait_for_room(int descriptor) const {
  for (;;) {
    const auto left = std::max(end_.load() - Clock::now(), Clock::duration::zero());
    const auto look = std::min<Clock::duration>(left, kLook);
    pollfd asked{descriptor, POLLOUT, 0};
    const int found = ::poll(
        &asked, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(look).count()));
    if (found > 0) return true;  // or there is an error, which the write will tell
    if (found < 0 && errno != EINTR) return false;
    if (left == Clock::duration::zero()) {
      errno = ETIMEDOUT;
      return false;
    }
  }
}

bool LineFile::write(std::string_view lines) {
  const auto target = this->target();
  if (target->memory != nullptr) {
    return std::fwrite(lines.data(), 1, lines.size(), target->memory) == lines.size() &&
           std::fflush(target->memory) == 0;
  }
  std::string ended;
  if (target->torn) lines = ended.append("\n").append(lines);
  while (!lines.empty()) {
    if (!wait_for_room(target->descriptor)) return false;
    const std::size_t most = target->regular ? lines.size() : PIPE_BUF;
    const ssize_t count = ::write(target->descriptor, lines.data(), std::min(lines.size(), most));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return false;
    lines.remove_prefix(static_cast<std::size_t>(count));
    target->torn = !lines.empty();
  }
  return true;
}

}  // namespace mlserve
