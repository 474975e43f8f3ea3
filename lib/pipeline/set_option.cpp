#include "pipeline/set_option.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/delimiter.hpp"
#include "data/encoding.hpp"
#include "pipeline/option_names.hpp"

namespace mlserve::pipeline {
namespace {

/// A value as it was given, and what can be read from it.
class Given {
 public:
  Given(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  std::string_view text() const { return text_; }

  [[noreturn]] void refuse(const std::string& why) const { refuse(text_, why); }
  [[noreturn]] void refuse(std::string_view text, const std::string& why) const {
    throw Error(ErrorKind::invalid_argument,
                std::string(name_) + ": \"" + shown(text) + "\" " + why);
  }

  void append_to(std::vector<std::string>& names) const {
    const std::vector<std::string> given = split_list(text_);
    names.insert(names.end(), given.begin(), given.end());
  }

  bool flag() const {
    if (text_.empty() || text_ == "true" || text_ == "1") return true;
    if (text_ == "false" || text_ == "0") return false;
    refuse("is neither true nor false");
  }

  double positive() const { return positive(text_); }
  double positive(std::string_view text) const {
    const auto number = parse_double(text);
    if (!number || *number <= 0) refuse(text, "is no number above 0");
    return *number;
  }

  double between(double least, double most) const { return between(text_, least, most); }
  double between(std::string_view text, double least, double most) const {
    const auto number = parse_double(text);
    if (number && *number >= least && *number <= most) return *number;
    const bool open = most == std::numeric_limits<double>::max();
    refuse(text, "is no number " +
                     (open ? "of " + format_double(least) + " or more"
                           : "from " + format_double(least) + " to " + format_double(most)));
  }
  double at_least(double least) const { return between(least, std::numeric_limits<double>::max()); }

  std::int64_t whole(std::int64_t least, std::int64_t most) const {
    const auto number = parse_integer(text_);
    if (number && *number >= least && *number <= most) return *number;
    refuse("is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }

  template <class Choices>
  auto choice(const Choices& choices) const {
    const auto found = find_choice(choices, text_);
    if (!found) refuse("is none of {" + choice_names(choices) + "}");
    return *found;
  }

 private:
  std::string_view name_;
  std::string_view text_;
};

void set_missing(TrainOptions& options, const Given& given) {
  const std::optional<features::MissingPolicy> policy = given.choice(kMissingChoices);
  options.refuse_missing = !policy;
  if (policy) options.encoding.missing = *policy;
}

/// No features at all are not what a list that is not given says: all of them.
void add_features(TrainOptions& options, const Given& given) {
  const std::size_t before = options.features.size();
  given.append_to(options.features);
  if (options.features.size() == before) given.refuse("names no column");
}

/// "C=0.1,1,10" or "l1-ratio=0,0.5,1".
void add_search(TrainOptions& options, const Given& given) {
  const std::size_t sign = given.text().find('=');
  const std::string_view name = given.text().substr(0, sign);
  const bool of_strength = name == "C";
  if (sign == std::string_view::npos || (!of_strength && name != "l1-ratio"))
    given.refuse("is not like C=0.1,1,10 or l1-ratio=0,0.5,1");
  const std::vector<std::string> parts = split_list(given.text().substr(sign + 1));
  if (parts.empty()) given.refuse("has no values");
  for (const std::string& part : parts) {
    if (of_strength) {
      options.search_C.push_back(given.positive(part));
    } else {
      options.search_l1_ratio.push_back(given.between(part, 0, 1));
    }
  }
}

void set_threshold(TrainOptions& options, const Given& given) {
  options.threshold_rule = find_choice(kThresholdRuleChoices, given.text());
  options.threshold.reset();
  if (options.threshold_rule) return;
  options.threshold = parse_double(given.text());
  if (!options.threshold || *options.threshold < 0 || *options.threshold > 1)
    given.refuse("is none of f1, youden, a number from 0 to 1");
}

void set_delimiter(TrainOptions& options, const Given& given) {
  options.csv.delimiter = data::parse_delimiter(given.text());
  if (!options.csv.delimiter) given.refuse("is none of , ; | tab");
}

void set_encoding(TrainOptions& options, const Given& given) {
  const auto encoding = data::parse_encoding(given.text());
  if (!encoding) given.refuse("is none of utf-8 latin1");
  options.csv.encoding = *encoding;
}

struct Setter {
  std::string_view name;
  void (*set)(TrainOptions&, const Given&);
};

using Options = TrainOptions;

constexpr Setter kSetters[] = {
    {"target", [](Options& options, const Given& given) { options.target = given.text(); }},
    {"features", add_features},
    {"exclude", [](Options& options, const Given& given) { given.append_to(options.exclude); }},
    {"categorical",
     [](Options& options, const Given& given) { given.append_to(options.categorical); }},
    {"numeric", [](Options& options, const Given& given) { given.append_to(options.numeric); }},
    {"text", [](Options& options, const Given& given) { given.append_to(options.text); }},
    {"interaction",
     [](Options& options, const Given& given) { given.append_to(options.interactions); }},
    {"sample-weight",
     [](Options& options, const Given& given) { options.sample_weight = given.text(); }},
    {"task",
     [](Options& options, const Given& given) { options.task = given.choice(kTaskChoices); }},
    {"estimator", [](Options& options,
                     const Given& given) { options.estimator = given.choice(kEstimatorChoices); }},
    {"penalty", [](Options& options,
                   const Given& given) { options.penalty.kind = given.choice(kPenaltyChoices); }},
    {"C", [](Options& options, const Given& given) { options.penalty.C = given.positive(); }},
    {"l1-ratio",
     [](Options& options, const Given& given) { options.l1_ratio = given.between(0, 1); }},
    {"class-weight",
     [](Options& options, const Given& given) {
       options.balanced = given.choice(kClassWeightChoices);
     }},
    {"missing", set_missing},
    {"missing-indicator",
     [](Options& options, const Given& given) {
       options.encoding.missing_indicator = given.flag();
     }},
    {"drop", [](Options& options,
                const Given& given) { options.encoding.drop_first = given.choice(kDropChoices); }},
    {"min-frequency",
     [](Options& options, const Given& given) {
       options.encoding.min_frequency = given.at_least(0);
     }},
    {"max-categories",
     [](Options& options, const Given& given) {
       options.encoding.max_categories =
           static_cast<std::size_t>(given.whole(1, std::int64_t{1} << 53));
     }},
    {"standardize",
     [](Options& options, const Given& given) { options.standardize = given.flag(); }},
    {"test-size",
     [](Options& options, const Given& given) { options.test_size = given.between(0, 0.9); }},
    {"folds",
     [](Options& options, const Given& given) {
       options.folds = static_cast<unsigned>(given.whole(2, 1000));
     }},
    {"search", add_search},
    {"threshold", set_threshold},
    {"seed",
     [](Options& options, const Given& given) {
       options.seed =
           static_cast<std::uint64_t>(given.whole(0, std::numeric_limits<std::int64_t>::max()));
     }},
    {"delimiter", set_delimiter},
    {"encoding", set_encoding},
};

}  // namespace

void set_option(TrainOptions& options, std::string_view name, std::string_view value) {
  const auto* setter = std::find_if(std::begin(kSetters), std::end(kSetters),
                                    [&](const Setter& known) { return known.name == name; });
  if (setter != std::end(kSetters)) return setter->set(options, Given(name, value));
  std::vector<std::string> names;
  for (const Setter& known : kSetters) names.emplace_back(known.name);
  const auto meant = nearest_name(name, names);
  throw Error(ErrorKind::invalid_argument, shown(name) + ": is no option of training" +
                                               (meant ? "; did you mean '" + *meant + "'?" : ""));
}

}  // namespace mlserve::pipeline
