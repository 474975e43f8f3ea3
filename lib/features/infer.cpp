#include "features/infer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "features/calendar.hpp"
#include "features/column_values.hpp"
#include "features/infer_target.hpp"
#include "features/words.hpp"

namespace mlserve::features {
namespace {

/// Texts are taken for an identifier when at least this share of them is different …
constexpr double kIdentifierShare = 0.9;
/// … and there are at least so many that it cannot be chance.
constexpr std::uint64_t kIdentifierRows = 20;
/// Texts with this share of different ones, and so many blanks in each on average, are prose.
constexpr double kTextShare = 0.5;
constexpr double kTextBlanks = 5;
/// More categories than this are left out unless the column is asked for by name.
constexpr std::size_t kMaxCategories = 1000;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

double share_of_different(const std::vector<DistinctValue>& values) {
  return static_cast<double>(values.size()) / static_cast<double>(total_count(values));
}

/// Categories with their counts. 3, "3" and 3.0 are one, named as the file names it first; 007 is a
/// code of its own.
std::map<std::string, std::uint64_t> count_categories(const std::vector<DistinctValue>& values) {
  std::map<std::string, std::uint64_t> counts;
  std::map<double, std::string_view> first_spelling;
  for (const DistinctValue& value : values) {
    const auto number = category_number(value.text);
    const std::string_view name =
        number ? first_spelling.emplace(*number, value.text).first->second : value.text;
    counts[std::string(name)] += value.count;
  }
  return counts;
}

/// Why a column of mostly numbers is texts all the same, or nothing: `; "inf" is not a number`.
std::string odd_one_out(const std::vector<DistinctValue>& values) {
  const auto looks_numeric = [](const DistinctValue& v) {
    return v.number || expected_number(v.text) != expected_number("");
  };
  const auto numeric = std::count_if(values.begin(), values.end(), looks_numeric);
  constexpr double kMostly = 0.9;
  if (static_cast<double>(numeric) < kMostly * static_cast<double>(values.size())) return {};
  const auto odd =
      std::find_if(values.begin(), values.end(), [](const DistinctValue& v) { return !v.number; });
  if (odd == values.end()) return {};
  return "; \"" + shown(odd->text) + "\" is not " + std::string(expected_number(odd->text));
}

bool look_like_prose(const std::vector<DistinctValue>& values) {
  if (total_count(values) < kIdentifierRows || share_of_different(values) < kTextShare)
    return false;
  std::ptrdiff_t blanks = 0;
  for (const DistinctValue& value : values) {
    blanks += std::count(value.text.begin(), value.text.end(), ' ');
  }
  return static_cast<double>(blanks) >= kTextBlanks * static_cast<double>(values.size());
}

/// Makes the schema column by column.
class Inference {
 public:
  Inference(const data::Table& table, const InferOptions& options)
      : table_(table), options_(options) {}

  InferredSchema run() {
    InferredTarget target = infer_target(table_, *table_.find(options_.target), options_.task);
    labelled_rows_ = target.rows;
    result_.schema.target = std::move(target.target);
    result_.schema.refuses_missing = options_.refuse_missing;
    result_.targets = std::move(target.values);
    result_.rows_without_target = table_.rows - labelled_rows_;
    for (const data::Column& column : table_.columns) {
      if (column.name == options_.target || contains(options_.not_features, column.name)) continue;
      infer_feature(column);
    }
    if (result_.schema.features.empty()) throw no_feature_left();
    for (const auto& [a, b] : options_.interactions) add_interaction(a, b);
    return std::move(result_);
  }

 private:
  Error no_feature_left() const {
    std::string message = table_.source + ": no column is left to be a feature";
    for (const auto& [name, reason] : result_.left_out) {
      message += (&name == &result_.left_out.front().name ? " (" : ", ");
      message += "'" + shown(name) + "': " + reason;
    }
    if (!result_.left_out.empty()) message += ")";
    return Error(ErrorKind::invalid_data,
                 message.size() > 500 ? message.substr(0, 500) + "…" : message);
  }

