#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.hpp"
#include "store/job.hpp"

namespace mlserve::store {

/// One version of a named model.
struct ModelVersion {
  std::string name;
  std::int64_t version = 0;  ///< counts from 1 for each name
  std::string checksum;      ///< of its text, see `text`
  bool promoted = false;     ///< servers answer with the highest promoted version
  std::string job;           ///< that made it
  Time created_at;
};

/// Model files by checksum, and named versions of them, which `JobStore::finish` adds. As JobStore:
/// one transaction a call, the same errors, any thread.
class ModelStore {
 public:
  /// `database` outlives the store.
  explicit ModelStore(Database& database) : database_(database) {}

  /// Keeps `text`, the text of a model file, under its checksum; what is there already is kept for
  /// an hour more at least, also if no job and no version needs it yet.
  void publish(const std::string& checksum, std::string_view text);
  /// Throws Error(not_found).
  std::string text(const std::string& checksum);

  /// The promoted versions of each name, the `most` highest ones, by name and version.
  std::vector<ModelVersion> promoted(std::int64_t most);
  /// All versions, by name and version.
  std::vector<ModelVersion> versions();
  /// Those of one name, by version.
  std::vector<ModelVersion> versions(std::string_view name);

  /// Has servers answer with this version from now on: it is promoted, and those above it are no
  /// more. Throws Error(not_found).
  void promote(std::string_view name, std::int64_t version);
  /// Has servers answer no more: no version is promoted.
  void withdraw(std::string_view name);

 private:
  Database& database_;
};

}  // namespace mlserve::store
