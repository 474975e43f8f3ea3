#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "support/made_models.hpp"

namespace mlserve::testing {

inline features::Target two_classes() {
  return {"y", features::TargetType::integer, {"0", "1"}, {1, 1}};
}

/// The same model as another estimator, or for more classes.
inline model::Model model_for(const std::string& kind, std::vector<features::Feature> features,
                              std::vector<features::Interaction> interactions = {}) {
  features::Target target = two_classes();
  if (kind == "three classes") target.classes = {"0", "1", "2"};
  const bool is_number = kind == "number" || kind == "count";
  if (is_number) target.classes.clear();
  model::Model model = make_model(std::move(features), std::move(target), std::move(interactions));
  if (kind == "number") {
    model.estimator = model::Estimator::linear;
    model.schema.target.task = features::Task::regression;
  } else if (kind == "count") {
    model.estimator = model::Estimator::poisson;
    model.schema.target.task = features::Task::count;
  }
  return model;
}

/// Gives every feature a missing indicator, with weights of its own.
inline void add_indicators(model::Model& model) {
  std::vector<features::FeatureEncoding> encodings = model.encoder.encodings();
  for (features::FeatureEncoding& encoding : encodings) encoding.indicator = true;
  model.encoder = features::Encoder(std::move(encodings));
  model.columns = features::design_columns(model.schema, model.encoder);
  model.means.assign(model.columns.size(), 0.0);
  for (std::size_t k = 0; k < model.coefficients.size(); ++k) {
    for (std::size_t c = model.coefficients[k].size(); c < model.columns.size(); ++c)
      model.coefficients[k].push_back(0.3 / static_cast<double>(c + k + 1));
  }
}

/// A date of which every part is a column.
inline features::Feature whole_date(std::string name) {
  features::Feature feature = date(std::move(name));
  feature.date_parts.assign(features::kDateParts.begin(), features::kDateParts.end());
  return feature;
}

/// One feature of each kind, and categories that spell numbers.
inline std::vector<features::Feature> one_of_each_kind() {
  return {number("age", 0, 90),
          boolean("is_member"),
          categorical("port", {"C", "Q", "S"}),
          categorical("class", {"1", "2", "3.0"}),
          whole_date("joined"),
          text("about", {"and", "cat", "dog", "maß", "σοφος", "σοφός"})};
}

/// Products of numbers, of a number and a category in both orders, and of categories.
inline std::vector<features::Interaction> every_product() {
  return {{0, 1}, {0, 2}, {2, 3}, {3, 1}};
}

}  // namespace mlserve::testing
