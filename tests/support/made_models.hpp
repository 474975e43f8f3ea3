#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "features/encoded_rows.hpp"
#include "features/json_rows.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"

namespace mlserve::testing {

inline features::Feature number(std::string name, double minimum, double maximum) {
  features::Feature feature;
  feature.name = std::move(name);
  feature.minimum = minimum;
  feature.maximum = maximum;
  feature.histogram = {{minimum, maximum}, {3}};
  return feature;
}

inline features::Feature categories(std::string name, std::vector<std::string> texts) {
  features::Feature feature;
  feature.name = std::move(name);
  feature.kind = features::FeatureKind::categorical;
  feature.counts.assign(texts.size(), 1);
  feature.index = features::CategoryIndex(texts);
  feature.categories = std::move(texts);
  return feature;
}

/// A model of these features whose every coefficient is another number, as though trained.
inline model::Model make_model(std::vector<features::Feature> features, features::Target target) {
  model::Model model;
  model.schema.features = std::move(features);
  model.schema.target = std::move(target);
  std::vector<double> fill_values;
  for (const features::Feature& feature : model.schema.features) {
    fill_values.push_back(feature.minimum / 3 + feature.maximum / 5);
  }
  model.encoder = features::Encoder(fill_values);
  model.columns = features::design_columns(model.schema);
  for (std::size_t c = 0; c < model.columns.size(); ++c) {
    model.coefficients.push_back((c % 2 == 0 ? 1.0 : -1.0) / static_cast<double>(c + 3));
    model.standard_errors.push_back(0.1 * static_cast<double>(c + 1));
  }
  model.intercept = -0.1;
  model.intercept_standard_error = 0.25;
  model.metrics = {{"accuracy", 0.8}, {"roc_auc", 0.85}};
  model.training.rows = 10;
  model.training.data_hash = std::string(64, 'a');
  model.training.mlserve_version = "0.1.0";
  model.training.seed = 42;
  model.training.test_size = 0.2;
  model.training.iterations = 5;
  model.training.converged = true;

  features::EncodedRows rows(model.schema);
  rows.append_missing();
  std::vector<double> probabilities;
  model::Scorer(model).score(rows, probabilities);
  model.golden_rows = {{features::record_json(model.schema, rows, 0), probabilities[0]}};
  return model;
}

/// One number `age`, one categorical feature `sex`, integer classes.
inline model::Model small_model() {
  return make_model({number("age", 0, 90), categories("sex", {"female", "male"})},
                    {"survived", features::TargetType::integer, {"0", "1"}, {6, 4}});
}

/// Names and categories as files may have them, to be escaped wherever they are written: quotes,
/// backslashes, comments, trigraphs, line breaks, keywords, digits first, UTF-8, names that differ
/// only in such characters, names that are macros of C.
inline model::Model awkward_model() {
  features::Feature flag = number("is \"new\"?", 0, 1);
  flag.kind = features::FeatureKind::boolean;
  return make_model(
      {number("1st, quantité\n", -5, 5),
       categories("a/b~c", {" ", "*/ \"x\"", "?\?/", "\\", "a,b"}), number("int", 0, 1),
       number("class", 0, 1), number("a b", 0, 2), number("a_b", 0, 3), number("a-b", 0, 4),
       categories("größe", {"é", "\xF0\x9F\x9A\xA2", "\xF4\x8F\xBF\xBF"}),
       number("größ\xC3\xA9", 1, 2), flag, number("", 0, 1), number("NAN", 0, 1),
       number("M_PI", 0, 1), number("mlserve_row", 0, 1), number("*/", 0, 1),
       categories("tab\t", {"\x01", "\n", "\r\n", "'", "012"})},
      {"Überlebt \"?\"", features::TargetType::string, {"no \\ \"nein\"", "yes\nja"}, {5, 5}});
}

}  // namespace mlserve::testing
