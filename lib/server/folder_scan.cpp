#include "server/folder_scan.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <dirent.h>
#include <memory>
#include <optional>
#include <string_view>
#include <sys/stat.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "server/model_version.hpp"

namespace mlserve::server {
namespace {

constexpr std::string_view kSuffix = ".json";
constexpr std::string_view kAliases = "aliases.json";
constexpr const char* kModel = "model.json";
constexpr const char* kOnlyVersion = "1";
constexpr std::size_t kMaxNameBytes = 255;

using Status = struct stat;

/// Whether there is nothing there for us: not now, or not for this user.
bool is_nothing(int error) {
  return error == ENOENT || error == ENOTDIR || error == EACCES || error == EPERM ||
         error == ELOOP || error == ENAMETOOLONG;
}

std::optional<Status> status_of(const std::string& path) {
  Status status{};
  if (::stat(path.c_str(), &status) == 0) return status;
  if (is_nothing(errno)) return std::nullopt;
  throw system_error(ErrorKind::unavailable, "cannot look at " + path, errno);
}

// A write in place may keep the size, a copy may keep the time of its last change (mtime), and a
// file that replaces another may have both: only all of them together tell.
std::string stamp_of(const Status& status) {
  std::string stamp;
  for (const std::int64_t part :
       {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
        static_cast<std::int64_t>(status.st_size), static_cast<std::int64_t>(status.st_mtim.tv_sec),
        static_cast<std::int64_t>(status.st_mtim.tv_nsec),
        static_cast<std::int64_t>(status.st_ctim.tv_sec),
        static_cast<std::int64_t>(status.st_ctim.tv_nsec)}) {
    stamp += std::to_string(part) + ' ';
  }
  return stamp;
}

/// The names in a folder, in order; none when there is nothing for us.
std::optional<std::vector<std::string>> names_in(const std::string& path) {
  const auto close = [](DIR* folder) { ::closedir(folder); };
  const std::unique_ptr<DIR, decltype(close)> folder(::opendir(path.c_str()), close);
  if (!folder) {
    if (is_nothing(errno)) return std::nullopt;
    throw system_error(ErrorKind::unavailable, "cannot look into " + path, errno);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (!name.starts_with('.')) names.emplace_back(name);
  }
  if (errno != 0) {
    throw system_error(ErrorKind::unavailable, "cannot look into " + path, errno);
  }
  std::ranges::sort(names);
  return names;
}

bool is_usable(std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; };
  return !name.empty() && name.size() <= kMaxNameBytes && std::ranges::none_of(name, is_control) &&
         find_invalid_utf8(name) == std::string_view::npos;
}

std::string in_folder(std::string path, std::string_view name) {
  return path.append("/").append(name);
}

class Scanner {
 public:
  explicit Scanner(const std::string& path) {
    const auto names = names_in(path);
    if (!names) throw system_error(ErrorKind::not_found, "cannot look into " + path, errno);
    scan_.folders.push_back(path);
    for (const std::string& name : *names) look_at(in_folder(path, name), name);
  }

  FolderScan result() && { return std::move(scan_); }

 private:
  void look_at(const std::string& path, std::string_view name) {
    const auto status = status_of(path);
    if (!status) return;
    if (S_ISDIR(status->st_mode)) {
      look_into(path, name);
    } else if (name == kAliases) {
      add(path, *status, "", "");
    } else if (name.ends_with(kSuffix)) {
      add(path, *status, name.substr(0, name.size() - kSuffix.size()), kOnlyVersion);
    }
  }

  /// The versions of a model.
  void look_into(const std::string& path, std::string_view name) {
    const auto versions = names_in(path);
    if (!versions) return;
    scan_.folders.push_back(path);
    for (const std::string& version : *versions) {
      const std::string folder = in_folder(path, version);
      const auto status = status_of(folder);
      if (!status || !S_ISDIR(status->st_mode)) continue;
      scan_.folders.push_back(folder);
      const std::string file = in_folder(folder, kModel);
      if (const auto found = status_of(file)) add(file, *found, name, normal_version(version));
    }
  }

  void add(const std::string& path, const Status& status, std::string_view name,
           std::string_view version) {
    if (!S_ISREG(status.st_mode)) return;
    const bool is_model = !version.empty();
    if (is_model && !(is_usable(name) && is_usable(version))) {
      scan_.problem = shown(path, 200) + ": a model's name is UTF-8 without control characters";
      return;
    }
    scan_.files[path] = {std::string(name), std::string(version), stamp_of(status)};
  }

  FolderScan scan_;
};

}  // namespace

FolderScan scan_folder(const std::string& path) { return Scanner(path).result(); }

}  // namespace mlserve::server
