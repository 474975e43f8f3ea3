#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mlserve::features {

/// How often a word of the vocabulary occurs in one text.
struct TermCount {
  std::uint32_t term;  ///< index in the vocabulary
  std::uint32_t count;
};

/// The weight of each term by the number of documents that have it, of `documents` in all:
/// ln((1 + documents) / (1 + frequency)) + 1, as scikit-learn's TfidfTransformer with its defaults.
/// Both numbers may be sums of weights. A term of no document has weight 0: it is not known.
std::vector<double> inverse_document_frequencies(std::span<const double> document_frequencies,
                                                 double documents);

/// The values of one text: count times weight for each of `counts`, in their order, divided by the
/// square root of the sum of their squares; all zeros when no term has a weight. `counts` has each
/// term once. The memory of `values` is used again.
void weigh(std::span<const TermCount> counts, std::span<const double> inverse_frequencies,
           std::vector<double>& values);

}  // namespace mlserve::features
