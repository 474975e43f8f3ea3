#include "features/infer_target.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <string>

#include "core/number.hpp"
#include "core/text.hpp"
#include "features/column_values.hpp"

namespace mlserve::features {
namespace {

/// So many different integers are classes unless the task says otherwise.
constexpr std::size_t kMostIntegerClasses = 20;
/// Each class has coefficients of its own; nobody means more of them than this.
constexpr std::size_t kMostClasses = 1000;

bool numeric_less(const std::string& a, const std::string& b) {
  return parse_double(a).value_or(0) < parse_double(b).value_or(0);
}

bool all_integers(const std::vector<DistinctValue>& values) {
  return std::all_of(values.begin(), values.end(), [](const DistinctValue& v) {
    return v.number && *v.number == std::trunc(*v.number);
  });
}

class TargetInference {
 public:
  TargetInference(const data::Table& table, const data::Column& column)
      : table_(table), column_(column) {
    if (column.is_numbers) return;
    const std::vector<double> every_row(table.rows, 0);
    values_ = distinct_values(column, every_row);
  }

  InferredTarget run(std::optional<Task> task) {
    result_.target.name = column_.name;
    result_.target.task = task.value_or(likely_task());
    if (result_.target.task == Task::classification) {
      read_classes();
    } else {
      read_numbers();
    }
    return std::move(result_);
  }

 private:
  Error error(const std::string& message) const { return in_column(table_, column_.name, message); }

  Task likely_task() const {
    if (column_.is_numbers) return Task::regression;
    if (!all_numbers(values_)) return Task::classification;
    return all_integers(values_) && values_.size() <= kMostIntegerClasses ? Task::classification
                                                                          : Task::regression;
  }

  void read_classes() {
    if (column_.is_numbers)
      throw error("the target has thousands of different numbers; they are no classes");
    if (values_.empty()) throw error("the target has no value in any row");
    Target& target = result_.target;
    target.type = class_type();
    std::set<std::string> classes;
    for (const DistinctValue& value : values_) classes.insert(class_text(value.text, target.type));
    target.classes.assign(classes.begin(), classes.end());
    const bool by_number = target.type == TargetType::integer || target.type == TargetType::real;
    if (by_number) std::sort(target.classes.begin(), target.classes.end(), numeric_less);
    require_several(target.classes);
    target.counts.assign(target.classes.size(), 0);
    std::vector<double> value_of_code(column_.dictionary.size(), kNaN);
    for (const DistinctValue& value : values_) {
      const double k = target_value(target, value.text).value_or(kNaN);
      value_of_code[value.code] = k;
      target.counts[static_cast<std::size_t>(k)] += value.count;
      result_.rows += value.count;
    }
    take_values(value_of_code);
  }

  TargetType class_type() const {
    if (all_booleans(values_)) return TargetType::boolean;
    if (!all_numbers(values_)) return TargetType::string;
    return all_integers(values_) ? TargetType::integer : TargetType::real;
  }

  void require_several(const std::vector<std::string>& classes) const {
    if (classes.size() == 1) throw error("the target has one class only, " + shown(classes[0]));
    if (result_.target.type == TargetType::string && nearly_all_different(classes.size()))
      throw error("the values of the target are nearly all different; they are no classes");
    if (classes.size() <= kMostClasses) return;
    const std::span<const std::string> first(classes.data(), 5);
    throw error("the target has " + std::to_string(classes.size()) + " classes (" +
                shown(join(first)) + ", …); at most " + std::to_string(kMostClasses) +
                " can be told apart");
  }

  bool nearly_all_different(std::size_t classes) const {
    constexpr double kShare = 0.9;
    return classes > kMostIntegerClasses &&
           static_cast<double>(classes) >= kShare * static_cast<double>(total_count(values_));
  }

  void read_numbers() {
    Target& target = result_.target;
    NumericSummary summary;
    std::vector<double> value_of_code(column_.dictionary.size(), kNaN);
    for (const DistinctValue& value : values_) {
      if (!value.number) {
        throw bad_value(table_, column_, value,
                        "is not " + std::string(expected_number(value.text)));
      }
      value_of_code[value.code] = *value.number;
      summary.add(*value.number, value.count);
    }
    for (const double value : column_.numbers) {
      if (!std::isnan(value)) summary.add(value, 1);
    }
    if (summary.values() == 0) throw error("the target has no value in any row");
    if (!summary.usable()) throw error("has a number beyond 1e150");
    if (summary.constant())
      throw error("the target is " + format_double(summary.minimum()) + " in every row");
    if (target.task == Task::count && summary.minimum() < 0)
      throw error("has a number below zero, which is no count");
    target.type = summary.integers() ? TargetType::integer : TargetType::real;
    target.minimum = summary.minimum();
    target.maximum = summary.maximum();
    target.mean = summary.mean();
    result_.rows = summary.values();
    if (column_.is_numbers) {
      result_.values = column_.numbers;
    } else {
      take_values(value_of_code);
    }
  }

  void take_values(const std::vector<double>& value_of_code) {
    result_.values.reserve(table_.rows);
    for (const std::uint32_t code : column_.codes) result_.values.push_back(value_of_code[code]);
  }

  const data::Table& table_;
  const data::Column& column_;
  std::vector<DistinctValue> values_;
  InferredTarget result_;
};

}  // namespace

InferredTarget infer_target(const data::Table& table, const data::Column& column,
                            std::optional<Task> task) {
  return TargetInference(table, column).run(task);
}

}  // namespace mlserve::features