  void infer_feature(const data::Column& column) {
    const bool categorical = contains(options_.categorical, column.name);
    const bool text = contains(options_.text, column.name);
    if (column.is_numbers) {
      if (categorical || text) {
        throw in_column(table_, column.name,
                        "has thousands of different numbers; too many for categories or words");
      }
      add_measurements(column);
      return;
    }
    const std::vector<DistinctValue> values = distinct_values(column, result_.targets);
    const bool as_it_looks = !categorical && !text;
    if (values.empty()) {
      leave_out_empty(column.name);
    } else if (contains(options_.numeric, column.name)) {
      require_numbers(column, values);
      add_numbers(column, FeatureKind::numeric, values, numbers_of(values));
    } else if (as_it_looks && all_numbers(values)) {
      add_numbers(column, FeatureKind::numeric, values, numbers_of(values));
    } else if (as_it_looks && all_booleans(values)) {
      add_numbers(column, FeatureKind::boolean, values, truths_of(values));
    } else if (const auto dates = as_it_looks ? all_dates(values) : std::nullopt) {
      add_numbers(column, FeatureKind::date, values, *dates);
    } else if (text || (as_it_looks && look_like_prose(values))) {
      add_text(column, values);
    } else {
      add_categories(column, values);
    }
  }

  void require_numbers(const data::Column& column, const std::vector<DistinctValue>& values) const {
    for (const DistinctValue& value : values) {
      if (!value.number)
        throw bad_value(table_, column, value,
                        std::string("is not ") + std::string(expected_number(value.text)));
    }
  }

  static std::vector<double> numbers_of(const std::vector<DistinctValue>& values) {
    std::vector<double> numbers;
    for (const DistinctValue& value : values) numbers.push_back(*value.number);
    return numbers;
  }

  static std::vector<double> truths_of(const std::vector<DistinctValue>& values) {
    std::vector<double> numbers;
    for (const DistinctValue& value : values) numbers.push_back(*value.boolean ? 1 : 0);
    return numbers;
  }

  /// A feature of many different numbers, row by row.
  void add_measurements(const data::Column& column) {
    const auto for_each_value = [&](auto take) {
      for (std::size_t row = 0; row < table_.rows; ++row) {
        const double value = column.numbers[row];
        if (!std::isnan(result_.targets[row]) && !std::isnan(value)) take(value, 1);
      }
    };
    add_numeric(column, FeatureKind::numeric, for_each_value);
  }

  /// A feature of few different numbers, each with its count.
  void add_numbers(const data::Column& column, FeatureKind kind,
                   const std::vector<DistinctValue>& values, const std::vector<double>& numbers) {
    const auto for_each_value = [&](auto take) {
      for (std::size_t i = 0; i < values.size(); ++i) take(numbers[i], values[i].count);
    };
    add_numeric(column, kind, for_each_value);
  }

  template <class ForEachValue>
  void add_numeric(const data::Column& column, FeatureKind kind, ForEachValue for_each_value) {
    NumericSummary summary;
    for_each_value([&](double value, std::uint64_t count) { summary.add(value, count); });
    if (summary.values() == 0) {
      leave_out_empty(column.name);
      return;
    }
    if (!summary.usable())
      throw in_column(table_, column.name, "has a number beyond 1e150; leave the column out");
    Feature feature;
    feature.name = column.name;
    feature.kind = kind;
    feature.minimum = summary.minimum();
    feature.maximum = summary.maximum();
    feature.integers = summary.integers();
    feature.missing = labelled_rows_ - summary.values();
    feature.histogram = summary.histogram();
    for_each_value(
        [&](double value, std::uint64_t count) { count_value(feature.histogram, value, count); });
    if (kind == FeatureKind::date) feature.date_parts = varying_parts(for_each_value);
    add(std::move(feature), summary.constant());
  }

