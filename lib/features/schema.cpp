#include "features/schema.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/number.hpp"
#include "core/text.hpp"
#include "features/boolean_text.hpp"

namespace mlserve::features {
namespace {

template <class Enum, std::size_t kSize>
using NameTable = std::array<std::pair<Enum, std::string_view>, kSize>;

constexpr NameTable<FeatureKind, 5> kKindNames = {{{FeatureKind::numeric, "numeric"},
                                                   {FeatureKind::boolean, "boolean"},
                                                   {FeatureKind::categorical, "categorical"},
                                                   {FeatureKind::text, "text"},
                                                   {FeatureKind::date, "date"}}};

constexpr NameTable<Task, 3> kTaskNames = {{{Task::classification, "classification"},
                                            {Task::regression, "regression"},
                                            {Task::count, "count"}}};

constexpr NameTable<TargetType, 4> kTypeNames = {{{TargetType::integer, "integer"},
                                                  {TargetType::real, "real"},
                                                  {TargetType::boolean, "boolean"},
                                                  {TargetType::string, "string"}}};

/// One text for a number, however it is spelled.
std::string canonical(double number) { return format_double(number == 0 ? 0 : number); }

template <class Table, class Enum>
std::string_view name_in(const Table& table, Enum value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return {};
}

template <class Enum, std::size_t kSize>
std::optional<Enum> value_in(const NameTable<Enum, kSize>& table, std::string_view wanted) {
  for (const auto& [value, name] : table) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view kind_name(FeatureKind kind) { return name_in(kKindNames, kind); }
std::optional<FeatureKind> parse_kind(std::string_view name) { return value_in(kKindNames, name); }
std::string_view task_name(Task task) { return name_in(kTaskNames, task); }
std::optional<Task> parse_task(std::string_view name) { return value_in(kTaskNames, name); }
std::string_view type_name(TargetType type) { return name_in(kTypeNames, type); }
std::optional<TargetType> parse_target_type(std::string_view name) {
  return value_in(kTypeNames, name);
}

std::string class_text(std::string_view text, TargetType type) {
  if (type == TargetType::boolean) {
    const auto truth = parse_boolean(text);
    return truth ? (*truth ? "true" : "false") : std::string(text);
  }
  const auto number = parse_double(text);
  return type == TargetType::string || !number ? std::string(text) : canonical(*number);
}

std::optional<double> target_value(const Target& target, std::string_view text) {
  if (target.task != Task::classification) return parse_double(text);
  const auto known =
      std::find(target.classes.begin(), target.classes.end(), class_text(text, target.type));
  if (known == target.classes.end()) return std::nullopt;
  return static_cast<double>(known - target.classes.begin());
}

std::string class_json(const Target& target, std::size_t k) {
  return target.type == TargetType::string ? json_string(target.classes[k]) : target.classes[k];
}

CategoryIndex::CategoryIndex(const std::vector<std::string>& categories) {
  for (std::uint32_t k = 0; k < categories.size(); ++k) {
    texts_.insert(categories[k]);
    const auto number = parse_double(categories[k]);
    if (!number) continue;
    // Of several spellings of one number ("3", "3.0") the first answers for the others.
    if (numbers_.insert(canonical(*number)) == number_codes_.size()) {
      number_codes_.push_back(kFirstCategory + k);
    }
  }
}

std::uint32_t CategoryIndex::code(std::string_view text) const {
  if (const auto found = texts_.find(text)) return kFirstCategory + *found;
  if (numbers_.size() == 0) return kUnknown;
  const auto number = parse_double(text);
  return number ? code(*number) : kUnknown;
}

std::uint32_t CategoryIndex::code(double number) const {
  const auto found = numbers_.find(canonical(number));
  return found ? number_codes_[*found] : kUnknown;
}

std::uint32_t CategoryIndex::boolean_code(bool truth) const {
  for (const std::string_view spelling : kBooleanSpellings[truth ? 1 : 0]) {
    if (const auto found = texts_.find(spelling)) return kFirstCategory + *found;
  }
  return kUnknown;
}

void Feature::index_categories() {
  if (is_categorical()) index = CategoryIndex(categories);
  if (!is_text()) return;
  for (const std::string& word : categories) words.insert(word);
}

std::optional<std::size_t> Schema::find(std::string_view name) const {
  for (std::size_t f = 0; f < features.size(); ++f) {
    if (features[f].name == name) return f;
  }
  return std::nullopt;
}

std::vector<std::string> Schema::feature_names() const {
  std::vector<std::string> names;
  names.reserve(features.size());
  for (const Feature& feature : features) names.push_back(feature.name);
  return names;
}

}  // namespace mlserve::features
