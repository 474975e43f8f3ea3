#include "mlserve/train_options.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "mlserve/command.hpp"

namespace mlserve::app {
namespace {

using estimators::PenaltyKind;
using features::MissingPolicy;
using features::Task;
using metrics::ThresholdRule;
using model::Estimator;
using pipeline::TrainOptions;

const std::map<std::string, Task> kTasks = {{"classification", Task::classification},
                                            {"regression", Task::regression},
                                            {"count", Task::count}};
const std::map<std::string, Estimator> kEstimators = {{"logistic", Estimator::logistic},
                                                      {"linear", Estimator::linear},
                                                      {"poisson", Estimator::poisson}};
const std::map<std::string, PenaltyKind> kPenalties = {{"none", PenaltyKind::none},
                                                       {"l2", PenaltyKind::l2},
                                                       {"l1", PenaltyKind::l1},
                                                       {"elasticnet", PenaltyKind::elasticnet}};
const std::map<std::string, MissingPolicy> kMissing = {
    {"mean", MissingPolicy::mean},
    {"median", MissingPolicy::median},
    {"zero", MissingPolicy::zero},
    {"most-frequent", MissingPolicy::most_frequent}};
const std::map<std::string, ThresholdRule> kRules = {{"f1", ThresholdRule::f1},
                                                     {"youden", ThresholdRule::youden}};

[[noreturn]] void refuse(const std::string& option, const std::string& message) {
  throw CLI::ValidationError(option, message);
}

/// A finite number above 0.
CLI::Validator positive() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_double(text).value_or(0) > 0 ? std::string() : text + " is no number above 0";
      },
      "FLOAT > 0");
}

/// A finite number of `least` or more.
CLI::Validator at_least(double least) {
  const std::string bound = format_double(least);
  return CLI::Validator(
      [least, bound](const std::string& text) {
        const auto number = parse_double(text);
        return number && *number >= least ? std::string()
                                          : text + " is no number of " + bound + " or more";
      },
      "NUMBER >= " + bound);
}

void add_column_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--target", options.target, "Column to predict");
  add_list_option(app, "--features", options.features,
                  "Columns to predict from (default: all that can serve)");
  add_list_option(app, "--exclude", options.exclude, "Columns that are no features");
  add_list_option(app, "--categorical", options.categorical, "Columns to take as categories");
  add_list_option(app, "--numeric", options.numeric, "Columns to take as numbers");
  add_list_option(app, "--text", options.text, "Columns to take as texts (TF-IDF of their words)");
  add_list_option(app, "--interaction", options.interactions,
                  "Products of two features, A:B; repeatable");
  app.add_option("--sample-weight", options.sample_weight, "Column with the weight of each row");
}

void set_missing(TrainOptions& options, const std::string& text) {
  options.refuse_missing = text == "error";
  if (options.refuse_missing) return;
  const auto found = kMissing.find(text);
  if (found == kMissing.end())
    refuse("--missing", text + " is none of {mean,median,zero,most-frequent,error}");
  options.encoding.missing = found->second;
}

void add_encoding_options(CLI::App& app, TrainOptions& options) {
  app.add_option_function<std::string>(
         "--missing", [&options](const std::string& text) { set_missing(options, text); },
         "What stands for a missing number (default: mean); error refuses missing values")
      ->type_name("{mean,median,zero,most-frequent,error}");
  app.add_flag("--missing-indicator", options.encoding.missing_indicator,
               "A column that says where a value is missing, for each feature that has such rows");
  app.add_option_function<std::string>(
         "--drop",
         [&options](const std::string& text) { options.encoding.drop_first = text == "first"; },
         "Category of each feature that gets no column (default: none; first without penalty)")
      ->check(CLI::IsMember({"none", "first"}));
  app.add_option("--min-frequency", options.encoding.min_frequency,
                 "Categories of fewer rows share a column; below 1 a share of the rows")
      ->check(at_least(0));
  app.add_option("--max-categories", options.encoding.max_categories,
                 "Most columns of a feature; its rarest categories share one")
      ->check(at_least(1));
  app.add_flag("--standardize", options.standardize,
               "Divide numeric columns by their standard deviation before the fit");
}

