#include "model/design.hpp"

#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "features/calendar.hpp"
#include "features/tfidf.hpp"

namespace mlserve::model {
namespace {

using estimators::DesignMatrix;
using estimators::Index;
using features::ColumnPart;
using features::DesignColumn;
using features::EncodedRows;
using features::kFirstCategory;
using features::kMissing;
using Kind = ColumnPart::Kind;

constexpr Index kNoColumn = -1;

}  // namespace

class Design::Builder {
 public:
  Builder(Design& design, const features::Schema& schema, const features::Encoder& encoder,
          const EncodedRows& rows, std::span<const double> counts, bool standardize)
      : design_(design),
        schema_(schema),
        encoder_(encoder),
        rows_(rows),
        counts_(counts),
        standardize_(standardize) {
    for (const double count : counts) total_ += count;
  }

  void run(const std::vector<DesignColumn>& columns) {
    std::vector<std::vector<Index>> by_code(schema_.features.size());
    std::vector<std::vector<Index>> by_word(schema_.features.size());
    std::map<std::pair<std::size_t, std::size_t>, std::vector<Index>> products;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto at = static_cast<Index>(c);
      const ColumnPart& part = columns[c].part;
      if (columns[c].times) {
        put_product(columns[c], at, products[{part.feature, columns[c].times->feature}]);
      } else if (part.kind == Kind::number) {
        add_numeric(values(part.feature), at, encoder_[part.feature].fill);
      } else if (part.kind == Kind::date_part) {
        add_numeric(date_values(part), at, 0);
      } else if (part.kind == Kind::word) {
        std::vector<Index>& of_word = by_word[part.feature];
        of_word.resize(schema_.features[part.feature].categories.size(), kNoColumn);
        of_word[part.index] = at;
      } else {
        put_codes(part, at, by_code[part.feature]);
      }
    }
    for (std::size_t f = 0; f < by_code.size(); ++f) {
      if (!by_code[f].empty()) add_indicators(codes(f), std::move(by_code[f]), {});
      if (!by_word[f].empty()) add_words(f, std::move(by_word[f]));
    }
    for (auto& [features, of_code] : products) {
      add_product(features.first, features.second, std::move(of_code));
    }
  }

 private:
  const std::vector<double>& values(std::size_t f) const { return rows_.columns()[f].numbers; }
  bool is_categorical(std::size_t f) const { return schema_.features[f].is_categorical(); }

  /// Codes by row; a feature that has none gets 0 for a missing value and 1 for another.
  const std::vector<std::uint32_t>& codes(std::size_t f) {
    if (is_categorical(f)) return rows_.columns()[f].codes;
    std::vector<std::uint32_t>& codes = design_.codes_.emplace_back();
    for (std::size_t row = 0; row < rows_.size(); ++row)
      codes.push_back(rows_.is_missing(row, f) ? kMissing : kMissing + 1);
    return codes;
  }
  std::size_t number_of_codes(std::size_t f) const {
    return kFirstCategory + schema_.features[f].categories.size();
  }

  void put_codes(const ColumnPart& part, Index at, std::vector<Index>& of_code) const {
    of_code.resize(number_of_codes(part.feature), kNoColumn);
    for (const std::uint32_t code : codes_of(part, encoder_)) of_code[code] = at;
  }

  /// Columns of a product by code of the one categorical feature, or by pair of codes; of two
  /// numbers the one column.
  void put_product(const DesignColumn& column, Index at, std::vector<Index>& of_code) const {
    const ColumnPart& a = column.part;
    const ColumnPart& b = *column.times;
    if (a.kind == Kind::number && b.kind == Kind::number) {
      of_code.assign(1, at);
    } else if (a.kind == Kind::number) {
      put_codes(b, at, of_code);
    } else if (b.kind == Kind::number) {
      put_codes(a, at, of_code);
    } else {
      const std::size_t width = number_of_codes(b.feature);
      of_code.resize(number_of_codes(a.feature) * width, kNoColumn);
      for (const std::uint32_t code_a : codes_of(a, encoder_)) {
        for (const std::uint32_t code_b : codes_of(b, encoder_))
          of_code[code_a * width + code_b] = at;
      }
    }
  }

  std::vector<double> filled(std::size_t f) const {
    std::vector<double> filled = values(f);
    for (double& value : filled) value = std::isnan(value) ? encoder_[f].fill : value;
    return filled;
  }

