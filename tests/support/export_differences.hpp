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
  REQUIRE(given.numbers.width == expected.numbers.width);
  REQUIRE(given.numbers.values.size() == expected.numbers.values.size());
  REQUIRE(given.labels.size() == expected.labels.size());
  Differences found;
  for (std::size_t i = 0; i < expected.numbers.values.size(); ++i) {
    const double value = expected.numbers.values[i];
    const double difference = std::abs(given.numbers.values[i] - value);
    found.largest = std::max(found.largest, difference / std::max(1.0, std::abs(value)));
  }
  for (std::size_t i = 0; i < expected.labels.size(); ++i)
    found.labels += given.labels[i] != expected.labels[i];
  return found;
}

}  // namespace mlserve::testing
