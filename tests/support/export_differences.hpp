#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "support/catch_shim.hpp"

#include "pipeline/export_runtime.hpp"

namespace mlserve::testing {

/// How far answers are from others of the same rows.
struct Differences {
  double largest = 0;  ///< of numbers, relative where they exceed 1
  std::size_t labels = 0;
};

inline Differences differences(const pipeline::ExportAnswers& given,
                               const pipeline::ExportAnswers& expected) {
  REQUIRE(given.scores.width == expected.scores.width);
  REQUIRE(given.scores.values.size() == expected.scores.values.size());
  REQUIRE(given.labels.size() == expected.labels.size());
  Differences found;
  for (std::size_t i = 0; i < expected.scores.values.size(); ++i) {
    const double value = expected.scores.values[i];
    const double difference = std::abs(given.scores.values[i] - value);
    found.largest = std::max(found.largest, difference / std::max(1.0, std::abs(value)));
  }
  for (std::size_t i = 0; i < expected.labels.size(); ++i)
    found.labels += given.labels[i] != expected.labels[i];
  return found;
}

}  // namespace mlserve::testing
