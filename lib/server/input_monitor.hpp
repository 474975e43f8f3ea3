#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "features/encoded_rows.hpp"
#include "features/parsed_rows.hpp"
#include "features/value_bins.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"
#include "model/scores.hpp"
#include "server/http.hpp"
#include "server/shards.hpp"

namespace mlserve::server {

/// What a served model is asked, and what it answers: counts by feature and class from its loading
/// on, and how far the inputs of late have moved from those of its training.
///
/// A row costs an addition for each feature. All calls may run on several threads at once.
class InputMonitor {
 public:
  /// `model` outlives the monitor. `now` begins the first window.
  explicit InputMonitor(const model::Model& model,
                        SteadyTime now = std::chrono::steady_clock::now());

  /// Counts rows that have no problem, with what `scorer` made of them.
  void observe(const features::EncodedRows& rows, const model::Scores& scores,
               const model::Scorer& scorer);

  struct FeatureFigures {
    features::ValueWarnings warnings;
    /// Population stability index against the training rows; none until there are so many rows
    /// that chance alone makes less than 0.1 of it, and at least 100.
    std::optional<double> stability;
  };
  struct Figures {
    std::vector<FeatureFigures> features;    ///< in the order of the schema
    std::vector<std::uint64_t> predictions;  ///< by class; none in a regression or of a count
  };

  /// The index is of the rows of the last `window`, at least of its half. The windows are turned
  /// here: after a pause between two calls it is of the rows of the pause as well.
  Figures figures(SteadyTime now, std::chrono::nanoseconds window);

 private:
  using Counts = std::vector<std::uint64_t>;

  /// What was counted until a moment.
  struct Mark {
    SteadyTime at;
    Counts counts;
  };

  Counts total();
  const Counts& turn_window(SteadyTime now, std::chrono::nanoseconds window, const Counts& counts);
  FeatureFigures feature_figures(std::size_t feature, const Counts& counts,
                                 const Counts& before) const;

  std::vector<features::ValueBins> bins_;  ///< by feature
  std::vector<std::size_t> begins_;        ///< of the bins of each feature, then of the classes
  std::size_t size_;
  Shards<Counts> shards_;  ///< empty until there is something to count
  std::mutex mutex_;       ///< guards the marks
  Mark earlier_;           ///< at least half a window ago
  Mark later_;
};

}  // namespace mlserve::server