void add_fit_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--task", options.task, "What the target is (default: by its values)")
      ->transform(one_of(kTasks));
  app.add_option("--estimator", options.estimator, "Model to fit (default: by the task)")
      ->transform(one_of(kEstimators));
  app.add_option("--penalty", options.penalty.kind, "Penalty of the coefficients (default: l2)")
      ->transform(one_of(kPenalties));
  app.add_option("--C", options.penalty.C, "Inverse strength of the penalty")
      ->check(positive())
      ->capture_default_str();
  app.add_option("--l1-ratio", options.l1_ratio, "Share of l1 in the elastic net (default: 0.5)")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option_function<std::string>(
         "--class-weight",
         [&options](const std::string& text) { options.balanced = text == "balanced"; },
         "balanced: all classes weigh the same in the fit of a classification (default: none)")
      ->check(CLI::IsMember({"none", "balanced"}));
}

/// "C=0.1,1,10" or "l1-ratio=0,0.5,1".
void add_search(TrainOptions& options, const std::string& text) {
  const std::size_t sign = text.find('=');
  const std::string name = text.substr(0, sign);
  if (sign == std::string::npos || (name != "C" && name != "l1-ratio"))
    refuse("--search", "\"" + shown(text) + "\" is not like C=0.1,1,10 or l1-ratio=0,0.5,1");
  std::vector<double>& values = name == "C" ? options.search_C : options.search_l1_ratio;
  if (sign + 1 == text.size()) refuse("--search", "\"" + shown(text) + "\" has no values");
  for (const std::string& part : split_list(text.substr(sign + 1))) {
    const auto number = parse_double(part);
    const bool good = number && (name == "C" ? *number > 0 : *number >= 0 && *number <= 1);
    if (!good) refuse("--search", "\"" + shown(part) + "\" is no value for " + name);
    values.push_back(*number);
  }
}

void set_threshold(TrainOptions& options, const std::string& text) {
  if (const auto rule = kRules.find(text); rule != kRules.end()) {
    options.threshold_rule = rule->second;
    return;
  }
  options.threshold = parse_double(text);
  if (!options.threshold || *options.threshold < 0 || *options.threshold > 1)
    refuse("--threshold", "\"" + shown(text) + "\" is none of f1, youden, a number from 0 to 1");
}

void add_validation_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--test-size", options.test_size,
                 "Share of the rows held out to measure on; 0 for none")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  app.add_option("--folds", options.folds,
                 "Measure on so many folds, at most the rows, instead of on a holdout")
      ->check(CLI::Range(2, 1000));
  app.add_option_function<std::vector<std::string>>(
         "--search",
         [&options](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) add_search(options, text);
         },
         "Values to try on folds, C=0.1,1,10 or l1-ratio=0,0.5,1; repeatable")
      ->allow_extra_args(false)
      ->type_name("NAME=A,B,C");
  app.add_option_function<std::string>(
         "--threshold", [&options](const std::string& text) { set_threshold(options, text); },
         "Of two classes: probability above which the second is predicted; f1 and youden choose it "
         "on folds (default: 0.5)")
      ->type_name("{f1,youden,NUMBER}");
  app.add_option("--seed", options.seed, "Decides which rows are held out and the folds")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

}  // namespace

void add_train_options(CLI::App& app, TrainOptions& options) {
  add_csv_options(app, options.csv);
  add_column_options(app, options);
  add_encoding_options(app, options);
  add_fit_options(app, options);
  add_validation_options(app, options);
  add_threads_option(app, options.threads);
}

void require_heeded(const CLI::App& app, const TrainOptions& options) {
  const auto refuse_beside = [&app](const std::string& option, bool idle,
                                    const std::string& other) {
    if (idle && app.count(option) > 0)
      throw Error(ErrorKind::invalid_argument, option + " does nothing beside " + other);
  };
  const bool unpenalised = options.penalty.kind == PenaltyKind::none;
  refuse_beside("--C", unpenalised, "--penalty none");
  refuse_beside("--drop", unpenalised && !options.encoding.drop_first, "--penalty none");
  refuse_beside("--C", !options.search_C.empty(), "--search C");
  refuse_beside("--l1-ratio", !options.search_l1_ratio.empty(), "--search l1-ratio");
  refuse_beside("--test-size", options.folds > 0, "--folds");
}

}  // namespace mlserve::app
