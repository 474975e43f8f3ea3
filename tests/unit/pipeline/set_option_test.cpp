#include "pipeline/set_option.hpp"

#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "pipeline/option_record.hpp"
#include "support/errors.hpp"

using namespace mlserve;
using pipeline::TrainOptions;
using Texts = std::vector<std::pair<std::string, std::string>>;

namespace {

TrainOptions options_of(const Texts& texts) {
  TrainOptions options;
  for (const auto& [name, value] : texts) pipeline::set_option(options, name, value);
  return options;
}

std::string complaint(const std::string& name, const std::string& value) {
  const auto error = testing::error_of([&] { options_of({{name, value}}); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_argument);
  return error->what();
}

}  // namespace

TEST_CASE("Options by name are those of the record", "[pipeline]") {
  const Texts texts = {{"penalty", "elasticnet"},
                       {"C", "0.5"},
                       {"l1-ratio", "0.25"},
                       {"class-weight", "balanced"},
                       {"sample-weight", "w"},
                       {"features", "a,b"},
                       {"exclude", "c"},
                       {"categorical", "a"},
                       {"numeric", "b"},
                       {"text", "d"},
                       {"interaction", "a:b"},
                       {"missing", "most-frequent"},
                       {"missing-indicator", "true"},
                       {"drop", "first"},
                       {"min-frequency", "0.1"},
                       {"max-categories", "7"},
                       {"standardize", "true"},
                       {"folds", "4"},
                       {"threshold", "youden"},
                       {"seed", "9"}};
  TrainOptions options = options_of(texts);
  options.penalty.l1_ratio = *options.l1_ratio;  // as resolve_options does
  CHECK(pipeline::option_record(options, options.penalty) == texts);
}

TEST_CASE("Options that no record has are set by name as well", "[pipeline]") {
  const TrainOptions options = options_of({{"target", "y"},
                                           {"task", "count"},
                                           {"estimator", "poisson"},
                                           {"missing", "error"},
                                           {"test-size", "0.3"},
                                           {"threshold", "0.25"},
                                           {"standardize", ""},
                                           {"missing-indicator", "false"},
                                           {"delimiter", "tab"},
                                           {"encoding", "latin1"}});
  CHECK(options.target == "y");
  CHECK(options.task == features::Task::count);
  CHECK(options.estimator == model::Estimator::poisson);
  CHECK(options.refuse_missing);
  CHECK(options.test_size == 0.3);
  CHECK(options.threshold == 0.25);
  CHECK(options.standardize);
  CHECK_FALSE(options.encoding.missing_indicator);
  CHECK(options.csv.delimiter == '\t');
  CHECK(options.csv.encoding == data::Encoding::latin1);
}

TEST_CASE("Lists and searches add up, a later value takes the place of an earlier", "[pipeline]") {
  const TrainOptions options = options_of({{"features", "a, b"},
                                           {"features", "c"},
                                           {"search", "C=0.1,1"},
                                           {"search", "l1-ratio=0,0.5"},
                                           {"search", "C=10"},
                                           {"threshold", "f1"},
                                           {"threshold", "0.5"},
                                           {"missing", "error"},
                                           {"missing", "zero"}});
  CHECK(options.features == std::vector<std::string>{"a", "b", "c"});
  CHECK(options.search_C == std::vector{0.1, 1.0, 10.0});
  CHECK(options.search_l1_ratio == std::vector{0.0, 0.5});
  CHECK_FALSE(options.threshold_rule);
  CHECK(options.threshold == 0.5);
  CHECK_FALSE(options.refuse_missing);
}

TEST_CASE("A value that an option does not take is refused with what it takes", "[pipeline]") {
  CHECK(complaint("features", "") == "features: \"\" names no column");
  CHECK(complaint("penalty", "l3") == "penalty: \"l3\" is none of {elasticnet,l1,l2,none}");
  CHECK(complaint("task", "auto") == "task: \"auto\" is none of {classification,count,regression}");
  CHECK(complaint("missing", "") ==
        "missing: \"\" is none of {mean,median,zero,most-frequent,error}");
  CHECK(complaint("C", "0") == "C: \"0\" is no number above 0");
  CHECK(complaint("l1-ratio", "1.5") == "l1-ratio: \"1.5\" is no number from 0 to 1");
  CHECK(complaint("min-frequency", "-1") == "min-frequency: \"-1\" is no number of 0 or more");
  CHECK(complaint("folds", "1") == "folds: \"1\" is no whole number from 2 to 1000");
  CHECK(complaint("folds", "2.5") == "folds: \"2.5\" is no whole number from 2 to 1000");
  CHECK(complaint("standardize", "yes") == "standardize: \"yes\" is neither true nor false");
  CHECK(complaint("search", "C") == "search: \"C\" is not like C=0.1,1,10 or l1-ratio=0,0.5,1");
  CHECK(complaint("search", "C=") == "search: \"C=\" has no values");
  CHECK(complaint("search", "C=1,0") == "search: \"0\" is no number above 0");
  CHECK(complaint("threshold", "2") ==
        "threshold: \"2\" is none of f1, youden, a number from 0 to 1");
  CHECK(complaint("delimiter", ":") == "delimiter: \":\" is none of , ; | tab");
  CHECK(complaint("encoding", "utf-16") == "encoding: \"utf-16\" is none of utf-8 latin1");
}

TEST_CASE("A name that no option has is refused with the nearest one", "[pipeline]") {
  CHECK(complaint("feature", "a") == "feature: is no option of training; did you mean 'features'?");
  CHECK(complaint("threads", "4").find("threads: is no option of training") == 0);
}
