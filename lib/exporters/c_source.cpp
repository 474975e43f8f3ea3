#include "exporters/c_source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;

/// Words that cannot name a member: keywords of C99 and C++ (the file can be compiled as either),
/// macros of the headers and of compilers, and the name of the row itself.
constexpr std::string_view kReserved =
    " "
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t "
    "char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr "
    "constinit continue decltype default delete do DOMAIN double dynamic_cast else enum EOF errno "
    "explicit export extern false far float for fpclassify friend goto i386 if INFINITY inline int "
    "isfinite isgreater isgreaterequal isinf isless islessequal islessgreater isnan isnormal "
    "isunordered linux long math_errhandling max MAXFLOAT min mlserve_row mutable namespace NAN "
    "near new noexcept not not_eq NULL nullptr offsetof operator or or_eq OVERFLOW PLOSS private "
    "protected public register reinterpret_cast requires restrict return short signbit signed SING "
    "sizeof static static_assert static_cast struct switch template this thread_local throw TLOSS "
    "true try typedef typeid typename typeof UNDERFLOW union unix unsigned using virtual void "
    "volatile wchar_t while xor xor_eq ";

/// <math.h> has macros that begin so, more or fewer of them by compiler and flags.
constexpr std::array<std::string_view, 5> kReservedPrefixes = {"M_", "FP_", "HUGE", "MATH_",
                                                               "SNAN"};

bool is_plain(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// What C99 compilers have to take; with -pedantic they complain about more.
constexpr std::size_t kMaxLiteralBytes = 4095;

/// A C string literal of any bytes. Octal escapes have three digits, so that no digit that follows
/// is taken into them; "?" is escaped because of trigraphs.
std::string c_string(std::string_view text) {
  if (text.size() > kMaxLiteralBytes) {
    throw Error(
        ErrorKind::invalid_argument,
        "a C file cannot hold a text of " + std::to_string(text.size()) + " bytes: " + shown(text));
  }
  std::string literal = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '?') {
      literal += '\\';
      literal += c;
    } else if (byte >= 0x20 && byte < 0x7F) {
      literal += c;
    } else {
      literal += '\\';
      for (const int shift : {6, 3, 0}) literal += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  return literal + '"';
}

/// `text` for a comment: whatever might end it or join lines is left out.
std::string c_comment(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, 60))
    safe += is_plain(c) || c == ' ' || c == '.' || c == '-' ? c : '_';
  return safe;
}

/// A double literal that reads back exactly. What overflowed where the largest weights meet stays
/// so.
std::string c_double(double value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "HUGE_VAL" : "(-HUGE_VAL)";
  std::string literal = format_double(value);
  if (literal.find_first_of(".e") == std::string::npos) literal += ".0";
  return value < 0 ? "(" + literal + ")" : literal;
}

bool is_reserved(std::string_view name) {
  return kReserved.find(" " + std::string(name) + " ") != std::string_view::npos ||
         std::any_of(kReservedPrefixes.begin(), kReservedPrefixes.end(),
                     [name](std::string_view prefix) { return name.starts_with(prefix); });
}

/// `name` where C allows it, else something like it.
std::string identifier(std::string_view name) {
  std::string word;
  for (const char c : name) word += is_plain(c) ? c : '_';
  const bool starts_badly =
      word.empty() || word[0] == '_' || std::isdigit(static_cast<unsigned char>(word[0])) != 0;
  if (starts_badly) word = "feature_" + word;
  return is_reserved(word) ? word + '_' : word;
}

/// Names of the members of the row, by feature, all different.
std::vector<std::string> member_names(const std::vector<Feature>& features) {
  std::vector<std::string> names;
  std::unordered_set<std::string> taken;
  for (const Feature& feature : features) {
    std::string name = identifier(feature.name);
    if (taken.count(name) > 0) name += '_' + std::to_string(names.size() + 1);
    while (!taken.insert(name).second) name += '_';
    names.push_back(std::move(name));
  }
  return names;
}

constexpr std::string_view kHead = R"(
#include <math.h>
#include <stddef.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

)";

constexpr std::string_view kWeightOf = R"(struct category {
  const char *text;
  double weight;
};

/* Weight of a category by binary search; 0 for a missing or unknown one. */
static double weight_of(const struct category *categories, size_t count, const char *text) {
  size_t begin = 0;
  size_t end = count;
  if (text == NULL || *text == '\0') return 0.0;
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    const int order = strcmp(text, categories[middle].text);
    if (order == 0) return categories[middle].weight;
    if (order < 0) {
      end = middle;
    } else {
      begin = middle + 1;
    }
  }
  return 0.0;
}

)";

constexpr std::string_view kSigmoid = R"(static double sigmoid(double margin) {
  double e;
  if (margin >= 0.0) return 1.0 / (1.0 + exp(-margin));
  e = exp(margin);
  return e / (1.0 + e);
}

)";

