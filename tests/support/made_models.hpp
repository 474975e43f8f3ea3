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
#include "support/schemas.hpp"

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
  return categorical(std::move(name), std::move(texts));
}

/// Scores of a row in which all is missing, as training would keep them.
inline void add_golden_row(model::Model& model) {
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  model::Scores scores;
  model::Scorer(model).score(rows, scores);
  model.golden_rows = {{features::record_json(model.schema, rows, 0), scores.values}};
}

/// A model of these features and interactions whose every coefficient is another number, as though
/// trained; of three classes and more with a row of coefficients for each.
inline model::Model make_model(std::vector<features::Feature> features, features::Target target,
                               std::vector<features::Interaction> interactions = {}) {
  model::Model model;
  model.schema.features = std::move(features);
  model.schema.interactions = std::move(interactions);
  model.schema.target = std::move(target);
  std::vector<features::FeatureEncoding> encodings = plain_encoder(model.schema).encodings();
  for (std::size_t f = 0; f < encodings.size(); ++f) {
    const features::Feature& feature = model.schema.features[f];
    if (feature.is_number()) encodings[f].fill = feature.minimum / 3 + feature.maximum / 5;
    for (std::size_t k = 0; k < encodings[f].idf.size(); ++k)
      encodings[f].idf[k] = 1 + 0.1 * static_cast<double>(k);
  }
  model.encoder = features::Encoder(std::move(encodings));
  model.columns = features::design_columns(model.schema, model.encoder);
  const std::size_t classes = model.schema.target.classes.size();
  const std::size_t margins = classes > 2 ? classes : 1;
  for (std::size_t k = 0; k < margins; ++k) {
    std::vector<double>& row = model.coefficients.emplace_back();
    for (std::size_t c = 0; c < model.columns.size(); ++c)
      row.push_back((c % 2 == 0 ? 1.0 : -1.0) / static_cast<double>(c + 3 + k));
    model.intercepts.push_back(-0.1 * static_cast<double>(k + 1));
  }
  for (std::size_t k = 0; k < (margins == 1 ? 1 : margins - 1); ++k) {
    std::vector<double>& row = model.inference.standard_errors.emplace_back();
    for (std::size_t c = 0; c < model.columns.size(); ++c)
      row.push_back(0.1 * static_cast<double>(c + 1));
    model.inference.intercept_standard_errors.push_back(0.25);
  }
  model.means.assign(model.columns.size(), 0.25);
  model.metrics = {{"accuracy", 0.8}, {"roc_auc", 0.85}};
  model.training.rows = 10;
  model.training.data_hash = std::string(64, 'a');
  model.training.mlserve_version = "0.1.0";
  model.training.options = {{"penalty", "l2"}, {"C", "1"}, {"test-size", "0.2"}, {"seed", "42"}};
  model.training.solver = "newton";
  model.training.iterations = 5;
  model.training.converged = true;
  add_golden_row(model);
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
