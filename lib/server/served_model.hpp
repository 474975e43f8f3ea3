#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "features/json_rows.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"
#include "pipeline/prediction_writer.hpp"

namespace mlserve::server {

/// A loaded model, ready to answer: immutable, shared by all requests that run on it, and alive
/// until the last of them is done.
class ServedModel {
 public:
  /// What one request computes with; kept from request to request for its buffers.
  struct Scratch {
    explicit Scratch(const features::Schema& schema) : parser(schema) {}
    features::JsonRowParser parser;
    features::ParsedRows parsed;
    pipeline::ScoredRows scored;
    pipeline::PredictionText text;
  };

  ServedModel(std::string name, std::string version, model::Model model);

  const std::string& name() const noexcept { return name_; }
  const std::string& version() const noexcept { return version_; }
  const model::Model& model() const noexcept { return model_; }
  const model::Scorer& scorer() const noexcept { return scorer_; }

  /// A scratch that nobody else uses; give it back with `put_back`. Callable on several threads.
  std::unique_ptr<Scratch> take_scratch() const;
  void put_back(std::unique_ptr<Scratch> scratch) const;

 private:
  std::string name_;
  std::string version_;
  model::Model model_;
  model::Scorer scorer_;
  mutable std::mutex mutex_;  ///< guards free_
  mutable std::vector<std::unique_ptr<Scratch>> free_;
};

/// The models that the server answers with. All calls may run at once.
class ModelRegistry {
 public:
  using Handle = std::shared_ptr<const ServedModel>;

  /// Loads the file and serves it as `name` (empty: the file's stem). `reload` reads it again.
  /// Returns that name. Throws as model::load.
  std::string load(const std::string& path, const std::string& name);

  /// Serves `served` from now on, in the place of the model of the same name, which may have come
  /// from a file: `reload` leaves it alone then. Returns whether it has.
  bool put(Handle served);

  /// Reads every file again. A good one takes the place of its model, between two requests; with a
  /// bad one the old model goes on and the log says why. Returns whether all were good.
  bool reload(Log& log);

  Handle find(std::string_view name) const;  ///< null if there is none
  Handle only() const;                       ///< null unless there is exactly one
  std::vector<Handle> all() const;           ///< in the order of their coming

 private:
  struct Entry {
    std::string path;  ///< empty: from the store
    Handle served;
  };

  mutable std::mutex mutex_;  ///< guards entries_; never held while a file is read
  std::vector<Entry> entries_;
};

}  // namespace mlserve::server
