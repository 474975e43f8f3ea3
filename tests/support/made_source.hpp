#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "model/model_file.hpp"
#include "server/model_source.hpp"
#include "support/made_models.hpp"

namespace mlserve::testing {

/// A model that tells itself from others by its intercept.
inline model::Model model_like(double intercept) {
  model::Model model = small_model();
  model.intercepts = {intercept};
  add_golden_row(model);
  return model::from_text(model::to_text(model), "a made model");
}

/// A source whose models are what a test says.
class MadeSource final : public server::ModelSource {
 public:
  explicit MadeSource(Kind kind = Kind::folder) : kind_(kind) {}

  // ---- The test

  /// A model with that intercept; its stamp changes with it.
  void offer(const std::string& name, const std::string& version, double intercept) {
    const std::lock_guard lock(mutex_);
    made_[{name, version}] = {intercept, std::nullopt};
  }
  /// One that cannot be read.
  void offer(const std::string& name, const std::string& version, Error error) {
    const std::lock_guard lock(mutex_);
    made_[{name, version}] = {0, std::move(error)};
  }
  void withdraw(const std::string& name, const std::string& version) {
    const std::lock_guard lock(mutex_);
    made_.erase({name, version});
  }

  std::vector<server::ModelAlias> aliases;
  std::optional<Error> trouble;       ///< of list
  std::function<void()> before_read;  ///< called by it
  int reads = 0;

  // ---- The registry

  Kind kind() const override { return kind_; }
  std::string title() const override { return "made"; }
  std::string followed() const override { return "by hand"; }

  server::ModelListing list(server::Look) override {
    if (trouble) throw Error(*trouble);
    server::ModelListing listing;
    listing.aliases = aliases;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, made] : made_) {
      const std::string stamp = made.error ? made.error->what() : std::to_string(made.intercept);
      listing.offers.push_back({key.first, key.second, "made", stamp});
    }
    return listing;
  }

  model::Model read(const server::ModelOffer& offer) override {
    if (before_read) before_read();
    ++reads;
    const std::lock_guard lock(mutex_);
    const Made& made = made_.at({offer.name, offer.version});
    if (made.error) throw Error(*made.error);
    return model_like(made.intercept);
  }

 private:
  struct Made {
    double intercept = 0;
    std::optional<Error> error;
  };

  const Kind kind_;
  std::mutex mutex_;  ///< guards made_
  std::map<std::pair<std::string, std::string>, Made> made_;
};

}  // namespace mlserve::testing
