#pragma once

#include <filesystem>
#include <string>

namespace mlserve {

/// A new folder under the system's one for such things, which only its owner may enter; removed
/// with all it holds.
class TemporaryFolder {
 public:
  /// Throws Error(not_found) or Error(unavailable) when there is no place for it.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace mlserve
