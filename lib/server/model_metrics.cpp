#include "server/model_metrics.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace mlserve::server {
namespace {

/// A series each; further classes are counted in one without a label.
constexpr std::size_t kMaxClasses = 100;

Labels with(Labels labels, const char* name, std::string_view value) {
  labels.emplace_back(name, label_text(value));
  return labels;
}

double number(std::uint64_t count) { return static_cast<double>(count); }

/// The families of all models, filled model by model.
class ModelFamilies {
 public:
  void add(const ServedModel& served, SteadyTime now, std::chrono::nanoseconds window) {
    const model::Model& model = served.model();
    const Labels labels = {{"model", label_text(served.name())},
                           {"version", label_text(served.version())}};
    info_.samples.push_back({with(labels, "sha256", model.checksum), 1});
    InputMonitor* const monitor = served.monitor();
    if (monitor == nullptr) return;
    const InputMonitor::Figures figures = monitor->figures(now, window);
    for (std::size_t f = 0; f < figures.features.size(); ++f) {
      add_feature(model.schema.features[f], figures.features[f], labels);
    }
    add_predictions(model.schema.target.classes, figures.predictions, labels);
  }

  void move_to(std::vector<MetricFamily>& families) {
    for (MetricFamily* family :
         {&info_, &missing_, &unknown_, &out_of_range_, &stability_, &predictions_}) {
      families.push_back(std::move(*family));
    }
  }

 private:
  void add_feature(const features::Feature& feature, const InputMonitor::FeatureFigures& figures,
                   const Labels& of_model) {
    const Labels labels = with(of_model, "column", feature.name);
    missing_.samples.push_back({labels, number(figures.warnings.missing)});
    if (feature.is_number()) {
      out_of_range_.samples.push_back({labels, number(figures.warnings.out_of_range)});
    } else {
      unknown_.samples.push_back({labels, number(figures.warnings.unknown)});
    }
    if (figures.stability) stability_.samples.push_back({labels, *figures.stability});
  }

  void add_predictions(const std::vector<std::string>& classes,
                       const std::vector<std::uint64_t>& counts, const Labels& of_model) {
    std::uint64_t others = 0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      if (k < kMaxClasses) {
        predictions_.samples.push_back({with(of_model, "class", classes[k]), number(counts[k])});
      } else {
        others += counts[k];
      }
    }
    if (counts.size() > kMaxClasses) predictions_.samples.push_back({of_model, number(others)});
  }

  MetricFamily info_{"mlserve_model", MetricKind::info, "Models that are served.", {}};
  MetricFamily missing_{
      "mlserve_missing_values", MetricKind::counter, "Rows in which a feature had no value.", {}};
  MetricFamily unknown_{"mlserve_unknown_category",
                        MetricKind::counter,
                        "Rows in which a feature had a category, or only words, that training "
                        "never saw.",
                        {}};
  MetricFamily out_of_range_{"mlserve_out_of_range",
                             MetricKind::counter,
                             "Rows in which a feature was outside of the range of training.",
                             {}};
  MetricFamily stability_{"mlserve_feature_psi",
                          MetricKind::gauge,
                          "Population stability index of a feature: rows of late against those of "
                          "training; absent until there are enough rows.",
                          {}};
  MetricFamily predictions_{
      "mlserve_prediction", MetricKind::counter, "Rows for which a class was predicted.", {}};
};

}  // namespace

void collect_models(const std::vector<std::shared_ptr<const ServedModel>>& models, SteadyTime now,
                    std::chrono::nanoseconds window, std::vector<MetricFamily>& families) {
  ModelFamilies made;
  for (const auto& served : models) made.add(*served, now, window);
  made.move_to(families);
}

}  // namespace mlserve::server