/// What a C file cannot carry as yet.
void require_supported(const model::Model& model) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorKind::invalid_argument, "a C file cannot carry " + what);
  };
  if (model.schema.target.classes.size() != 2) refuse("anything but two classes");
  if (model.schema.refuses_missing) refuse("the refusal of missing values");
  if (!model.schema.interactions.empty()) refuse("interactions");
  for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
    const Feature& feature = model.schema.features[f];
    if (feature.is_text() || feature.kind == features::FeatureKind::date)
      refuse("the " + std::string(kind_name(feature.kind)) + " '" + shown(feature.name) + "'");
    if (feature.is_categorical() && model.encoder[f].indicator)
      refuse("the missing indicator of the category '" + shown(feature.name) + "'");
  }
}

class CSourceWriter {
 public:
  explicit CSourceWriter(const model::Model& model)
      : features_(model.schema.features),
        target_(model.schema.target),
        scorer_(model),
        threshold_(model.threshold),
        members_(member_names(features_)) {}

  std::string write() {
    out_ = "/* Made by mlserve " + std::string(kVersion) + ": target " + c_comment(target_.name) +
           ", logistic regression.\n   C99; link with -lm. */\n";
    out_ += kHead;
    write_row();
    write_categories();
    out_ += kSigmoid;
    write_predict();
    return std::move(out_);
  }

 private:
  void write_row() {
    out_ +=
        "/* One row of raw values. A missing number is NAN, a missing string NULL or \"\"; a "
        "boolean\n"
        "   is 0 or 1. Strings are compared byte by byte with the categories of the training data. "
        "*/\n"
        "struct mlserve_row {\n";
    for (std::size_t f = 0; f < features_.size(); ++f) {
      out_ += features_[f].is_categorical() ? "  const char *" : "  double ";
      out_ += members_[f] + "; /* " + c_comment(features_[f].name) + ", " +
              std::string(features::kind_name(features_[f].kind)) + " */\n";
    }
    out_ += "};\n\n";
  }

  void write_categories() {
    const bool any = std::any_of(features_.begin(), features_.end(),
                                 [](const Feature& feature) { return feature.is_categorical(); });
    if (any) out_ += kWeightOf;
    for (std::size_t f = 0; f < features_.size(); ++f) {
      const Feature& feature = features_[f];
      if (!feature.is_categorical()) continue;
      out_ += "static const struct category " + table(f) + "[] = {\n";
      for (std::size_t k = 0; k < feature.categories.size(); ++k) {
        const double weight = code_term(f).weights[features::kFirstCategory + k];
        out_ += "  {" + c_string(feature.categories[k]) + ", " + c_double(weight) + "},\n";
      }
      out_ += "};\n\n";
    }
  }

  void write_predict() {
    out_ +=
        "/* The classes, in the order of predict's result. */\n"
        "const char *const mlserve_classes[2] = {" +
        c_string(target_.classes[0]) + ", " + c_string(target_.classes[1]) + "};\n\n";
    out_ +=
        "/* Index of the predicted class of a row. The probability of class 1 goes to "
        "*probability,\n"
        "   unless that is NULL. */\n"
        "int predict(const struct mlserve_row *row, double *probability) {\n"
        "  double margin = " +
        c_double(scorer_.intercepts()[0]) + ";\n  double p;\n";
    for (std::size_t f = 0; f < features_.size(); ++f) out_ += "  margin += " + term(f) + ";\n";
    out_ +=
        "  p = sigmoid(margin);\n"
        "  if (probability != NULL) *probability = p;\n"
        "  return p > " +
        c_double(threshold_) + " ? 1 : 0;\n}\n";
  }

  std::string term(std::size_t f) const {
    const std::string value = "row->" + members_[f];
    if (features_[f].is_categorical()) {
      return "weight_of(" + table(f) + ", sizeof " + table(f) + " / sizeof *" + table(f) + ", " +
             value + ")";
    }
    const auto& number = std::get<model::Scorer::NumberTerm>(scorer_.terms()[f].body);
    return "(isnan(" + value + ") ? " + c_double(number.when_missing[0]) + " : " +
           c_double(number.weights[0]) + " * " + value + ")";
  }

  const model::Scorer::CodeTerm& code_term(std::size_t f) const {
    return std::get<model::Scorer::CodeTerm>(scorer_.terms()[f].body);
  }

  static std::string table(std::size_t f) { return "categories_" + std::to_string(f); }

  const std::vector<Feature>& features_;
  const features::Target& target_;
  model::Scorer scorer_;
  double threshold_;
  std::vector<std::string> members_;
  std::string out_;
};

}  // namespace

std::string c_source(const model::Model& model, const ExportOptions&) {
  require_supported(model);
  return CSourceWriter(model).write();
}

}  // namespace mlserve::exporters
