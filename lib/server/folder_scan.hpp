#pragma once

#include <map>
#include <string>
#include <vector>

namespace mlserve::server {

/// A file of a folder of models.
struct FolderFile {
  std::string name;     ///< of the model; "" for the file of aliases
  std::string version;  ///< in its normal form
  std::string stamp;    ///< another one when the file was changed or replaced

  bool operator==(const FolderFile&) const = default;
};

/// What is in a folder of models.
struct FolderScan {
  std::map<std::string, FolderFile> files;  ///< by path
  std::vector<std::string> folders;         ///< in which a change matters, the folder itself first
  std::string problem;                      ///< a name that cannot be used; "": none
};

/// Looks for `NAME.json`, which is version 1, `NAME/VERSION/model.json` and `aliases.json`. Links
/// are followed; names that begin with a dot are passed over, as are folders that may not be read
/// and what is taken away meanwhile. Opens no file.
///
/// Throws Error(not_found) when there is no folder that may be read, Error(unavailable) when the
/// system cannot tell what is in it.
FolderScan scan_folder(const std::string& path);

}  // namespace mlserve::server
