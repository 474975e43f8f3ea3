#include "features/infer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/missing.hpp"
#include "features/boolean_text.hpp"
#include "features/number_limit.hpp"

namespace mlserve::features {
namespace {

constexpr std::size_t kHistogramBins = 10;
/// Texts are taken for an identifier when at least this share of them is different …
constexpr double kIdentifierShare = 0.9;
/// … and there are at least so many that it cannot be chance.
constexpr std::uint64_t kIdentifierRows = 20;
/// More categories than this are left out unless the column is asked for by name.
constexpr std::size_t kMaxCategories = 1000;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error in_column(const data::Table& table, const std::string& column, const std::string& message) {
  return Error(ErrorKind::invalid_data,
               table.source + ": column '" + shown(column) + "': " + message);
}

bool numeric_less(const std::string& a, const std::string& b) {
  return parse_double(a).value_or(0) < parse_double(b).value_or(0);
}

/// Different values of a texts column, with what kind of values they are.
struct Distinct {
  std::uint32_t code;
  std::uint64_t count;
  std::string_view text;
  std::optional<double> number;
  std::optional<bool> boolean;
};

/// The values of `column` in rows with a label, missing ones left out, in order of code.
std::vector<Distinct> distinct_values(const data::Column& column,
                                      std::span<const unsigned char> labels) {
  std::vector<std::uint64_t> counts(column.dictionary.size());
  for (std::size_t row = 0; row < labels.size(); ++row) {
    counts[column.codes[row]] += labels[row] != kNoLabel;
  }
  std::vector<Distinct> values;
  for (std::uint32_t code = 0; code < counts.size(); ++code) {
    const std::string_view text = column.dictionary.text(code);
    if (counts[code] == 0 || data::is_missing_marker(text)) continue;
    values.push_back({code, counts[code], text, parse_double(text), parse_boolean(text)});
  }
  return values;
}

std::uint64_t total(const std::vector<Distinct>& values) {
  std::uint64_t sum = 0;
  for (const Distinct& value : values) sum += value.count;
  return sum;
}

bool all_numbers(const std::vector<Distinct>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const Distinct& v) { return v.number.has_value(); });
}

bool all_booleans(const std::vector<Distinct>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const Distinct& v) { return v.boolean.has_value(); });
}

TargetType target_type(const std::vector<Distinct>& values) {
  if (all_booleans(values)) return TargetType::boolean;
  if (!all_numbers(values)) return TargetType::string;
  const bool integers = std::all_of(values.begin(), values.end(), [](const Distinct& v) {
    return *v.number == std::trunc(*v.number);
  });
  return integers ? TargetType::integer : TargetType::real;
}

void require_two_classes(const data::Table& table, const Target& target) {
  const std::size_t count = target.classes.size();
  if (count == 2) return;
  if (count == 0) throw in_column(table, target.name, "the target has no value in any row");
  if (count == 1) {
    throw in_column(table, target.name,
                    "the target has one class only, " + shown(target.classes[0]));
  }
  const std::span<const std::string> first(target.classes.data(), std::min<std::size_t>(count, 5));
  throw in_column(table, target.name,
                  "the target has " + std::to_string(count) + " classes (" + shown(join(first)) +
                      (count > 5 ? ", …" : "") + "); two are needed");
}

/// Collects values in the statistics of a numeric feature.
class NumericSummary {
 public:
  void add(double value, std::uint64_t count) {
    minimum_ = std::min(minimum_, value);
    maximum_ = std::max(maximum_, value);
    integers_ = integers_ && value == std::trunc(value);
    values_ += count;
  }
  std::uint64_t values() const { return values_; }
  bool usable() const { return is_usable(minimum_) && is_usable(maximum_); }
  bool constant() const { return minimum_ == maximum_; }

  /// Range and empty histogram bins; `count_value` fills them.
  void write(Feature& feature, std::uint64_t rows) const {
    feature.minimum = minimum_;
    feature.maximum = maximum_;
    feature.integers = integers_;
    feature.missing = rows - values_;
    const std::size_t bins = constant() ? 1 : kHistogramBins;
    feature.histogram.counts.assign(bins, 0);
    feature.histogram.edges.resize(bins + 1);
    for (std::size_t i = 0; i <= bins; ++i) {
      // std::lerp neither overflows nor goes back, and ends where it should.
      const double share = static_cast<double>(i) / static_cast<double>(bins);
      feature.histogram.edges[i] = std::lerp(minimum_, maximum_, share);
    }
  }

