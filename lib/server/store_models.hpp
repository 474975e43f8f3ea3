#pragma once

#include "server/model_source.hpp"
#include "store/store.hpp"

namespace mlserve::server {

/// The models of a store: of each name the highest promoted version that can be used. Makes no
/// database.
class StoreModels final : public ModelSource {
 public:
  /// `store` outlives it.
  explicit StoreModels(store::Store& store) : store_(store) {}

  Kind kind() const override { return Kind::store; }
  std::string title() const override { return "the store"; }
  std::string followed() const override { return "the database tells of changes"; }
  std::size_t default_versions() const override { return 1; }
  ModelListing list(Look look) override;
  model::Model read(const ModelOffer& offer) override;

 private:
  store::Store& store_;
};

}  // namespace mlserve::server
