#include "core/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "core/error.hpp"

namespace mlserve {

TemporaryFolder::TemporaryFolder() {
  std::error_code none;
  std::filesystem::path parent = std::filesystem::temp_directory_path(none);
  if (none) parent = "/tmp";
  std::string name = (std::filesystem::absolute(parent) / "mlserve-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw system_error(ErrorKind::unavailable, "cannot make the folder " + name, errno);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace mlserve
