#include "core/atomic_file.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <random>
#include <sys/stat.h>

#include "core/error.hpp"

namespace mlserve {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPermissionBits = 0777;
constexpr mode_t kReadBits = 0444;
constexpr mode_t kNewFileMode = 0666;  // the umask takes its share

[[noreturn]] void throw_write_error(const std::string& path) {
  throw system_error(ErrorKind::internal, "cannot write " + path, errno);
}

[[noreturn]] void throw_read_error(const std::string& path) {
  throw system_error(ErrorKind::corrupt, "cannot read " + path, errno);
}

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

/// The descriptor that a name for one of the process's own streams stands for. Such a stream may
/// be a regular file that the shell and other programs go on writing to, so it is neither replaced
/// nor opened anew, which would start at its beginning.
std::optional<int> standard_stream(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  return std::nullopt;
}

/// The file at the end of a chain of symbolic links, which need not exist.
std::string follow_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // as the kernel's own limit
  fs::path target = path;
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(target, error)); ++links) {
    const fs::path next = fs::read_symlink(target, error);
    if (error || links == kMostLinks) {
      throw system_error(ErrorKind::internal, "cannot write " + path, ELOOP);
    }
    target = target.parent_path() / next;  // an absolute `next` stands alone
  }
  return target.string();
}

std::string folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

/// Independent of the file's own name, which may be as long as the system allows.
std::string temporary_name() {
  std::random_device random;
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), ".mlserve-%08x%08x.tmp", random(), random());
  return name.data();
}

/// Opening with the old mode first means that the new file is at no moment open to more people
/// than the old one. What the system refuses (another owner, a file system without modes) is no
/// reason to fail.
void keep_owner_and_permissions(int descriptor, const struct stat& replaced, mode_t mode) {
  [[maybe_unused]] const int owner = ::fchown(descriptor, replaced.st_uid, replaced.st_gid);
  ::fchmod(descriptor, mode);
}

/// Makes a rename in `folder` outlast a power loss. A folder that cannot be opened for reading or
/// a file system without such a call has done what it can.
void sync_folder(const std::string& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) return;
  if (::fsync(descriptor.get()) != 0 && errno != EINVAL) throw_write_error(folder);
}

Descriptor open_to_read(const std::string& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) throw_read_error(path);
  return descriptor;
}

/// Up to `size` bytes; fewer only at the end of the file.
std::size_t read_some(int descriptor, char* to, std::size_t size, const std::string& path) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::read(descriptor, to + done, size - done);
    if (count == 0) break;
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw_read_error(path);
    }
  }
  return done;
}

}  // namespace

AtomicFile::AtomicFile(std::string path, FileUse use) : path_(std::move(path)) {
  if (const std::optional<int> stream = standard_stream(path_)) {
    descriptor_ = Descriptor(::fcntl(*stream, F_DUPFD_CLOEXEC, 0));
  } else if (const auto status = status_of(path_); status && S_ISDIR(status->st_mode)) {
    throw Error(ErrorKind::invalid_argument, path_ + " is a directory, not a file");
  } else if (status && !S_ISREG(status->st_mode)) {
    descriptor_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  } else {
    open_temporary(use);
  }
  if (!descriptor_) throw_write_error(path_);
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::open_temporary(FileUse use) {
  path_ = follow_links(path_);
  if (!fs::path(path_).has_filename()) {
    throw Error(ErrorKind::invalid_argument, '"' + path_ + "\" does not name a file");
  }
  const std::optional<struct stat> replaced = status_of(path_);
  mode_t mode = replaced ? replaced->st_mode & kPermissionBits : kNewFileMode;
  if (use == FileUse::program) mode |= (mode & kReadBits) >> 2U;
  std::string name = (fs::path(folder_of(path_)) / temporary_name()).string();
  descriptor_ = Descriptor(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!descriptor_) throw_write_error(path_);
  temporary_ = std::move(name);
  if (replaced) keep_owner_and_permissions(descriptor_.get(), *replaced, mode);
}

void AtomicFile::write(std::string_view bytes) {
  assert(descriptor_);
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_.get(), bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      throw_write_error(path_);
    }
  }
}

void AtomicFile::commit() {
  assert(descriptor_);
  if (!temporary_.empty() && ::fsync(descriptor_.get()) != 0) throw_write_error(path_);
  if (!descriptor_.close()) throw_write_error(path_);
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw_write_error(path_);
  temporary_.clear();
  sync_folder(folder_of(path_));
}

void write_file(const std::string& path, std::string_view bytes, FileUse use) {
  AtomicFile file(path, use);
  file.write(bytes);
  file.commit();
}

std::string read_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor descriptor = open_to_read(path);
  // By pieces and not by the size in its status, which a pipe does not have and a file may outgrow.
  constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
  std::string bytes;
  for (std::size_t filled = 0;;) {
    const std::size_t piece = std::max(kPieceBytes, filled);
    bytes.resize(filled + piece);
    const std::size_t count = read_some(descriptor.get(), bytes.data() + filled, piece, path);
    filled += count;
    if (filled > max_bytes) {
      throw Error(ErrorKind::corrupt, path + " is larger than " + std::to_string(max_bytes) +
                                          " bytes, the most that is read");
    }
    if (count < piece) {
      bytes.resize(filled);
      return bytes;
    }
  }
}

}  // namespace mlserve
