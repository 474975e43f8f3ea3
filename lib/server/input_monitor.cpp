#include "server/input_monitor.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "metrics/stability.hpp"

namespace mlserve::server {
namespace {

/// The index of n rows of the same population is (bins - 1) / n on average: below 0.1, which people
/// take for no change, from ten rows a bin on.
constexpr double kLeastRowsPerBin = 10;
constexpr double kLeastRows = 100;

double rows_in(const std::vector<double>& bins) {
  return std::accumulate(bins.begin(), bins.end(), 0.0);
}

bool tells_something(const std::vector<double>& training, double rows) {
  const auto used = std::ranges::count_if(training, [](double count) { return count > 0; });
  return rows >= std::max(kLeastRows, kLeastRowsPerBin * static_cast<double>(used));
}

}  // namespace

InputMonitor::InputMonitor(const model::Model& model, SteadyTime now)
    : size_(0), earlier_{now, {}}, later_{now, {}} {
  for (const features::Feature& feature : model.schema.features) {
    bins_.emplace_back(feature, model.training.rows);
    begins_.push_back(std::exchange(size_, size_ + bins_.back().size()));
  }
  begins_.push_back(std::exchange(size_, size_ + model.schema.target.classes.size()));
  earlier_.counts.resize(size_);
  later_.counts.resize(size_);
}

void InputMonitor::observe(const features::EncodedRows& rows, const model::Scores& scores,
                           const model::Scorer& scorer) {
  shards_.write([&](Counts& counts) {
    if (counts.empty()) counts.resize(size_);
    const std::span all(counts);
    for (std::size_t f = 0; f < bins_.size(); ++f) {
      bins_[f].add(rows.columns()[f], all.subspan(begins_[f], bins_[f].size()));
    }
    if (begins_.back() == size_) return;  // no classes
    const std::span classes = all.subspan(begins_.back());
    for (std::size_t i = 0; i < scores.rows(); ++i) ++classes[scorer.label(scores.row(i))];
  });
}

InputMonitor::Figures InputMonitor::figures(SteadyTime now, std::chrono::nanoseconds window) {
  const std::lock_guard lock(mutex_);
  const Counts counts = total();
  const Counts& before = turn_window(now, window, counts);
  Figures figures;
  for (std::size_t f = 0; f < bins_.size(); ++f) {
    figures.features.push_back(feature_figures(f, counts, before));
  }
  figures.predictions.assign(counts.begin() + static_cast<std::ptrdiff_t>(begins_.back()),
                             counts.end());
  return figures;
}

InputMonitor::Counts InputMonitor::total() {
  Counts total(size_);
  shards_.each([&](const Counts& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) total[i] += counts[i];
  });
  return total;
}

// With two marks, each at least half a window behind the one before, the earlier one is between
// half a window and a whole one ago.
const InputMonitor::Counts& InputMonitor::turn_window(SteadyTime now,
                                                      std::chrono::nanoseconds window,
                                                      const Counts& counts) {
  if (now - later_.at >= window / 2) earlier_ = std::exchange(later_, Mark{now, counts});
  return earlier_.counts;
}

InputMonitor::FeatureFigures InputMonitor::feature_figures(std::size_t feature,
                                                           const Counts& counts,
                                                           const Counts& before) const {
  const features::ValueBins& bins = bins_[feature];
  const std::size_t begin = begins_[feature];
  const auto counted = std::span(counts).subspan(begin, bins.size());
  Counts of_late(counted.begin(), counted.end());
  for (std::size_t i = 0; i < of_late.size(); ++i) of_late[i] -= before[begin + i];
  FeatureFigures figures;
  figures.warnings = bins.warnings(counted);
  const std::vector<double> population = bins.population(of_late);
  if (tells_something(bins.training(), rows_in(population))) {
    figures.stability = metrics::population_stability_index(bins.training(), population);
  }
  return figures;
}

}  // namespace mlserve::server
