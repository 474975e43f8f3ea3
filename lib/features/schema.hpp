#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/dictionary.hpp"
#include "features/calendar.hpp"

namespace mlserve::features {

enum class FeatureKind {
  numeric,      ///< a double, NaN where missing
  boolean,      ///< as numeric, 0 or 1
  categorical,  ///< one of the categories known from training
  text,         ///< words and how often each occurs, as TF-IDF
  date          ///< seconds since 1970 in UTC; its calendar parts are the columns
};

std::string_view kind_name(FeatureKind kind);
std::optional<FeatureKind> parse_kind(std::string_view name);

/// Codes of a categorical feature in EncodedRows. Category k has the code kFirstCategory + k. A
/// text has kMissing, kUnknown when none of its words is known, or else kFirstCategory.
inline constexpr std::uint32_t kMissing = 0;
inline constexpr std::uint32_t kUnknown = 1;
inline constexpr std::uint32_t kFirstCategory = 2;

/// Counts of values between `edges`: bin i holds edges[i] <= x < edges[i+1], the last one also its
/// upper edge. Empty for a feature without values.
struct Histogram {
  std::vector<double> edges;
  std::vector<std::uint64_t> counts;

  /// The bin of a value; what lies outside is in the first or the last one. 0 without bins.
  std::size_t bin(double value) const noexcept;
};

/// The number that a category spells; none for a text, and none for a code with leading zeros
/// ("007"), which is another category than 7.
std::optional<double> category_number(std::string_view text);

/// Finds the code of a category by its text. A number also finds a category that spells the same
/// number in another way: 3, "3" and "3.0" are one category.
class CategoryIndex {
 public:
  CategoryIndex() = default;
  explicit CategoryIndex(const std::vector<std::string>& categories);

  /// kFirstCategory + k, or kUnknown.
  std::uint32_t code(std::string_view text) const;
  std::uint32_t code(double number) const;
  /// The same for a truth value: the category that is spelled true, True or TRUE, or its opposite.
  std::uint32_t boolean_code(bool truth) const;

 private:
  data::Dictionary texts_;
  data::Dictionary numbers_;                 ///< canonical spellings of the numeric categories
  std::vector<std::uint32_t> number_codes_;  ///< by code in `numbers_`
};

/// One input of the model, with what training saw of it.
struct Feature {
  std::string name;
  FeatureKind kind = FeatureKind::numeric;
  std::uint64_t missing = 0;  ///< training rows without a value

  // Numeric, boolean and date.
  double minimum = 0;
  double maximum = 0;
  bool integers = false;
  Histogram histogram;
  std::vector<DatePart> date_parts;  ///< of a date: those that vary

  // Categorical: the categories in code-point order, with the rows in which each stands. Text: the
  // same of its words.
  std::vector<std::string> categories;
  std::vector<std::uint64_t> counts;
  CategoryIndex index;     ///< of a categorical feature
  data::Dictionary words;  ///< of a text: word k has the code k

  bool is_categorical() const noexcept { return kind == FeatureKind::categorical; }
  bool is_text() const noexcept { return kind == FeatureKind::text; }
  bool is_date() const noexcept { return kind == FeatureKind::date; }
  /// Whether a value is a double: NaN where missing.
  bool is_number() const noexcept { return !is_categorical() && !is_text(); }

  /// Makes `index` or `words` from the categories.
  void index_categories();
};

/// Two features whose product is a feature as well: their columns multiplied, each with each.
struct Interaction {
  std::size_t a;  ///< index into Schema::features; neither is a text or a date
  std::size_t b;
};

/// What is predicted of the target.
enum class Task {
  classification,  ///< one of its classes
  regression,      ///< a number
  count            ///< the mean of a number that is never negative
};

std::string_view task_name(Task task);
std::optional<Task> parse_task(std::string_view name);

/// How the values of the target are written in answers: as they stood in the file.
enum class TargetType { integer, real, boolean, string };

std::string_view type_name(TargetType type);
std::optional<TargetType> parse_target_type(std::string_view name);

struct Target {
  std::string name;
  TargetType type = TargetType::integer;

  // Classification.
  std::vector<std::string> classes;  ///< numeric or code-point order; of two the second is positive
  std::vector<std::uint64_t> counts;  ///< training rows of each class

  Task task = Task::classification;

  // Regression and count, over the training rows.
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
};

/// How a class is written: different spellings of one number or truth value are one class.
std::string class_text(std::string_view text, TargetType type);

/// What `text` stands for as a target: the index of its class, in any spelling of the same number
/// or truth value, or the number; none when it is no such value.
std::optional<double> target_value(const Target& target, std::string_view text);

/// Class k as JSON: a number, true, false or a string, by the target's type.
std::string class_json(const Target& target, std::size_t k);

/// Names, kinds and statistics of a model's inputs and its target. Immutable after training.
struct Schema {
  std::vector<Feature> features;
  std::vector<Interaction> interactions;
  Target target;
  bool refuses_missing = false;  ///< a row without a value of some feature is an error

  std::optional<std::size_t> find(std::string_view name) const;
  std::vector<std::string> feature_names() const;
};

/// Why `interaction` cannot be added to those of the schema, or nothing: it is there, a feature
/// with itself, one with a text or a date, or of too many pairs of categories.
std::optional<std::string> interaction_problem(const Schema& schema,
                                               const Interaction& interaction);

}  // namespace mlserve::features
