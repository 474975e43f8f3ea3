#include "pipeline/evaluate.hpp"

#include <cmath>
#include <string>

#include "support/catch_shim.hpp"

#include "metrics/named.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"
#include "support/reference.hpp"
#include "support/trained.hpp"

namespace {

using namespace mlserve;
using pipeline::evaluate_file;
using pipeline::Evaluation;

/// Evaluation of the small model on the text of a file.
Evaluation evaluate_text(const std::string& text, const std::string& name) {
  const testing::TemporaryFolder folder;
  write_file(folder.file(name), text);
  return evaluate_file(testing::small_model(), folder.file(name), std::nullopt, 2);
}

/// The message of the Error that the text gives, from the file's name on.
std::string complaint(const std::string& text, const std::string& name) {
  const auto error = testing::error_of([&] { evaluate_text(text, name); });
  if (!error) return "no error";
  CHECK(error->kind() == ErrorKind::invalid_data);
  const std::string message = error->what();
  return message.substr(message.find(name));
}

/// A requirement of a model of two classes.
pipeline::Requirement parse(const std::string& text) {
  const features::Target target{"y", features::TargetType::integer, {"0", "1"}, {1, 1}};
  return pipeline::parse_requirement(text, target);
}

}  // namespace

TEST_CASE("Metrics on the training data are scikit-learn's", "[pipeline]") {
  const std::string name = GENERATE("titanic", "titanic_all");
  const nlohmann::json& expected = testing::reference().at(name);
  pipeline::TrainOptions options;
  options.target = "Survived";
  options.features = expected.at("features").get<std::vector<std::string>>();
  const model::Model model = pipeline::train({testing::kTitanic}, options).model;
  const unsigned threads = GENERATE(1U, 3U);
  const Evaluation evaluation = evaluate_file(model, testing::kTitanic, std::nullopt, threads);
  CHECK(evaluation.rows == 1317);
  CHECK(evaluation.rows_without_target == 0);
  const nlohmann::json& metrics = expected.at("metrics");
  for (const auto& [metric, value] : evaluation.measures.named) {
    CAPTURE(metric);
    if (metric == "rows") {
      CHECK(value == 1317);
    } else if (metrics.at("confusion").contains(metric)) {
      CHECK(value == metrics.at("confusion").at(metric).get<double>());
    } else if (const std::string other = metric == "brier_score" ? "brier" : metric;
               metrics.contains(other)) {
      // Coefficients differ by 1e-10; two probabilities as near as that change the AUC by 1e-6.
      CHECK(value == Approx(metrics.at(other).get<double>()).epsilon(1e-9));
    }
  }
}

TEST_CASE("Every format of labelled rows is evaluated alike", "[pipeline]") {
  const Evaluation csv =
      evaluate_text("sex,survived,age\nmale,0,30\nfemale,1,\nmale,1,5\n,0.0,60\n", "d.csv");
  const std::string first = R"({"sex":"male","survived":0,"age":30})";
  const std::string others =
      R"({"sex":"female","survived":"1"},{"age":"5","sex":"male","survived":1.0})";
  const std::string last = R"({"sex":null,"age":60,"survived":0})";
  const Evaluation json = evaluate_text("[" + first + "," + others + "," + last + "]", "d.json");
  std::string lines = first + "\n" + others + "\n" + last + "\n";
  lines.replace(lines.find("},{"), 3, "}\n{");
  const Evaluation jsonl = evaluate_text(lines, "d.jsonl");
  CHECK(csv.rows == 4);
  CHECK(csv.measures.named == json.measures.named);
  CHECK(csv.measures.named == jsonl.measures.named);
}

TEST_CASE("An evaluation leaves out rows without a target and counts them", "[pipeline]") {
  const Evaluation some =
      evaluate_text("sex,survived,age\nmale,0,30\nmale,,30\nmale,NA,3\nfemale,1,9\n", "d.csv");
  CHECK(some.rows == 4);
  CHECK(some.rows_without_target == 2);
  CHECK(pipeline::metric_value(some.measures.named, "rows") == 2);
  CHECK(complaint("sex,survived,age\nmale,,30\n", "d.csv") ==
        "d.csv: no row has a value in column 'survived'");
  CHECK(complaint("sex,survived,age\n", "d.csv") ==
        "d.csv: no row has a value in column 'survived'");
}

