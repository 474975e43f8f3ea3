#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/dictionary.hpp"

namespace mlserve::features {

enum class FeatureKind {
  numeric,     ///< a double, NaN where missing
  boolean,     ///< as numeric, 0 or 1
  categorical  ///< one of the categories known from training
};

std::string_view kind_name(FeatureKind kind);
std::optional<FeatureKind> parse_kind(std::string_view name);

/// Codes of a categorical feature in EncodedRows. Category k has the code kFirstCategory + k.
inline constexpr std::uint32_t kMissing = 0;
inline constexpr std::uint32_t kUnknown = 1;
inline constexpr std::uint32_t kFirstCategory = 2;

/// Counts of values between `edges`: bin i holds edges[i] <= x < edges[i+1], the last one also its
/// upper edge. Empty for a feature without values.
struct Histogram {
  std::vector<double> edges;
  std::vector<std::uint64_t> counts;
};

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

  // Numeric and boolean.
  double minimum = 0;
  double maximum = 0;
  bool integers = false;
  Histogram histogram;

  // Categorical: in code-point order, with their counts.
  std::vector<std::string> categories;
  std::vector<std::uint64_t> counts;
  CategoryIndex index;

  bool is_categorical() const noexcept { return kind == FeatureKind::categorical; }
};

/// How the classes are written in answers: as they stood in the file.
enum class TargetType { integer, real, boolean, string };

std::string_view type_name(TargetType type);
std::optional<TargetType> parse_target_type(std::string_view name);

struct Target {
  std::string name;
  TargetType type = TargetType::integer;
  std::vector<std::string> classes;   ///< numeric or code-point order; the second is positive
  std::vector<std::uint64_t> counts;  ///< training rows of each class
};

/// Label of a row whose target is missing; else a label is the index of its class.
inline constexpr unsigned char kNoLabel = 255;

/// How a class is written: different spellings of one number or truth value are one class.
std::string class_text(std::string_view text, TargetType type);

/// The class that `text` names, in any spelling of the same number or truth value, or none.
std::optional<unsigned char> class_index(const Target& target, std::string_view text);

/// Class k as JSON: a number, true, false or a string, by the target's type.
std::string class_json(const Target& target, std::size_t k);

/// Names, kinds and statistics of a model's inputs and its target. Immutable after training.
struct Schema {
  std::vector<Feature> features;
  Target target;

  std::optional<std::size_t> find(std::string_view name) const;
  std::vector<std::string> feature_names() const;
};

/// One column of the design matrix, named as pandas.get_dummies does. Inside, a column is known by
/// feature and category: two features may share a joined name.
struct DesignColumn {
  std::string name;       ///< "Age", "Sex_male"
  std::size_t feature;    ///< index into Schema::features
  std::int64_t category;  ///< index into its categories, or -1 for a numeric feature
};

/// All columns of the design matrix in their order: by name, then feature, then category.
std::vector<DesignColumn> design_columns(const Schema& schema);

}  // namespace mlserve::features
