#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.hpp"
#include "server/model_alias.hpp"

namespace mlserve::server {

/// A version of a model that a source has.
struct ModelOffer {
  std::string name;
  std::string version;  ///< in its normal form
  std::string place;    ///< where it is, for people: a path, "the store"
  std::string stamp;    ///< is another one when the model may be another one
};

/// What a source has; no two offers of the same name and version.
struct ModelListing {
  std::vector<ModelOffer> offers;
  std::vector<ModelAlias> aliases;
  std::string problem;  ///< with something that is no model; "": none
};

enum class Look {
  settled,  ///< what is just being written is left as it was
  now       ///< someone has asked for it
};

/// Where models come from. `list` and `read` are called by one thread at a time, and may wait; the
/// others may be called at any time.
class ModelSource {
 public:
  /// Of a name that several sources have, the models of the first kind are served.
  enum class Kind { store, file, folder };

  virtual ~ModelSource() = default;

  virtual Kind kind() const = 0;
  /// For people: "the store", the path.
  virtual std::string title() const = 0;
  /// For people: how changes are found.
  virtual std::string followed() const = 0;

  /// So many versions of each model are loaded if nobody says how many; 0: all.
  virtual std::size_t default_versions() const { return 0; }

  /// Throws Error when it cannot be told what is there: what is served then stays.
  virtual ModelListing list(Look look) = 0;

  /// The model of an offer that the last `list` gave. Throws as model::load, and
  /// Error(unavailable) when the whole source is not to be had now.
  virtual model::Model read(const ModelOffer& offer) = 0;
};

}  // namespace mlserve::server