 private:
  double minimum_ = std::numeric_limits<double>::infinity();
  double maximum_ = -std::numeric_limits<double>::infinity();
  bool integers_ = true;
  std::uint64_t values_ = 0;
};

void count_value(Histogram& histogram, double value, std::uint64_t count) {
  const auto inner_end = histogram.edges.end() - 1;
  const auto after = std::upper_bound(histogram.edges.begin() + 1, inner_end, value);
  histogram.counts[static_cast<std::size_t>(after - histogram.edges.begin()) - 1] += count;
}

/// Makes the schema column by column.
class Inference {
 public:
  Inference(const data::Table& table, const InferOptions& options)
      : table_(table), options_(options) {}

  InferredSchema run() {
    infer_target();
    for (const data::Column& column : table_.columns) {
      if (column.name != options_.target) infer_feature(column);
    }
    if (result_.schema.features.empty()) {
      throw Error(ErrorKind::invalid_data, table_.source + ": no column is left to be a feature");
    }
    return std::move(result_);
  }

 private:
  void infer_target() {
    const data::Column& column = *table_.find(options_.target);
    Target& target = result_.schema.target;
    target.name = column.name;
    if (column.is_numbers) {
      throw in_column(table_, column.name,
                      "the target has thousands of different numbers; two classes are needed");
    }
    const std::vector<unsigned char> every_row(table_.rows, 0);
    const std::vector<Distinct> values = distinct_values(column, every_row);
    target.type = values.empty() ? TargetType::string : target_type(values);
    std::set<std::string> classes;
    for (const Distinct& value : values) classes.insert(class_text(value.text, target.type));
    target.classes.assign(classes.begin(), classes.end());
    const bool by_number = target.type == TargetType::integer || target.type == TargetType::real;
    if (by_number) std::sort(target.classes.begin(), target.classes.end(), numeric_less);
    require_two_classes(table_, target);
    label_rows(column, values);
  }

  void label_rows(const data::Column& column, const std::vector<Distinct>& values) {
    Target& target = result_.schema.target;
    std::vector<unsigned char> label_of_code(column.dictionary.size(), kNoLabel);
    target.counts.assign(target.classes.size(), 0);
    for (const Distinct& value : values) {
      const auto known = std::find(target.classes.begin(), target.classes.end(),
                                   class_text(value.text, target.type));
      const auto label = static_cast<std::size_t>(known - target.classes.begin());
      label_of_code[value.code] = static_cast<unsigned char>(label);
      target.counts[label] += value.count;
    }
    result_.labels.reserve(table_.rows);
    for (const std::uint32_t code : column.codes) result_.labels.push_back(label_of_code[code]);
    labelled_rows_ = target.counts[0] + target.counts[1];
    result_.rows_without_target = table_.rows - labelled_rows_;
  }

  void infer_feature(const data::Column& column) {
    const bool categorical = contains(options_.categorical, column.name);
    if (column.is_numbers) {
      if (categorical) {
        throw in_column(table_, column.name,
                        "has thousands of different numbers; too many for categories");
      }
      add_measurements(column);
      return;
    }
    const std::vector<Distinct> values = distinct_values(column, result_.labels);
    const bool numeric = contains(options_.numeric, column.name);
    if (values.empty()) {
      leave_out_empty(column.name);
    } else if (numeric && !all_numbers(values)) {
      throw not_a_number(column, values);
    } else if (numeric || (!categorical && all_numbers(values))) {
      add_numbers(column.name, values, FeatureKind::numeric);
    } else if (!categorical && all_booleans(values)) {
      add_numbers(column.name, values, FeatureKind::boolean);
    } else {
      add_categories(column.name, values);
    }
  }

