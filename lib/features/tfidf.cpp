#include "features/tfidf.hpp"

#include <cassert>
#include <cmath>

namespace mlserve::features {

std::vector<double> inverse_document_frequencies(std::span<const double> document_frequencies,
                                                 double documents) {
  std::vector<double> weights;
  weights.reserve(document_frequencies.size());
  for (const double frequency : document_frequencies) {
    weights.push_back(frequency > 0 ? std::log((1 + documents) / (1 + frequency)) + 1 : 0.0);
  }
  return weights;
}

void weigh(std::span<const TermCount> counts, std::span<const double> inverse_frequencies,
           std::vector<double>& values) {
  values.clear();
  double squares = 0;
  for (const TermCount& counted : counts) {
    assert(counted.term < inverse_frequencies.size());
    const double value = counted.count * inverse_frequencies[counted.term];
    values.push_back(value);
    squares += value * value;
  }
  if (squares == 0) return;
  const double norm = std::sqrt(squares);
  for (double& value : values) value /= norm;
}

}  // namespace mlserve::features
