#include "features/schema.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/number.hpp"
#include "core/text.hpp"
#include "features/boolean_text.hpp"
#include "features/number_limit.hpp"

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

std::size_t Histogram::bin(double value) const noexcept {
  if (counts.empty()) return 0;
  const auto inner_end = edges.end() - 1;
  const auto after = std::upper_bound(edges.begin() + 1, inner_end, value);
  return static_cast<std::size_t>(after - edges.begin()) - 1;
}

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
  if (target.task != Task::classification) {
    const auto number = parse_double(text);
    const bool fits = number && is_usable(*number) && (target.task != Task::count || *number >= 0);
    return fits ? number : std::nullopt;
  }
  const auto known =
      std::find(target.classes.begin(), target.classes.end(), class_text(text, target.type));
  if (known == target.classes.end()) return std::nullopt;
  return static_cast<double>(known - target.classes.begin());
}

std::string class_json(const Target& target, std::size_t k) {
  return target.type == TargetType::string ? json_string(target.classes[k]) : target.classes[k];
}

std::optional<double> category_number(std::string_view text) {
  const bool is_code = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  return is_code ? std::nullopt : parse_double(text);
}

CategoryIndex::CategoryIndex(const std::vector<std::string>& categories) {
  // Of several spellings of one number ("3", "3.0") the first answers for the others; a code with
  // leading zeros does so where nothing else spells its number.
  const auto add_number = [this](std::uint32_t k, std::optional<double> number) {
    if (number && numbers_.insert(canonical(*number)) == number_codes_.size())
      number_codes_.push_back(kFirstCategory + k);
  };
  for (std::uint32_t k = 0; k < categories.size(); ++k) {
    texts_.insert(categories[k]);
    add_number(k, category_number(categories[k]));
  }
  for (std::uint32_t k = 0; k < categories.size(); ++k) add_number(k, parse_double(categories[k]));
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

std::optional<std::string> interaction_problem(const Schema& schema,
                                               const Interaction& interaction) {
  constexpr std::size_t kMostPairs = 10'000'000;
  const auto [a, b] = interaction;
  if (a == b) return "is a feature with itself";
  for (const std::size_t f : {a, b}) {
    const Feature& feature = schema.features[f];
    if (feature.is_text() || feature.is_date()) {
      return "has a " + std::string(kind_name(feature.kind)) +
             "; only numbers and categories can be multiplied";
    }
  }
  const auto is_same = [a = a, b = b](const Interaction& other) {
    return (other.a == a && other.b == b) || (other.a == b && other.b == a);
  };
  const auto& all = schema.interactions;
  if (std::any_of(all.begin(), all.end(), is_same)) return "is named twice";
  const auto codes = [&](std::size_t f) { return 2 + schema.features[f].categories.size(); };
  if (codes(a) * codes(b) > kMostPairs) return "has too many pairs of categories";
  return std::nullopt;
}

}  // namespace mlserve::features
