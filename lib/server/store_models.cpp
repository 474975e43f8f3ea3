#include "server/store_models.hpp"

#include "core/text.hpp"
#include "model/model_file.hpp"

namespace mlserve::server {
namespace {

/// Of each model: further back than anybody goes, few enough to be asked for at each change.
constexpr std::int64_t kMostVersions = 16;

}  // namespace

ModelListing StoreModels::list(Look) {
  ModelListing listing;
  if (!store_.database().exists()) return listing;
  for (store::ModelVersion& version : store_.models().promoted(kMostVersions)) {
    listing.offers.push_back({std::move(version.name), std::to_string(version.version), title(),
                              std::move(version.checksum)});
  }
  return listing;
}

model::Model StoreModels::read(const ModelOffer& offer) {
  return model::from_text(store_.models().text(offer.stamp),
                          "model '" + shown(offer.name) + "' version " + offer.version);
}

}  // namespace mlserve::server
