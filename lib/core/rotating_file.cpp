#include "core/rotating_file.hpp"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

#include "core/error.hpp"

namespace mlserve {

RotatingFile::RotatingFile(const std::string& path, mode_t mode, Rotation rotation)
    : path_(path), rotation_(rotation), file_(path, mode) {}

void RotatingFile::write(std::string_view lines) {
  make_room(lines.size());
  if (!file_.write(lines)) throw system_error(ErrorKind::internal, "cannot write " + path_, errno);
}

void RotatingFile::make_room(std::size_t bytes) {
  const auto is_full = [&] {
    return file_.bytes() > 0 && file_.bytes() + bytes > rotation_.max_bytes;
  };
  if (!is_full()) return;
  // Another process may have done so already.
  if (file_.is_in_place()) move_away();
  file_.reopen();
}

void RotatingFile::move_away() const {
  const auto name = [&](unsigned number) { return path_ + "." + std::to_string(number); };
  if (rotation_.keep == 0) {
    ::unlink(path_.c_str());
    return;
  }
  for (unsigned number = rotation_.keep; number > 1; --number)
    std::rename(name(number - 1).c_str(), name(number).c_str());
  if (std::rename(path_.c_str(), name(1).c_str()) != 0 && errno != ENOENT)
    throw system_error(ErrorKind::internal, "cannot move " + path_ + " away", errno);
}

}  // namespace mlserve