  const std::vector<double>& date_values(const ColumnPart& part) {
    std::vector<double>& computed = design_.numbers_.emplace_back(filled(part.feature));
    for (double& value : computed)
      value = features::date_part(value, static_cast<features::DatePart>(part.index));
    return computed;
  }

  void add_numeric(const std::vector<double>& values, Index at, double fill) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      sum += counts_[i] * (std::isnan(values[i]) ? fill : values[i]);
    const double mean = sum / total_;
    double squares = 0;
    for (std::size_t i = 0; standardize_ && i < values.size(); ++i) {
      const double difference = (std::isnan(values[i]) ? fill : values[i]) - mean;
      squares += counts_[i] * difference * difference;
    }
    const double scale = squares > 0 ? std::sqrt(squares / total_) : 1;
    note(at, mean, scale);
    design_.matrix_.add(DesignMatrix::Numeric{values, at, fill, mean, scale});
  }

  /// Columns that are `values` (1 where empty) where the code stands, else 0.
  void add_indicators(const std::vector<std::uint32_t>& codes, std::vector<Index> of_code,
                      std::span<const double> values) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const Index at = of_code[codes[i]];
      if (at != kNoColumn) add_to_mean(at, counts_[i] * (values.empty() ? 1 : values[i]));
    }
    design_.matrix_.add(DesignMatrix::Indicators{codes, std::move(of_code), values});
  }

  void add_words(std::size_t f, std::vector<Index> of_word) {
    const EncodedRows::ColumnValues& column = rows_.columns()[f];
    std::vector<double>& all = design_.numbers_.emplace_back();
    std::vector<std::uint32_t>& terms = design_.codes_.emplace_back();
    std::vector<double> weights;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const auto words = column.words_of(row);
      features::weigh(words, encoder_[f].idf, weights);
      for (std::size_t w = 0; w < words.size(); ++w) {
        all.push_back(weights[w]);
        terms.push_back(words[w].term);
        const Index at = of_word[words[w].term];
        if (at != kNoColumn) add_to_mean(at, counts_[row] * weights[w]);
      }
    }
    design_.matrix_.add(DesignMatrix::Sparse{column.ends, terms, all, std::move(of_word)});
  }

  void add_product(std::size_t a, std::size_t b, std::vector<Index> of_code) {
    if (is_categorical(a) && is_categorical(b)) {
      std::vector<std::uint32_t>& pairs = design_.codes_.emplace_back(codes(a));
      const auto width = static_cast<std::uint32_t>(number_of_codes(b));
      for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = pairs[i] * width + codes(b)[i];
      add_indicators(pairs, std::move(of_code), {});
    } else if (is_categorical(a)) {
      add_indicators(codes(a), std::move(of_code), design_.numbers_.emplace_back(filled(b)));
    } else if (is_categorical(b)) {
      add_indicators(codes(b), std::move(of_code), design_.numbers_.emplace_back(filled(a)));
    } else {
      std::vector<double>& product = design_.numbers_.emplace_back(filled(a));
      const std::vector<double> other = filled(b);
      for (std::size_t i = 0; i < product.size(); ++i) product[i] *= other[i];
      add_numeric(product, of_code[0], 0);
    }
  }

  void note(Index at, double mean, double scale) {
    design_.means_[static_cast<std::size_t>(at)] = mean;
    design_.scales_[static_cast<std::size_t>(at)] = scale;
  }
  void add_to_mean(Index at, double value) {
    design_.means_[static_cast<std::size_t>(at)] += value / total_;
  }

  Design& design_;
  const features::Schema& schema_;
  const features::Encoder& encoder_;
  const EncodedRows& rows_;
  std::span<const double> counts_;
  bool standardize_;
  double total_ = 0;
};

Design::Design(const features::Schema& schema, const features::Encoder& encoder,
               const std::vector<DesignColumn>& columns, const EncodedRows& rows,
               std::span<const double> counts, bool standardize)
    : matrix_(static_cast<Index>(rows.size()), static_cast<Index>(columns.size())),
      means_(columns.size(), 0.0),
      scales_(columns.size(), 1.0) {
  Builder(*this, schema, encoder, rows, counts, standardize).run(columns);
}

}  // namespace mlserve::model