  /// The calendar parts that are not the same in all values.
  template <class ForEachValue>
  static std::vector<DatePart> varying_parts(ForEachValue for_each_value) {
    std::vector<DatePart> parts;
    for (const DatePart part : kDateParts) {
      NumericSummary summary;
      for_each_value(
          [&](double value, std::uint64_t count) { summary.add(date_part(value, part), count); });
      if (!summary.constant()) parts.push_back(part);
    }
    return parts;
  }

  void add_categories(const data::Column& column, const std::vector<DistinctValue>& values) {
    const bool named =
        contains(options_.named, column.name) || contains(options_.categorical, column.name);
    const bool nearly_all_different =
        total_count(values) >= kIdentifierRows && share_of_different(values) >= kIdentifierShare;
    if (nearly_all_different || values.size() > kMaxCategories) {
      const std::string reason = nearly_all_different
                                     ? "its texts are nearly all different" + odd_one_out(values)
                                     : "it has " + std::to_string(values.size()) + " categories";
      if (!named) {
        result_.left_out.push_back({column.name, reason});
        return;
      }
      result_.warnings.push_back("column '" + shown(column.name) +
                                 "' is a poor feature: " + reason);
    }
    const std::string odd = odd_one_out(values);
    if (!named && !odd.empty())
      result_.warnings.push_back("column '" + shown(column.name) + "' is taken as categories" +
                                 odd);
    add_counted(column, FeatureKind::categorical, count_categories(values), total_count(values));
  }

  /// The words of all texts, and in how many rows each occurs.
  void add_text(const data::Column& column, const std::vector<DistinctValue>& values) {
    std::map<std::string, std::uint64_t> counts;
    std::set<std::string> in_this_text;
    std::string word;
    for (const DistinctValue& value : values) {
      in_this_text.clear();
      for (WordReader reader(value.text); reader.next(word);) in_this_text.insert(word);
      for (const std::string& known : in_this_text) counts[known] += value.count;
    }
    if (counts.empty()) {
      result_.left_out.push_back({column.name, "its texts have no words"});
      return;
    }
    add_counted(column, FeatureKind::text, counts, total_count(values));
  }

  void add_counted(const data::Column& column, FeatureKind kind,
                   const std::map<std::string, std::uint64_t>& counts, std::uint64_t present) {
    Feature feature;
    feature.name = column.name;
    feature.kind = kind;
    feature.missing = labelled_rows_ - present;
    for (const auto& [text, count] : counts) {
      feature.categories.push_back(text);
      feature.counts.push_back(count);
    }
    feature.index_categories();
    // A single category beside missing values still tells rows apart.
    const bool constant =
        kind == FeatureKind::categorical && counts.size() == 1 && feature.missing == 0;
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
    if (options_.refuse_missing && feature.missing > 0) {
      throw in_column(table_, feature.name,
                      "has no value in " + std::to_string(feature.missing) +
                          " rows, and --missing error refuses that");
    }
    result_.schema.features.push_back(std::move(feature));
  }

  void leave_out_empty(const std::string& name) {
    if (contains(options_.named, name)) throw in_column(table_, name, "has no value in any row");
    result_.left_out.push_back({name, "it has no value in any row"});
  }

  void add_interaction(const std::string& a, const std::string& b) {
    const Interaction interaction{interaction_part(a), interaction_part(b)};
    if (const auto problem = interaction_problem(result_.schema, interaction))
      throw Error(ErrorKind::invalid_argument,
                  "--interaction: " + shown(a) + ":" + shown(b) + " " + *problem);
    result_.schema.interactions.push_back(interaction);
  }

  std::size_t interaction_part(const std::string& name) const {
    const auto f = result_.schema.find(name);
    if (!f) {
      throw Error(ErrorKind::invalid_argument,
                  "--interaction: '" + shown(name) + "' is not among the features");
    }
    return *f;
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
