#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/model_alias.hpp"
#include "server/model_source.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

enum class LoadState {
  ready,
  loading,    ///< for the first time; one that is read again stays ready
  unloading,  ///< requests still run on it
  unavailable
};

/// "ready", "loading", "unloading" or "unavailable".
std::string_view load_state_name(LoadState state);

/// What has become of one version of a model.
struct ModelState {
  std::string name;
  std::string version;
  LoadState state = LoadState::unavailable;
  std::string reason;          ///< why the last attempt to load it failed, or why it is not served
  std::string checksum;        ///< of what is served, 64 hex digits; "" without
  std::string source;          ///< the file it is read from, "the store"; "" for one made here
  bool failed = false;         ///< the last attempt to load it did
  std::uint64_t failures = 0;  ///< attempts to load it that failed
};

struct AliasState {
  ModelAlias wanted;
  /// What it stands for now: another model or version than it should while that is not here; null:
  /// nothing.
  std::shared_ptr<const ServedModel> served;
  bool fulfilled = false;
};

struct SourceState {
  ModelSource::Kind kind = ModelSource::Kind::file;
  std::string title;
  std::string followed;
  std::string problem;  ///< that the last look at it met; "": none
};

}  // namespace mlserve::server
