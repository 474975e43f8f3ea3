#pragma once

#include <string>

#include "server/model_source.hpp"

namespace mlserve::server {

/// One model file, as `serve --model FILE` names it, as version 1 of a model. It is read again when
/// it is asked for; when it is gone then, that is an error like any other.
class ModelFileSource final : public ModelSource {
 public:
  /// An empty name is the file's stem.
  ModelFileSource(std::string path, std::string name);

  const std::string& name() const noexcept { return name_; }

  Kind kind() const override { return Kind::file; }
  std::string title() const override { return path_; }
  std::string followed() const override { return "read again when asked to"; }
  ModelListing list(Look look) override;
  model::Model read(const ModelOffer& offer) override;

 private:
  std::string path_;
  std::string name_;
};

}  // namespace mlserve::server
