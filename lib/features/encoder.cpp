#include "features/encoder.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "core/number.hpp"
#include "data/missing.hpp"
#include "features/boolean_text.hpp"
#include "features/calendar.hpp"
#include "features/category_use.hpp"
#include "features/fill_value.hpp"
#include "features/number_limit.hpp"
#include "features/tfidf.hpp"
#include "features/words.hpp"

namespace mlserve::features {
namespace {

/// The words of a text that the feature knows, with their counts, in order of word.
class KnownWords {
 public:
  std::span<const TermCount> of(const Feature& feature, std::string_view text) {
    codes_.clear();
    counts_.clear();
    for (WordReader reader(text); reader.next(word_);) {
      if (const auto code = feature.words.find(word_)) codes_.push_back(*code);
    }
    std::sort(codes_.begin(), codes_.end());
    for (const std::uint32_t code : codes_) {
      if (counts_.empty() || counts_.back().term != code) counts_.push_back({code, 0});
      ++counts_.back().count;
    }
    return counts_;
  }

 private:
  std::string word_;
  std::vector<std::uint32_t> codes_;
  std::vector<TermCount> counts_;
};

FeatureEncoding fit_number(const Feature& feature, const EncodedRows::ColumnValues& column,
                           std::span<const double> counts, MissingPolicy policy) {
  FeatureEncoding encoding;
  // The year 1970 is no natural zero.
  if (feature.is_date() && policy == MissingPolicy::zero) policy = MissingPolicy::mean;
  encoding.fill =
      fill_value(policy, column.numbers, counts, std::midpoint(feature.minimum, feature.maximum));
  return encoding;
}

FeatureEncoding fit_categories(const Feature& feature, const EncodedRows::ColumnValues& column,
                               std::span<const double> counts, const EncoderOptions& options) {
  std::vector<double> count_of(feature.categories.size(), 0.0);
  double rows = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    rows += counts[i];
    if (column.codes[i] >= kFirstCategory) count_of[column.codes[i] - kFirstCategory] += counts[i];
  }
  FeatureEncoding encoding;
  encoding.use = category_use(count_of, rows, options);
  return encoding;
}

FeatureEncoding fit_words(const Feature& feature, const EncodedRows::ColumnValues& column,
                          std::span<const double> counts) {
  std::vector<double> rows_with(feature.categories.size(), 0.0);
  double rows = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    rows += counts[i];
    for (const TermCount& word : column.words_of(i)) rows_with[word.term] += counts[i];
  }
  FeatureEncoding encoding;
  encoding.idf = inverse_document_frequencies(rows_with, rows);
  return encoding;
}

FeatureEncoding fit_feature(const Feature& feature, const EncodedRows::ColumnValues& column,
                            std::span<const double> counts, const EncoderOptions& options) {
  if (feature.is_text()) return fit_words(feature, column, counts);
  return feature.is_categorical() ? fit_categories(feature, column, counts, options)
                                  : fit_number(feature, column, counts, options.missing);
}

/// Row `row` of `from` as the last row of `to`; both are of one feature.
void append_value(const EncodedRows& from, std::size_t row, EncodedRows& to) {
  const EncodedRows::ColumnValues& column = from.columns()[0];
  const std::size_t at = to.append_missing();
  if (column.form == EncodedRows::Form::numbers) {
    to.set_number(at, 0, column.numbers[row]);
  } else if (column.form == EncodedRows::Form::codes) {
    to.set_code(at, 0, column.codes[row]);
  } else if (column.codes[row] != kMissing) {
    to.set_words(0, column.words_of(row));
  }
}

/// Encodes one column of a table: every text once, then by code.
EncodedRows::ColumnValues encode_column(const Feature& feature, const data::Column& column,
                                        std::span<const std::uint32_t> wanted) {
  Schema one;
  one.features.push_back(feature);
  EncodedRows rows(one);
  if (column.is_numbers) {
    for (const std::uint32_t row : wanted) {
      rows.set_number(rows.append_missing(), 0, column.numbers[row]);
    }
  } else {
    EncodedRows by_code(one);
    for (std::uint32_t code = 0; code < column.dictionary.size(); ++code) {
      encode_text(feature, column.dictionary.text(code), by_code, by_code.append_missing(), 0);
    }
    for (const std::uint32_t row : wanted) append_value(by_code, column.codes[row], rows);
  }
  return std::move(rows).take_column(0);
}

}  // namespace

Encoder Encoder::fit(const Schema& schema, const EncodedRows& rows, std::span<const double> counts,
                     const EncoderOptions& options) {
  std::vector<FeatureEncoding> encodings;
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    const Feature& feature = schema.features[f];
    encodings.push_back(fit_feature(feature, rows.columns()[f], counts, options));
    encodings.back().indicator = options.missing_indicator && feature.missing > 0;
  }
  return Encoder(std::move(encodings));
}

std::optional<CellProblem> encode_text(const Feature& feature, std::string_view text,
                                       EncodedRows& rows, std::size_t row, std::size_t f) {
  if (data::is_missing_marker(text)) return std::nullopt;
  if (feature.is_categorical()) {
    rows.set_code(row, f, feature.index.code(text));
    return std::nullopt;
  }
  if (feature.is_text()) {
    thread_local KnownWords words;  // its buffers are worth keeping
    rows.set_words(f, words.of(feature, text));
    return std::nullopt;
  }
  if (feature.is_date()) {
    const auto date = parse_date(text);
    if (!date) return CellProblem{kExpectedDate};
    rows.set_number(row, f, *date);
    return std::nullopt;
  }
  if (const auto number = parse_double(text)) {
    if (!is_usable(*number)) return CellProblem{"a number up to 1e150"};
    rows.set_number(row, f, *number);
    return std::nullopt;
  }
  if (const auto truth = parse_boolean(text)) {
    rows.set_number(row, f, *truth ? 1 : 0);
    return std::nullopt;
  }
  return CellProblem{feature.kind == FeatureKind::boolean ? "true or false"
                                                          : expected_number(text)};
}

EncodedRows encode_table(const Schema& schema, const data::Table& table,
                         std::span<const std::uint32_t> wanted) {
  std::vector<EncodedRows::ColumnValues> columns;
  for (const Feature& feature : schema.features) {
    columns.push_back(encode_column(feature, *table.find(feature.name), wanted));
  }
  return EncodedRows::from_columns(std::move(columns), wanted.size());
}

}  // namespace mlserve::features
