#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/metric_family.hpp"

namespace mlserve::testing {

/// The family of that name; null if there is none.
inline const server::MetricFamily* find_family(const std::vector<server::MetricFamily>& families,
                                               std::string_view name) {
  const auto found = std::ranges::find(families, name, &server::MetricFamily::name);
  return found == families.end() ? nullptr : &*found;
}

/// The series of a family with exactly these labels; null if there is none.
inline const server::MetricSample* find_sample(const std::vector<server::MetricFamily>& families,
                                               std::string_view name,
                                               const server::Labels& labels = {}) {
  const server::MetricFamily* family = find_family(families, name);
  if (family == nullptr) return nullptr;
  const auto found = std::ranges::find(family->samples, labels, &server::MetricSample::labels);
  return found == family->samples.end() ? nullptr : &*found;
}

inline std::optional<double> metric(const std::vector<server::MetricFamily>& families,
                                    std::string_view name, const server::Labels& labels = {}) {
  const server::MetricSample* sample = find_sample(families, name, labels);
  if (sample == nullptr) return std::nullopt;
  return sample->value;
}

}  // namespace mlserve::testing
