#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "data/table.hpp"
#include "features/encoded_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

/// What stands in for a missing number.
enum class MissingPolicy { mean, median, zero, most_frequent };

struct EncoderOptions {
  MissingPolicy missing = MissingPolicy::mean;
  bool missing_indicator = false;  ///< a column that says where a value was missing
  bool drop_first = false;         ///< no column for the first category, as pandas' drop_first
  /// Rarer categories share one column. A whole number counts rows, a number below 1 is a share of
  /// them; as sklearn.preprocessing.OneHotEncoder.
  double min_frequency = 0;
  std::size_t max_categories = 0;  ///< columns of one feature, the shared one included; 0: any
};

/// What becomes of a category.
enum class CategoryUse : unsigned char {
  own,         ///< it has a column
  infrequent,  ///< it shares one with the other rare ones
  none         ///< all zeros: the dropped one, or one that the rows of the fit do not have
};

/// What is learned of one feature.
struct FeatureEncoding {
  double fill = 0;               ///< numbers: what stands in for a missing one
  bool indicator = false;        ///< there is a column that says where a value is missing
  std::vector<CategoryUse> use;  ///< by category
  std::vector<double> idf;       ///< by word; 0 for a word that the rows of the fit do not have
};

/// The part of the encoding that is learned from the rows of a fit: fill values, rare categories,
/// the weights of words. Immutable after `fit`, so that all threads may share it.
class Encoder {
 public:
  Encoder() = default;

  /// One encoding a feature of the schema.
  explicit Encoder(std::vector<FeatureEncoding> encodings) : encodings_(std::move(encodings)) {}

  /// Learns from `rows`, row i counted `counts[i]` times. A feature without any value there is
  /// filled with the middle of its range.
  static Encoder fit(const Schema& schema, const EncodedRows& rows, std::span<const double> counts,
                     const EncoderOptions& options = {});

  const std::vector<FeatureEncoding>& encodings() const noexcept { return encodings_; }
  const FeatureEncoding& operator[](std::size_t feature) const { return encodings_[feature]; }

 private:
  std::vector<FeatureEncoding> encodings_;
};

/// Why a cell cannot be a value of its feature: "a number".
struct CellProblem {
  std::string_view expected;
};

inline constexpr std::string_view kExpectedDate =
    "a date such as 2026-01-31 or 2026-01-31T12:00:00Z";

/// Puts the value that `text` stands for into row `row` (the last one, if the feature is a text) of
/// `rows`. An empty text or a missing marker is missing, an unknown category is kUnknown; what
/// makes no sense leaves the cell missing and says so.
std::optional<CellProblem> encode_text(const Feature& feature, std::string_view text,
                                       EncodedRows& rows, std::size_t row, std::size_t f);

/// The rows of `table` with the numbers in `wanted`, in that order, as the schema of the same table
/// sees them. Each different text is encoded once.
EncodedRows encode_table(const Schema& schema, const data::Table& table,
                         std::span<const std::uint32_t> wanted);

}  // namespace mlserve::features
