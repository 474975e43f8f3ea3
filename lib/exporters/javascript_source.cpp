#include "exporters/javascript_source.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/number.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "data/missing.hpp"
#include "exporters/c_literals.hpp"
#include "exporters/c_tables.hpp"
#include "exporters/characters.js.hpp"
#include "exporters/date.js.hpp"
#include "exporters/lower.js.hpp"
#include "exporters/lower_sigma.js.hpp"
#include "exporters/mean_of.js.hpp"
#include "exporters/number.js.hpp"
#include "exporters/read_category.js.hpp"
#include "exporters/read_number.js.hpp"
#include "exporters/read_string.js.hpp"
#include "exporters/record.js.hpp"
#include "exporters/scoring_code.hpp"
#include "exporters/sigmoid.js.hpp"
#include "exporters/softmax.js.hpp"
#include "exporters/word_tables.hpp"
#include "exporters/words.js.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;
using model::Estimator;

std::string javascript_number(double value) {
  if (std::isfinite(value)) return format_double(value);
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

bool is_number(const Feature& feature) { return feature.is_number() && !feature.is_date(); }
bool is_string(const Feature& feature) { return feature.is_text() || feature.is_date(); }

class JavaScriptWriter {
 public:
  explicit JavaScriptWriter(const model::Model& model)
      : model_(model), features_(model.schema.features), scorer_(model) {
    for (std::size_t f = 0; f < features_.size(); ++f) words_.push_back(useful_words(model, f));
  }

  std::string write() {
    const ScoringCode code = scoring_code(model_, scorer_, &javascript_number);
    write_head();
    write_readers();
    if (has_words()) write_words();
    for (std::size_t f = 0; f < features_.size(); ++f) write_known_texts(f);
    for (const NumberTable& table : code.tables) {
      out_ += "const " + table.name + " = [\n" + number_lines(table, &javascript_number) + "];\n\n";
    }
    if (model_.estimator == Estimator::poisson) helper(kMeanOfJs);
    if (model_.estimator == Estimator::logistic) helper(width() > 1 ? kSoftmaxJs : kSigmoidJs);
    write_margins(code);
    write_predict();
    return std::move(out_);
  }

 private:
  template <class Is>
  bool any(Is is) const {
    return std::ranges::any_of(features_, is);
  }
  bool has_words() const {
    return std::any_of(words_.begin(), words_.end(),
                       [](const auto& some) { return !some.empty(); });
  }
  std::size_t width() const { return scorer_.intercepts().size(); }

  void helper(std::string_view file) { out_.append(file).append("\n"); }

  void write_head() {
    const features::Target& target = model_.schema.target;
    out_ += "// Made by mlserve " + std::string(kVersion) + ": target " + c_comment(target.name) +
            ", " + std::string(model::estimator_name(model_.estimator)) + " regression.\n\n";
    out_ += "/** What `predict` reads of a record. */\nexport const features = Object.freeze([\n";
    for (const Feature& feature : features_) {
      out_ += "  Object.freeze({ name: " + javascript_string(feature.name) + ", kind: \"" +
              std::string(features::kind_name(feature.kind)) + "\" }),\n";
    }
    out_ += "]);\n\n";
    if (target.classes.empty()) return;
    out_ += "/** In the order of the probabilities. */\nexport const classes = Object.freeze([\n";
    for (std::size_t k = 0; k < target.classes.size(); ++k) {
      const bool is_string = target.type == features::TargetType::string;
      out_ +=
          "  " + (is_string ? javascript_string(target.classes[k]) : class_json(target, k)) + ",\n";
    }
    out_ += "]);\n\n";
  }

  void write_readers() {
    out_ += "const isnan = Number.isNaN;\n\n";
    out_ += "/** The texts that stand for a missing value. */\nconst missingTexts = new Set([\n";
    std::vector<std::string> markers = {javascript_string("")};
    for (const std::string_view marker : data::kMissingMarkers)
      markers.push_back(javascript_string(marker));
    out_ += wrapped(markers) + "]);\n\n";
    helper(kRecordJs);
    if (any(is_number) || any(&Feature::is_categorical)) helper(kNumberJs);
    if (any(is_number)) helper(kReadNumberJs);
    if (any(&Feature::is_categorical)) helper(kReadCategoryJs);
    if (any(is_string)) helper(kReadStringJs);
    if (any(&Feature::is_date)) helper(kDateJs);
  }

  void write_words() {
    const CharacterTables tables = character_tables(model_);
    write_ranges("wordCharacters", tables.word);
    out_ += "const lowerCases = [\n" + lower_lines(tables.lower, '[', ']') + "];\n\n";
    helper(kCharactersJs);
    if (tables.has_sigma) {
      write_ranges("casedCharacters", tables.cased);
      write_ranges("ignorableCharacters", tables.ignorable);
    }
    helper(tables.has_sigma ? kLowerSigmaJs : kLowerJs);
    helper(kWordsJs);
  }

  void write_ranges(const std::string& name, const std::vector<CharacterRange>& ranges) {
    out_ += "const " + name + " = [\n" + range_lines(ranges, '[', ']') + "];\n\n";
  }

  /// The codes of categories by their texts and by the numbers they spell; of a text its words.
  void write_known_texts(std::size_t f) {
    const Feature& feature = features_[f];
    std::string entries;
    if (feature.is_categorical()) {
      for (const std::string& category : feature.categories)
        entries += entry(javascript_string(category), feature.index.code(category));
      for (const std::string& category : feature.categories) {
        if (const auto number = parse_double(category))
          entries += entry(javascript_number(*number), feature.index.code(*number));
      }
    }
    for (std::size_t w = 0; w < words_[f].size(); ++w)
      entries += entry(javascript_string(feature.categories[words_[f][w]]), w);
    if (!entries.empty())
      out_ += "const " + known_texts(f) + " = new Map([\n" + entries + "]);\n\n";
  }

  static std::string entry(const std::string& key, std::size_t code) {
    return "  [" + key + ", " + std::to_string(code) + "],\n";
  }
  static std::string known_texts(std::size_t f) { return "values_" + std::to_string(f); }

  void write_margins(const ScoringCode& code) {
    out_ += "/** The margins of a record. */\nfunction marginsOf(record) {\n";
    for (std::size_t f = 0; f < features_.size(); ++f) write_reading(f);
    out_ += "  const margins = [];\n  let margin;\n";
    if (has_words()) out_ += "  let w;\n";
    out_ += "  for (let k = 0; k < " + std::to_string(width()) + "; ++k) {\n";
    for (const std::string& statement : code.statements) out_ += "    " + statement + "\n";
    out_ += "    margins.push(margin);\n  }\n  return margins;\n}\n\n";
  }

  void write_reading(std::size_t f) {
    const Feature& feature = features_[f];
    const std::string number = std::to_string(f);
    const std::string from = "(record, features[" + number + "]";
    if (feature.is_text()) {
      out_ += "  const text_" + number + " = readString" + from + ");\n";
      write_word_counts(f);
    } else if (feature.is_date()) {
      const std::string fill = javascript_number(model_.encoder[f].fill);
      out_ += "  const x" + number + " = readDate" + from + ");\n";
      out_ += "  const date_" + number + " = calendarOf(isnan(x" + number + ") ? " + fill + " : x" +
              number + ");\n";
    } else if (feature.is_categorical()) {
      out_ += "  const x" + number + " = readCategory" + from + ", " + known_texts(f) + ");\n";
    } else {
      out_ += "  const x" + number + " = readNumber" + from + ");\n";
    }
    if (model_.schema.refuses_missing) {
      out_ += "  if (" + is_missing(f) + ") throw fieldError(features[" + number +
              "].name, \"is missing, which this model refuses\");\n";
    }
    if (reads_missing(model_, f))
      out_ += "  const is_missing_" + number + " = " + is_missing(f) + ";\n";
  }

  void write_word_counts(std::size_t f) {
    if (words_[f].empty()) return;
    const std::string number = std::to_string(f);
    out_ += "  const x" + number + " = countWords(text_" + number + ", " + known_texts(f) + ");\n";
    out_ += "  const norm_" + number + " = normOf(x" + number + ", idf_" + number + ");\n";
  }

  std::string is_missing(std::size_t f) const {
    const std::string number = std::to_string(f);
    if (features_[f].is_text()) return "text_" + number + " === undefined";
    if (features_[f].is_categorical()) return "x" + number + " === 0";
    return "isnan(x" + number + ")";
  }

  void write_predict() {
    const bool has_classes = model_.estimator == Estimator::logistic;
    out_ +=
        "/**\n"
        " * Predicts a record: an object with the features by name, as mlserve takes it in JSON.\n"
        " * A field that is absent, null, \"\" or a text such as \"NA\" is missing. A number may "
        "be a\n"
        " * text that spells it, and so may a category be a number. Other values are a TypeError "
        "that\n"
        " * names the field.\n"
        " *\n";
    out_ += has_classes ? " * Returns { prediction: a class, probabilities: a list in the order of "
                          "`classes` }.\n"
                        : " * Returns { prediction: a number }.\n";
    out_ += " */\nexport function predict(record) {\n  requireRecord(record);\n";
    if (!has_classes) {
      const bool is_count = model_.estimator == Estimator::poisson;
      out_ += "  const [margin] = marginsOf(record);\n  return { prediction: " +
              std::string(is_count ? "meanOf(margin)" : "margin") + " };\n}\n";
    } else if (width() == 1) {
      out_ += "  const p = sigmoid(marginsOf(record)[0]);\n  const prediction = classes[p > " +
              javascript_number(model_.threshold) +
              " ? 1 : 0];\n  return { prediction, probabilities: [1 - p, p] };\n}\n";
    } else {
      out_ +=
          "  const probabilities = softmax(marginsOf(record));\n"
          "  const label = probabilities.indexOf(Math.max(...probabilities));\n"
          "  return { prediction: classes[label], probabilities };\n}\n";
    }
  }

  const model::Model& model_;
  const std::vector<Feature>& features_;
  model::Scorer scorer_;
  std::vector<std::vector<std::size_t>> words_;  ///< of a text, those that are useful
  std::string out_;
};

}  // namespace

std::string javascript_source(const model::Model& model, const ExportOptions&) {
  return JavaScriptWriter(model).write();
}

std::string javascript_string(std::string_view text) {
  constexpr std::string_view kSeparator = "\xE2\x80";  // and A8 or A9: U+2028, U+2029
  std::string literal;
  const std::string json = json_string(text);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i);
    if (json[i] == '<') {
      literal += "\\u003c";
    } else if (rest.size() > 2 && rest.starts_with(kSeparator) &&
               (rest[2] == '\xA8' || rest[2] == '\xA9')) {
      literal += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      literal += json[i];
    }
  }
  return literal;
}

}  // namespace mlserve::exporters
