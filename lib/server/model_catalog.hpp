#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/model_alias.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// Which models answer to which names, at one moment. Made once, read by many threads.
class ModelCatalog {
 public:
  using Handle = std::shared_ptr<const ServedModel>;

  ModelCatalog() = default;
  /// No two of `served` have the same name and version.
  explicit ModelCatalog(const std::vector<Handle>& served);

  /// False, and nothing is done, when what the alias stands for is not here. An alias goes before a
  /// model of its name: "titanic=titanic@3" says which version serves.
  bool add(const ModelAlias& alias);

  /// The name, an alias too, that `default_model` finds; "": the only model.
  void set_default(std::string_view name);

  /// The version of that number, without one that which serves: the newest one, if no alias says
  /// otherwise. Null if it is not here.
  Handle find(std::string_view name, std::string_view version = {}) const;
  /// Null when there is none, or several and no name was set.
  const Handle& default_model() const noexcept { return default_; }
  /// The version of each model that serves, by name.
  std::vector<Handle> all() const;
  /// Of a model or an alias, the newest first; empty if it is not here.
  std::vector<Handle> versions(std::string_view name) const;

 private:
  struct Versions {
    std::vector<Handle> newest_first;
    Handle serving;

    Handle find(std::string_view version) const;
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  std::map<std::string, Versions, std::less<>> models_;
  std::unordered_map<std::string, Versions, NameHash, std::equal_to<>> names_;  ///< with aliases
  Handle default_;
};

}  // namespace mlserve::server
