#include "exporters/weights_json.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "exporters/refusal.hpp"
#include "features/calendar.hpp"
#include "features/encoded_rows.hpp"
#include "model/scorer.hpp"
#include "model/terms.hpp"

namespace mlserve::exporters {
namespace {

using model::Scorer;
using Weight = std::span<const double>;

constexpr int kFormatVersion = 1;

bool is_zero(Weight weight) {
  return std::all_of(weight.begin(), weight.end(), [](double value) { return value == 0; });
}

class WeightsWriter {
 public:
  WeightsWriter(const model::Model& model, std::string& out)
      : model_(model), schema_(model.schema), scorer_(model), json_(out) {}

  void write() {
    json_.begin_object().key("format").string("mlserve.weights");
    json_.key("format_version").integer(kFormatVersion);
    json_.key("task").string(features::task_name(schema_.target.task));
    json_.key("estimator").string(model::estimator_name(model_.estimator));
    write_target();
    if (schema_.target.classes.size() == 2) json_.key("threshold").number(model_.threshold);
    json_.key("refuses_missing").boolean(schema_.refuses_missing);
    put("intercept", scorer_.intercepts());
    const std::size_t features = schema_.features.size();
    json_.key("features").begin_array();
    for (std::size_t f = 0; f < features; ++f) {
      json_.begin_object().key("name").string(schema_.features[f].name);
      json_.key("kind").string(features::kind_name(schema_.features[f].kind));
      write_term(f);
      put("when_missing", when_missing(f));
      json_.end_object();
    }
    json_.end_array().key("interactions").begin_array();
    for (std::size_t t = features; t < scorer_.terms().size(); ++t) {
      json_.begin_object();
      write_term(t);
      json_.end_object();
    }
    json_.end_array().end_object();
  }

 private:
  void write_target() {
    const features::Target& target = schema_.target;
    json_.key("target").begin_object().key("name").string(target.name);
    json_.key("type").string(features::type_name(target.type));
    if (!target.classes.empty()) {
      json_.key("classes").begin_array();
      for (std::size_t k = 0; k < target.classes.size(); ++k) json_.raw(class_json(target, k));
      json_.end_array();
    }
    json_.end_object();
  }

  void write_term(std::size_t t) {
    std::visit([this](const auto& term) { put_term(term); }, scorer_.terms()[t].body);
  }

  void put_term(const Scorer::NumberTerm& term) { put("weight", term.weights); }
  void put_term(const Scorer::CodeTerm& term) {
    put_by_category("weights", term.feature, term.weights);
  }
  void put_term(const Scorer::DateTerm& term) {
    json_.key("weights").begin_object();
    for (std::size_t p = 0; p < term.parts.size(); ++p)
      put(features::name_of(term.parts[p]), at(term.weights, p));
    json_.end_object();
  }
  void put_term(const Scorer::WordTerm& term) {
    const std::vector<std::string>& words = schema_.features[term.feature].categories;
    json_.key("words").begin_object();
    for (std::size_t w = 0; w < words.size(); ++w) {
      if (term.idf[w] == 0) continue;
      json_.key(words[w]).begin_object().key("idf").number(term.idf[w]);
      put("weight", at(term.weights, w));
      json_.end_object();
    }
    json_.end_object();
  }
  void put_term(const Scorer::NumberProduct& term) {
    put_names(term.a, term.b);
    put("weight", term.weights);
    json_.key("fill").begin_array().number(term.fill_a).number(term.fill_b).end_array();
  }
  void put_term(const Scorer::ScaledCodeTerm& term) {
    put_names(term.number, term.codes);
    put_by_category("weights", term.codes, term.weights);
    json_.key("fill").number(term.fill);
  }
  void put_term(const Scorer::CodeProduct& term) {
    put_names(term.a, term.b);
    const std::vector<std::string>& categories = schema_.features[term.a].categories;
    const std::size_t row = term.codes_b * width();
    json_.key("weights").begin_object();
    for (std::size_t k = 0; k < categories.size(); ++k) {
      const Weight weights =
          Weight(term.weights).subspan((features::kFirstCategory + k) * row, row);
      if (!is_zero(weights)) put_by_category(categories[k], term.b, weights);
    }
    json_.end_object();
  }

  void put_names(std::size_t a, std::size_t b) {
    json_.key("features").begin_array();
    json_.string(schema_.features[a].name).string(schema_.features[b].name).end_array();
  }

  /// Weights by code as an object by category.
  void put_by_category(std::string_view name, std::size_t f, Weight by_code) {
    const std::vector<std::string>& categories = schema_.features[f].categories;
    json_.key(name).begin_object();
    for (std::size_t k = 0; k < categories.size(); ++k) {
      const Weight weight = at(by_code, features::kFirstCategory + k);
      if (!is_zero(weight)) put(categories[k], weight);
    }
    json_.end_object();
  }

  /// What feature `f` adds when it is missing.
  std::vector<double> when_missing(std::size_t f) const {
    features::EncodedRows row(schema_);
    row.append_missing();
    std::vector<double> margins(width(), 0.0);
    model::add_term(scorer_.terms()[f].body, row, width(), margins);
    for (const double margin : margins) {
      if (!std::isfinite(margin)) {
        refuse("a JSON document", "the missing values of '" + shown(schema_.features[f].name) + "'",
               "what they add is beyond the range of a double");
      }
    }
    return margins;
  }

  void put(std::string_view name, Weight weight) {
    json_.key(name).begin_array();
    for (const double value : weight) json_.number(value);
    json_.end_array();
  }

  Weight at(Weight weights, std::size_t i) const { return weights.subspan(i * width(), width()); }
  std::size_t width() const { return scorer_.intercepts().size(); }

  const model::Model& model_;
  const features::Schema& schema_;
  model::Scorer scorer_;
  data::JsonWriter json_;
};

}  // namespace

std::string weights_json(const model::Model& model, const ExportOptions&) {
  std::string text;
  WeightsWriter(model, text).write();
  return text + "\n";
}

}  // namespace mlserve::exporters
