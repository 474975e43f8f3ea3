#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "features/json_rows.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"
#include "pipeline/prediction_writer.hpp"
#include "server/input_monitor.hpp"

namespace mlserve::server {

/// Whether a model counts what it is asked and what it answers.
enum class Monitoring { off, on };

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

  ServedModel(std::string name, std::string version, model::Model model,
              Monitoring monitoring = Monitoring::on);

  const std::string& name() const noexcept { return name_; }
  const std::string& version() const noexcept { return version_; }
  const model::Model& model() const noexcept { return model_; }
  const model::Scorer& scorer() const noexcept { return scorer_; }
  /// Counts what it is asked and answers; null without monitoring.
  InputMonitor* monitor() const noexcept { return monitor_.get(); }

  /// A scratch that nobody else uses; give it back with `put_back`. Callable on several threads.
  std::unique_ptr<Scratch> take_scratch() const;
  void put_back(std::unique_ptr<Scratch> scratch) const;

 private:
  std::string name_;
  std::string version_;
  model::Model model_;
  model::Scorer scorer_;
  std::unique_ptr<InputMonitor> monitor_;
  mutable std::mutex mutex_;  ///< guards free_
  mutable std::vector<std::unique_ptr<Scratch>> free_;
};

}  // namespace mlserve::server