  void add_measurements(const data::Column& column) {
    NumericSummary summary;
    for (std::size_t row = 0; row < table_.rows; ++row) {
      const double value = column.numbers[row];
      if (result_.labels[row] != kNoLabel && !std::isnan(value)) summary.add(value, 1);
    }
    if (summary.values() == 0) {
      leave_out_empty(column.name);
      return;
    }
    require_usable(column.name, summary);
    Feature feature;
    feature.name = column.name;
    summary.write(feature, labelled_rows_);
    for (std::size_t row = 0; row < table_.rows; ++row) {
      const double value = column.numbers[row];
      if (result_.labels[row] != kNoLabel && !std::isnan(value))
        count_value(feature.histogram, value, 1);
    }
    add(std::move(feature), summary.constant());
  }

  void require_usable(const std::string& name, const NumericSummary& summary) const {
    if (!summary.usable())
      throw in_column(table_, name, "has a number beyond 1e150; leave the column out");
  }

  void add_numbers(const std::string& name, const std::vector<Distinct>& values, FeatureKind kind) {
    const auto number = [kind](const Distinct& value) {
      return kind == FeatureKind::boolean ? (*value.boolean ? 1.0 : 0.0) : *value.number;
    };
    NumericSummary summary;
    for (const Distinct& value : values) summary.add(number(value), value.count);
    require_usable(name, summary);
    Feature feature;
    feature.name = name;
    feature.kind = kind;
    summary.write(feature, labelled_rows_);
    for (const Distinct& value : values) count_value(feature.histogram, number(value), value.count);
    add(std::move(feature), summary.constant());
  }

  void add_categories(const std::string& name, const std::vector<Distinct>& values) {
    const std::uint64_t present = total(values);
    const bool named = contains(options_.named, name) || contains(options_.categorical, name);
    const bool nearly_all_different =
        present >= kIdentifierRows &&
        static_cast<double>(values.size()) >= kIdentifierShare * static_cast<double>(present);
    if (nearly_all_different || values.size() > kMaxCategories) {
      const std::string reason = nearly_all_different
                                     ? "its texts are nearly all different"
                                     : "it has " + std::to_string(values.size()) + " categories";
      if (!named) {
        result_.left_out.push_back({name, reason});
        return;
      }
      result_.warnings.push_back("column '" + shown(name) + "' is a poor feature: " + reason);
    }
    std::map<std::string, std::uint64_t> ordered;
    for (const Distinct& value : values) ordered.emplace(value.text, value.count);
    Feature feature;
    feature.name = name;
    feature.kind = FeatureKind::categorical;
    feature.missing = labelled_rows_ - present;
    for (const auto& [text, count] : ordered) {
      feature.categories.push_back(text);
      feature.counts.push_back(count);
    }
    feature.index = CategoryIndex(feature.categories);
    // A single category beside missing values still tells rows apart.
    const bool constant = values.size() == 1 && feature.missing == 0;
    add(std::move(feature), constant);
  }

  void add(Feature feature, bool constant) {
    if (constant) {
      if (!contains(options_.named, feature.name)) {
        result_.left_out.push_back({feature.name, "it has the same value in every row"});
        return;
      }
      result_.warnings.push_back("column '" + shown(feature.name) +
                                 "' has the same value in every row");
    }
    result_.schema.features.push_back(std::move(feature));
  }

  void leave_out_empty(const std::string& name) {
    if (contains(options_.named, name)) throw in_column(table_, name, "has no value in any row");
    result_.left_out.push_back({name, "it has no value in any row"});
  }

  /// The error for the first row whose text is no number.
  Error not_a_number(const data::Column& column, const std::vector<Distinct>& values) const {
    const auto bad =
        std::find_if(values.begin(), values.end(), [](const Distinct& v) { return !v.number; });
    const auto row =
        std::find(column.codes.begin(), column.codes.end(), bad->code) - column.codes.begin();
    return Error(ErrorKind::invalid_data, table_.place_of(static_cast<std::uint64_t>(row)) +
                                              ": column '" + shown(column.name) + "': \"" +
                                              shown(bad->text) + "\" is not " +
                                              std::string(expected_number(bad->text)));
  }

  const data::Table& table_;
  const InferOptions& options_;
  std::uint64_t labelled_rows_ = 0;
  InferredSchema result_;
};

}  // namespace

InferredSchema infer_schema(const data::Table& table, const InferOptions& options) {
  return Inference(table, options).run();
}

}  // namespace mlserve::features
