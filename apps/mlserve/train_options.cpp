#include "mlserve/train_options.hpp"

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "mlserve/command.hpp"
#include "pipeline/option_names.hpp"
#include "pipeline/set_option.hpp"

namespace mlserve::app {
namespace {

using estimators::PenaltyKind;
using pipeline::TrainOptions;

/// pipeline::set_option, with its message as that of an option.
void set_or_refuse(TrainOptions& options, const std::string& name, const std::string& text) {
  try {
    pipeline::set_option(options, name, text);
  } catch (const Error& error) {
    throw CLI::ValidationError("--" + std::string(error.what()));
  }
}

/// An option whose text is understood by `pipeline::set_option`.
void add_text_option(CLI::App& app, TrainOptions& options, const std::string& name,
                     const std::string& type, const std::string& description) {
  app.add_option_function<std::string>(
         "--" + name,
         [&options, name](const std::string& text) { set_or_refuse(options, name, text); },
         description)
      ->type_name(type);
}

/// The same for one that takes a word of a table.
template <class Choices>
void add_choice_option(CLI::App& app, TrainOptions& options, const std::string& name,
                       const Choices& choices, const std::string& description) {
  add_text_option(app, options, name, "{" + pipeline::choice_names(choices) + "}", description);
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

void add_encoding_options(CLI::App& app, TrainOptions& options) {
  add_choice_option(
      app, options, "missing", pipeline::kMissingChoices,
      "What stands for a missing number (default: mean); error refuses missing values");
  app.add_flag("--missing-indicator", options.encoding.missing_indicator,
               "A column that says where a value is missing, for each feature that has such rows");
  add_choice_option(app, options, "drop", pipeline::kDropChoices,
                    "Category of each feature that gets no column (default: none; first without "
                    "penalty)");
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
  add_choice_option(app, options, "task", pipeline::kTaskChoices,
                    "What the target is (default: by its values)");
  add_choice_option(app, options, "estimator", pipeline::kEstimatorChoices,
                    "Model to fit (default: by the task)");
  add_choice_option(app, options, "penalty", pipeline::kPenaltyChoices,
                    "Penalty of the coefficients (default: l2)");
  app.add_option("--C", options.penalty.C, "Inverse strength of the penalty")
      ->check(positive())
      ->capture_default_str();
  app.add_option("--l1-ratio", options.l1_ratio, "Share of l1 in the elastic net (default: 0.5)")
      ->check(CLI::Range(0.0, 1.0));
  add_choice_option(app, options, "class-weight", pipeline::kClassWeightChoices,
                    "balanced: all classes weigh the same in the fit of a classification (default: "
                    "none)");
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
           for (const std::string& text : texts) set_or_refuse(options, "search", text);
         },
         "Values to try on folds, C=0.1,1,10 or l1-ratio=0,0.5,1; repeatable")
      ->allow_extra_args(false)
      ->type_name("NAME=A,B,C");
  add_text_option(app, options, "threshold", "{f1,youden,NUMBER}",
                  "Of two classes: probability above which the second is predicted; f1 and youden "
                  "choose it on folds (default: 0.5)");
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
