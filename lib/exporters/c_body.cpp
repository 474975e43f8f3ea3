#include "exporters/c_body.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "data/missing.hpp"
#include "exporters/c_literals.hpp"
#include "exporters/c_names.hpp"
#include "exporters/c_tables.hpp"
#include "exporters/calendar.c.hpp"
#include "exporters/characters.c.hpp"
#include "exporters/days.c.hpp"
#include "exporters/lookup.c.hpp"
#include "exporters/lower.c.hpp"
#include "exporters/lower_of.c.hpp"
#include "exporters/lower_sigma.c.hpp"
#include "exporters/mean_of.c.hpp"
#include "exporters/missing.c.hpp"
#include "exporters/read_date.c.hpp"
#include "exporters/refusal.hpp"
#include "exporters/scoring_code.hpp"
#include "exporters/sigmoid.c.hpp"
#include "exporters/softmax.c.hpp"
#include "exporters/spellings.hpp"
#include "exporters/word_tables.hpp"
#include "exporters/words.c.hpp"
#include "features/number_limit.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;
using model::Estimator;

/// A text keeps a count of each of its words on the stack.
constexpr std::size_t kMostWords = 100'000;

bool has_parts(const Feature& feature) { return feature.is_date() && !feature.date_parts.empty(); }

class CBody {
 public:
  CBody(const model::Model& model, const CDialect& dialect)
      : model_(model),
        features_(model.schema.features),
        dialect_(dialect),
        scorer_(model),
        width_(scorer_.intercepts().size()),
        members_(member_names(features_)) {
    for (std::size_t f = 0; f < features_.size(); ++f) words_.push_back(useful_words(model, f));
  }