TEST_CASE("With one class only, what needs two is not defined", "[pipeline]") {
  const Evaluation one = evaluate_text("sex,survived,age\nmale,1,30\nfemale,1,9\n", "d.csv");
  const double roc_auc = pipeline::metric_value(one.measures.named, "roc_auc");
  CHECK(std::isnan(roc_auc));
  CHECK(std::isfinite(pipeline::metric_value(one.measures.named, "log_loss")));
  CHECK_FALSE(parse("roc_auc>=0").holds(roc_auc));
  CHECK_FALSE(parse("roc_auc<=1").holds(roc_auc));
}

TEST_CASE("Labelled data that make no sense are refused at their place", "[pipeline]") {
  CHECK(complaint("sex,survived,age\nmale,0,30\nmale,2,30\n", "d.csv") ==
        "d.csv:3: column 'survived': \"2\" is not a class of the model (classes are: 0, 1)");
  CHECK(complaint("sex,survived,age\nmale,0,old\n", "d.csv") ==
        "d.csv:2: column 'age': \"old\" is not a number");
  CHECK(complaint("sex,age\nmale,3\n", "d.csv") ==
        "d.csv:1: has no column 'survived' (columns are: sex, age)");
  CHECK(complaint("sex,Survived,age\nmale,1,3\n", "d.csv") ==
        "d.csv:1: has no column 'survived'; did you mean 'Survived'? (columns are: sex, Survived, "
        "age)");
  CHECK(complaint(R"([{"sex":"male","survived":0},{"sex":"male","survived":[1]}])", "d.json") ==
        "d.json: record 2: field 'survived': \"[1]\" is not a class of the model (classes are: 0, "
        "1)");
}

TEST_CASE("A requirement is a metric, a direction and a bound", "[pipeline]") {
  const pipeline::Requirement least = parse("roc_auc>=0.85");
  CHECK(least.metric == "roc_auc");
  CHECK(least.at_least);
  CHECK(least.bound == 0.85);
  CHECK(least.holds(0.85));
  CHECK_FALSE(least.holds(0.8499));
  const pipeline::Requirement most = parse(" log_loss <= 5e-1 ");
  CHECK(most.metric == "log_loss");
  CHECK_FALSE(most.at_least);
  CHECK(most.holds(0.5));
  CHECK_FALSE(most.holds(0.51));
}

TEST_CASE("What is no requirement is refused", "[pipeline]") {
  for (const char* text : {"", "roc_auc", "roc_auc>0.85", "roc_auc>=", "roc_auc>=high", ">=1",
                           "auc>=0.85", "roc_auc>=nan", "roc_auc=>0.85"}) {
    CAPTURE(text);
    CHECK(testing::error_kind_of([&] { parse(text); }) == ErrorKind::invalid_argument);
  }
  const auto error = testing::error_of([] { parse("auc>=0.85"); });
  REQUIRE(error);
  CHECK(std::string(error->what())
            .starts_with("--require: no metric 'auc' (metrics are: accuracy, balanced_accuracy"));
}

TEST_CASE("A requirement names a metric of the task", "[pipeline]") {
  const features::Target numbers{
      "y", features::TargetType::real, {}, {}, features::Task::regression};
  CHECK(pipeline::parse_requirement("r2>=0.5", numbers).metric == "r2");
  const auto error =
      testing::error_of([&] { pipeline::parse_requirement("roc_auc>=0.5", numbers); });
  REQUIRE(error);
  CHECK(std::string(error->what()) ==
        "--require: no metric 'roc_auc' (metrics are: r2, rmse, mae, deviance, rows)");
}

TEST_CASE("Sample weights count rows of an evaluation", "[pipeline]") {
  const testing::TemporaryFolder folder;
  write_file(folder.file("w.csv"), "sex,survived,age,w\nmale,0,30,2\nfemale,1,9,1\nmale,1,5,0\n");
  write_file(folder.file("r.csv"), "sex,survived,age\nmale,0,30\nmale,0,30\nfemale,1,9\n");
  const model::Model model = testing::small_model();
  const auto weighted =
      evaluate_file(model, folder.file("w.csv"), std::nullopt, 1, {}, "w").measures.named;
  const auto repeated = evaluate_file(model, folder.file("r.csv"), std::nullopt, 1).measures.named;
  for (std::size_t m = 0; m < weighted.size(); ++m)
    CHECK(weighted[m].second == Approx(repeated[m].second));
}
