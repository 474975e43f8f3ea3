#include "pipeline/option_record.hpp"

#include "core/number.hpp"
#include "core/text.hpp"
#include "pipeline/option_names.hpp"

namespace mlserve::pipeline {
namespace {

class Record {
 public:
  void add(const std::string& name, const std::string& value) {
    options_.emplace_back(name, value);
  }
  void add(const std::string& name, double value) { add(name, format_double(value)); }
  void add_if(bool on, const std::string& name, const std::string& value) {
    if (on) add(name, value);
  }
  std::vector<std::pair<std::string, std::string>> take() { return std::move(options_); }

 private:
  std::vector<std::pair<std::string, std::string>> options_;
};

std::string numbers(const std::vector<double>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const double value : values) texts.push_back(format_double(value));
  return join(texts, ",");
}

void add_columns(const TrainOptions& options, Record& record) {
  const auto add = [&record](const std::string& name, const std::vector<std::string>& columns) {
    record.add_if(!columns.empty(), name, join(columns, ","));
  };
  add("features", options.features);
  add("exclude", options.exclude);
  add("categorical", options.categorical);
  add("numeric", options.numeric);
  add("text", options.text);
  add("interaction", options.interactions);
}

std::string missing_name(const TrainOptions& options) {
  std::optional<features::MissingPolicy> policy;
  if (!options.refuse_missing) policy = options.encoding.missing;
  return choice_name(kMissingChoices, policy);
}

void add_encoding(const TrainOptions& options, Record& record) {
  const features::EncoderOptions& encoding = options.encoding;
  record.add("missing", missing_name(options));
  record.add_if(encoding.missing_indicator, "missing-indicator", "true");
  record.add_if(encoding.drop_first, "drop", "first");
  if (encoding.min_frequency > 0) record.add("min-frequency", encoding.min_frequency);
  if (encoding.max_categories > 0)
    record.add("max-categories", static_cast<double>(encoding.max_categories));
  record.add_if(options.standardize, "standardize", "true");
}

void add_validation(const TrainOptions& options, Record& record) {
  if (options.folds > 0) {
    record.add("folds", options.folds);
  } else {
    record.add("test-size", options.test_size);
  }
  record.add_if(!options.search_C.empty(), "search C", numbers(options.search_C));
  record.add_if(!options.search_l1_ratio.empty(), "search l1-ratio",
                numbers(options.search_l1_ratio));
  if (options.threshold_rule) {
    record.add("threshold", choice_name(kThresholdRuleChoices, *options.threshold_rule));
  } else if (options.threshold) {
    record.add("threshold", *options.threshold);
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> option_record(const TrainOptions& options,
                                                               const estimators::Penalty& penalty) {
  Record record;
  record.add("penalty", choice_name(kPenaltyChoices, penalty.kind));
  if (penalty.kind != estimators::PenaltyKind::none) record.add("C", penalty.C);
  if (penalty.kind == estimators::PenaltyKind::elasticnet) record.add("l1-ratio", penalty.l1_ratio);
  record.add_if(options.balanced, "class-weight", "balanced");
  record.add_if(!options.sample_weight.empty(), "sample-weight", options.sample_weight);
  add_columns(options, record);
  add_encoding(options, record);
  add_validation(options, record);
  record.add("seed", std::to_string(options.seed));
  return record.take();
}

}  // namespace mlserve::pipeline