  std::string write() {
    const ScoringCode code = scoring_code(model_, scorer_, &c_double);
    write_lookup();
    if (any(&Feature::is_date)) out_ += c_helper(kDaysC) + c_helper(kReadDateC);
    if (any(has_parts)) out_ += c_helper(kCalendarC);
    if (has_words()) write_words();
    for (std::size_t f = 0; f < features_.size(); ++f) write_known_texts(f);
    for (const NumberTable& table : code.tables) out_ += c_table(table);
    write_score(code);
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

  void write_lookup() {
    if (!reads_texts(model_)) return;
    out_ += c_helper(kLookupC);
    if (!any(&Feature::is_date) && !any(&Feature::is_text)) return;
    std::vector<KnownText> markers;
    markers.reserve(data::kMissingMarkers.size());
    for (const std::string_view marker : data::kMissingMarkers)
      markers.push_back({std::string(marker), 0});
    std::sort(markers.begin(), markers.end(),
              [](const KnownText& a, const KnownText& b) { return a.text < b.text; });
    out_ += c_table("missing_values", markers) + c_helper(kMissingC);
  }

  void write_words() {
    const CharacterTables tables = character_tables(model_);
    out_ += c_helper(kCharactersC);
    out_ += c_range_table("word_characters", tables.word);
    out_ += c_lower_table("lower_cases", tables.lower);
    out_ += c_helper(kLowerOfC);
    if (tables.has_sigma) {
      out_ += c_range_table("cased_characters", tables.cased);
      out_ += c_range_table("ignorable_characters", tables.ignorable);
    }
    out_ += c_helper(tables.has_sigma ? kLowerSigmaC : kLowerC);
    out_ += "enum { longest_word = " + std::to_string(tables.longest_word) + " };\n\n";
    out_ += c_helper(kWordsC);
  }

  /// The spellings of categories, or the words of a text.
  void write_known_texts(std::size_t f) {
    std::vector<KnownText> known;
    if (features_[f].is_categorical()) {
      for (const auto& [text, code] : spellings(model_, f)) known.push_back({text, code});
    }
    for (std::size_t w = 0; w < words_[f].size(); ++w)
      known.push_back({features_[f].categories[words_[f][w]], w});
    if (known.size() > kMostWords && features_[f].is_text()) {
      refuse("a C file", "the text '" + shown(features_[f].name) + "'",
             "it has " + std::to_string(known.size()) +
                 " words, whose counts would need too much " + "of the stack");
    }
    if (!known.empty()) out_ += c_table(known_texts(f), known);
  }

  void write_score(const ScoringCode& code) {
    const std::string width = std::to_string(width_);
    out_ +=
        "/* The margins of a row. Returns 0, and leaves them, when the row cannot be scored. */\n"
        "static int score(const " +
        std::string(dialect_.row_type) + " *row, double *margins) {\n";
    for (std::size_t f = 0; f < features_.size(); ++f) write_declarations(f);
    out_ += "  double margin;\n";
    if (width_ > 1) out_ += "  size_t k;\n";
    if (has_words()) out_ += "  size_t w;\n";
    for (std::size_t f = 0; f < features_.size(); ++f) write_reading(f);
    const std::string indent = width_ > 1 ? "    " : "  ";
    if (width_ > 1) out_ += "  for (k = 0; k < " + width + "; ++k) {\n";
    for (const std::string& statement : code.statements) out_ += indent + statement + "\n";
    out_ += indent + (width_ > 1 ? "margins[k] = margin;\n  }\n" : "*margins = margin;\n");
    out_ += "  return 1;\n}\n\n";
  }

  void write_declarations(std::size_t f) {
    const Feature& feature = features_[f];
    const std::string number = std::to_string(f);
    const std::string member = "row->" + members_[f];
    if (feature.is_text()) {
      out_ +=
          "  const struct text text_" + number + " = without_marker(text_of(" + member + "));\n";
      if (words_[f].empty()) return;
      out_ += "  unsigned int x" + number + "[" + std::to_string(words_[f].size()) + "];\n";
      out_ += "  double norm_" + number + ";\n";
    } else if (feature.is_date()) {
      out_ += "  double x" + number + ";\n";
      if (has_parts(feature)) out_ += "  struct calendar date_" + number + ";\n";
    } else if (feature.is_categorical()) {
      out_ += "  const size_t x" + number + " = find(" + known_texts(f) + ", " + count_of(f) +
              ", text_of(" + member + "), " + std::to_string(features::kUnknown) + ");\n";
    } else {
      out_ += "  const double x" + number + " = " + member + ";\n";
    }
  }

  void write_reading(std::size_t f) {
    const Feature& feature = features_[f];
    const std::string number = std::to_string(f);
    const std::string x = "x" + number;
    if (feature.is_text()) {
      read_words(f);
    } else if (feature.is_date()) {
      out_ += "  if (!read_date(without_marker(text_of(row->" + members_[f] + ")), &" + x +
              ")) return 0;\n";
      if (has_parts(feature)) {
        out_ += "  date_" + number + " = calendar_of(isnan(" + x + ") ? " +
                c_double(model_.encoder[f].fill) + " : " + x + ");\n";
      }
    } else if (!feature.is_categorical()) {
      out_ += "  if (fabs(" + x + ") > " + c_double(features::kLargestNumber) + ") return 0;\n";
    }
    if (model_.schema.refuses_missing) out_ += "  if (" + is_missing(f) + ") return 0;\n";
    if (reads_missing(model_, f))
      out_ += "  const int is_missing_" + number + " = " + is_missing(f) + ";\n";
  }

  void read_words(std::size_t f) {
    const std::string number = std::to_string(f);
    if (words_[f].empty()) {
      out_ += "  (void)text_" + number + ";\n";
      return;
    }
    out_ += "  count_words(text_" + number + ", " + known_texts(f) + ", " + count_of(f) + ", x" +
            number + ");\n";
    out_ += "  norm_" + number + " = norm_of(x" + number + ", idf_" + number + ", " +
            std::to_string(words_[f].size()) + ");\n";
  }

  std::string is_missing(std::size_t f) const {
    const std::string number = std::to_string(f);
    if (features_[f].is_text()) return "text_" + number + ".begin == text_" + number + ".end";
    if (features_[f].is_categorical())
      return "x" + number + " == " + std::to_string(features::kMissing);
    return "isnan(x" + number + ")";
  }

  void write_predict() {
    if (model_.estimator != Estimator::logistic) {
      predict_number();
    } else if (width_ == 1) {
      predict_two_classes();
    } else {
      predict_classes();
    }
  }

  std::string signature(std::string_view result, std::string_view more) const {
    return std::string(dialect_.predict_linkage) + std::string(result) + " predict(const " +
           std::string(dialect_.row_type) + " *row" + std::string(more) + ") {\n";
  }

  void predict_number() {
    const bool is_count = model_.estimator == Estimator::poisson;
    if (is_count) out_ += c_helper(kMeanOfC);
    out_ += "/* What is predicted of a row; NAN when it cannot be scored. */\n";
    out_ += signature("double", "") + "  double margin;\n  return score(row, &margin) ? " +
            (is_count ? "mean_of(margin)" : "margin") + " : NAN;\n}\n";
  }

  void predict_two_classes() {
    out_ += c_helper(kSigmoidC);
    out_ +=
        "/* Index of the predicted class of a row. The probability of class 1 goes to "
        "*probability,\n"
        "   unless that is NULL. A row that cannot be scored gives -1 and NAN. */\n";
    out_ += signature("int", ", double *probability") +
            "  double margin;\n"
            "  double p = NAN;\n"
            "  const int is_scored = score(row, &margin);\n"
            "  if (is_scored) p = sigmoid(margin);\n"
            "  if (probability != NULL) *probability = p;\n"
            "  if (!is_scored) return -1;\n"
            "  return p > " +
            c_double(model_.threshold) + " ? 1 : 0;\n}\n";
  }

  void predict_classes() {
    const std::string count = std::to_string(width_);
    out_ += c_helper(kSoftmaxC);
    out_ += "/* Index of the predicted class of a row. The probabilities of all " + count +
            " classes go to\n"
            "   `probabilities`, unless that is NULL. A row that cannot be scored gives -1 and "
            "NANs. */\n";
    out_ += signature("int", ", double *probabilities") + "  double p[" + count +
            "];\n"
            "  const int label = score(row, p) ? softmax(p, " +
            count +
            ") : -1;\n"
            "  size_t k;\n"
            "  for (k = 0; probabilities != NULL && k < " +
            count +
            "; ++k) {\n"
            "    probabilities[k] = label < 0 ? NAN : p[k];\n"
            "  }\n"
            "  return label;\n}\n";
  }

  static std::string known_texts(std::size_t f) { return "values_" + std::to_string(f); }
  static std::string count_of(std::size_t f) {
    return "sizeof " + known_texts(f) + " / sizeof *" + known_texts(f);
  }

  const model::Model& model_;
  const std::vector<Feature>& features_;
  CDialect dialect_;
  model::Scorer scorer_;
  std::size_t width_;
  std::vector<std::string> members_;
  std::vector<std::vector<std::size_t>> words_;  ///< of a text, those that are useful
  std::string out_;
};

}  // namespace

std::string c_body(const model::Model& model, const CDialect& dialect) {
  return CBody(model, dialect).write();
}

bool reads_texts(const model::Model& model) {
  const std::vector<Feature>& all = model.schema.features;
  return std::any_of(all.begin(), all.end(), is_text_member);
}

std::string c_helper(std::string_view file) {
  std::string helper;
  bool is_head = true;
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size() - 1) + 1;
    const std::string_view line = file.substr(0, end);
    is_head = is_head && (line.starts_with("#include") || line == "\n");
    if (!is_head) helper += line;
    file.remove_prefix(end);
  }
  return helper + "\n";
}

}  // namespace mlserve::exporters
