#include "pipeline/resolve_options.hpp"

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlserve::pipeline {
namespace {

using estimators::PenaltyKind;
using features::Task;
using model::Estimator;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error bad_option(const std::string& message) { return Error(ErrorKind::invalid_argument, message); }

void require_columns(const std::vector<std::string>& header, const std::vector<std::string>& names,
                     const std::string& option) {
  for (const std::string& name : names) {
    if (contains(header, name)) continue;
    const auto meant = nearest_name(name, header);
    throw bad_option(option + ": no column '" + shown(name) + "'" +
                     (meant ? "; did you mean '" + shown(*meant) + "'?" : "") +
                     " (columns are: " + shown(join(header), 400) + ")");
  }
}

void take_recipe(TrainOptions& options, const std::string& source,
                 const std::vector<std::string>& header) {
  if (!has_target(options, header)) {
    throw bad_option(source + ": has no column '" + options.recipe.target + "' (columns are: " +
                     shown(join(header), 400) + "); choose a target with --target");
  }
  options.target = options.recipe.target;
  const auto& names = options.recipe.features;
  const bool has_all = std::all_of(names.begin(), names.end(),
                                   [&](const std::string& name) { return contains(header, name); });
  if (options.features.empty() && has_all) options.features = names;
}

void require_all_columns(const TrainOptions& options, const std::vector<std::string>& header) {
  require_columns(header, {options.target}, "--target");
  require_columns(header, options.features, "--features");
  require_columns(header, options.exclude, "--exclude");
  require_columns(header, options.categorical, "--categorical");
  require_columns(header, options.numeric, "--numeric");
  require_columns(header, options.text, "--text");
  if (!options.sample_weight.empty())
    require_columns(header, {options.sample_weight}, "--sample-weight");
  for (const auto& [name, option] :
       {std::pair(options.target, "the target"), {options.sample_weight, "--sample-weight"}}) {
    if (!name.empty() && contains(options.features, name))
      throw bad_option("--features: '" + shown(name) + "' is " + option);
  }
  if (options.sample_weight == options.target)
    throw bad_option("--sample-weight: '" + shown(options.target) + "' is the target");
}

/// A column has one kind.
void require_one_kind(const TrainOptions& options) {
  std::set<std::string> seen;
  for (const auto* names : {&options.categorical, &options.numeric, &options.text}) {
    for (const std::string& name : std::set<std::string>(names->begin(), names->end())) {
      if (!seen.insert(name).second)
        throw bad_option("column '" + shown(name) +
                         "' cannot be two of --categorical, --numeric and --text");
    }
  }
}

Task task_of(Estimator estimator) {
  return estimator == Estimator::logistic ? Task::classification
         : estimator == Estimator::linear ? Task::regression
                                          : Task::count;
}

void resolve_task(TrainOptions& options) {
  if (!options.estimator) return;
  const Task task = task_of(*options.estimator);
  if (options.task.value_or(task) != task) {
    throw bad_option("--estimator " + std::string(model::estimator_name(*options.estimator)) +
                     " is not for --task " + std::string(features::task_name(*options.task)));
  }
  options.task = task;
}

void resolve_penalty(TrainOptions& options) {
  const PenaltyKind kind = options.penalty.kind;
  if (kind == PenaltyKind::none) {
    options.encoding.drop_first = true;
    if (!options.search_C.empty()) throw bad_option("--search C: --penalty none has no strength");
  }
  if (options.l1_ratio) {
    if (kind != PenaltyKind::elasticnet)
      throw bad_option("--l1-ratio: only --penalty elasticnet has a ratio");
    options.penalty.l1_ratio = *options.l1_ratio;
  }
  if (kind != PenaltyKind::elasticnet && !options.search_l1_ratio.empty())
    throw bad_option("--search l1-ratio: only --penalty elasticnet has a ratio");
}

}  // namespace

bool has_target(const TrainOptions& options, const std::vector<std::string>& header) {
  return !options.target.empty() || contains(header, options.recipe.target);
}

TrainOptions resolve_options(TrainOptions options, const std::string& source,
                             const std::vector<std::string>& header) {
  if (options.target.empty()) take_recipe(options, source, header);
  require_all_columns(options, header);
  require_one_kind(options);
  resolve_task(options);
  resolve_penalty(options);
  return options;
}

void require_fitting_target(const TrainOptions& options, const features::Target& target,
                            std::uint64_t rows) {
  if (options.balanced && target.task != Task::classification)
    throw bad_option("--class-weight: only a classification has classes");
  if ((options.threshold || options.threshold_rule) && target.classes.size() != 2)
    throw bad_option("--threshold: only a target of two classes has one");
  if (options.folds > rows) {
    throw bad_option("--folds: " + std::to_string(options.folds) + " folds of " +
                     std::to_string(rows) + " rows");
  }
}

std::pair<std::string, std::string> interaction_columns(const std::string& interaction,
                                                        const std::vector<std::string>& header) {
  for (std::size_t colon = interaction.find(':'); colon != std::string::npos;
       colon = interaction.find(':', colon + 1)) {
    const std::string a = interaction.substr(0, colon);
    const std::string b = interaction.substr(colon + 1);
    if (!contains(header, a) || !contains(header, b)) continue;
    if (a == b) throw bad_option("--interaction: '" + shown(a) + "' with itself");
    return {a, b};
  }
  throw bad_option("--interaction: \"" + shown(interaction) +
                   "\" is not two columns A:B (columns are: " + shown(join(header), 400) + ")");
}

}  // namespace mlserve::pipeline
