#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "estimators/fit.hpp"
#include "features/encoder.hpp"
#include "features/schema.hpp"
#include "metrics/threshold.hpp"
#include "model/model.hpp"

namespace mlserve::pipeline {

/// One of the words that an option takes. The tables below are the one place where commands,
/// records and routes have them from.
template <class Value>
struct Choice {
  std::string_view name;
  Value value;
};

template <class Value, std::size_t kSize>
std::optional<Value> find_choice(const std::array<Choice<Value>, kSize>& choices,
                                 std::string_view name) {
  for (const Choice<Value>& choice : choices) {
    if (choice.name == name) return choice.value;
  }
  return std::nullopt;
}

/// Empty for a value that has no name.
template <class Value, std::size_t kSize>
std::string choice_name(const std::array<Choice<Value>, kSize>& choices, Value value) {
  for (const Choice<Value>& choice : choices) {
    if (choice.value == value) return std::string(choice.name);
  }
  return {};
}

/// "l1,l2,none".
template <class Value, std::size_t kSize>
std::string choice_names(const std::array<Choice<Value>, kSize>& choices) {
  std::string names;
  for (const Choice<Value>& choice : choices)
    names.append(names.empty() ? "" : ",").append(choice.name);
  return names;
}

inline const std::array<Choice<features::Task>, 3> kTaskChoices = {
    {{features::task_name(features::Task::classification), features::Task::classification},
     {features::task_name(features::Task::count), features::Task::count},
     {features::task_name(features::Task::regression), features::Task::regression}}};

inline const std::array<Choice<model::Estimator>, 3> kEstimatorChoices = {
    {{model::estimator_name(model::Estimator::linear), model::Estimator::linear},
     {model::estimator_name(model::Estimator::logistic), model::Estimator::logistic},
     {model::estimator_name(model::Estimator::poisson), model::Estimator::poisson}}};

inline constexpr std::array<Choice<estimators::PenaltyKind>, 4> kPenaltyChoices = {
    {{"elasticnet", estimators::PenaltyKind::elasticnet},
     {"l1", estimators::PenaltyKind::l1},
     {"l2", estimators::PenaltyKind::l2},
     {"none", estimators::PenaltyKind::none}}};

/// None: a missing value is an error.
inline constexpr std::array<Choice<std::optional<features::MissingPolicy>>, 5> kMissingChoices = {
    {{"mean", features::MissingPolicy::mean},
     {"median", features::MissingPolicy::median},
     {"zero", features::MissingPolicy::zero},
     {"most-frequent", features::MissingPolicy::most_frequent},
     {"error", std::nullopt}}};

inline constexpr std::array<Choice<metrics::ThresholdRule>, 2> kThresholdRuleChoices = {
    {{"f1", metrics::ThresholdRule::f1}, {"youden", metrics::ThresholdRule::youden}}};

/// Whether the first category of each feature has no column.
inline constexpr std::array<Choice<bool>, 2> kDropChoices = {{{"none", false}, {"first", true}}};

/// Whether all classes weigh the same.
inline constexpr std::array<Choice<bool>, 2> kClassWeightChoices = {
    {{"none", false}, {"balanced", true}}};

}  // namespace mlserve::pipeline
