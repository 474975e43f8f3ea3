#include "pipeline/train.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "model/model_file.hpp"
#include "pipeline/evaluate.hpp"
#include "pipeline/splits.hpp"
#include "support/errors.hpp"
#include "support/trained.hpp"

namespace {

using namespace mlserve;
using pipeline::TrainOptions;
using pipeline::TrainResult;
using testing::train_text;
using Names = std::vector<std::string>;

/// The kind and the message, from the file's name on, of the Error that the training gives.
std::string complaint(const std::string& csv, const TrainOptions& options) {
  const auto error = testing::error_of([&] { train_text(csv, options); });
  if (!error) return "no error";
  const std::string message = error->what();
  const std::size_t name = message.find("data.csv");
  const std::string kind = error->kind() == ErrorKind::invalid_data       ? "data: "
                           : error->kind() == ErrorKind::invalid_argument ? "argument: "
                                                                          : "other: ";
  return kind + (name == std::string::npos ? message : message.substr(name));
}

TrainOptions with_target(const std::string& target) {
  TrainOptions options;
  options.target = target;
  return options;
}

Names left_out(const TrainResult& result) {
  Names names;
  for (const auto& [name, reason] : result.inferred.left_out) {
    names.push_back(name);
    names.back().append(": ").append(reason);
  }
  return names;
}

/// 60 rows of `y,size,colour,flag,code` in which each says something of y.
std::string small_csv() {
  std::string csv = "y,size,colour,flag,code\n";
  const char* colours[] = {"red", "green", "blue"};
  for (int i = 0; i < 60; ++i) {
    const bool y = (i * 7 % 10) < 4;
    csv += std::string(y ? "1" : "0") + "," + std::to_string((i * 37 % 50) + (y ? 9 : 0)) + "," +
           colours[(i + (y ? 1 : 0)) % 3] + "," + (i % 4 == 0 ? "true" : "false") + "," +
           std::to_string(i % 3) + "\n";
  }
  return csv;
}

/// Where the age stands in a line PassengerId,Survived,Pclass,"Name",Sex,Age,… and how long it is.
std::pair<std::size_t, std::size_t> age_place(const std::string& line) {
  const std::size_t begin = line.find(',', line.find(',', line.rfind('"')) + 1) + 1;
  return {begin, line.find(',', begin) - begin};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size(); begin += lines.back().size()) {
    lines.push_back(text.substr(begin, text.find('\n', begin) + 1 - begin));
  }
  return lines;
}

/// The Titanic passengers cut down to what the competition's file has: 891 rows, 177 ages and two
/// ports missing.
std::string competition_csv() {
  const std::vector<std::string> lines = lines_of(read_file(testing::kTitanic, 1 << 24));
  std::string csv = lines[0];
  int missing = 0;
  for (std::size_t row = 1; row <= 891; ++row) {
    std::string line = lines[row];
    const auto [age, length] = age_place(line);
    const bool drop = row % 5 == 0 && missing < 177;
    if (drop) line.erase(age, length);
    missing += drop || length == 0;
    if (row == 62 || row == 830) line = line.substr(0, line.rfind(',') + 1) + "\n";
    csv += line;
  }
  return csv;
}

}  // namespace

TEST_CASE("Without a target the Titanic recipe applies", "[pipeline]") {
  const TrainResult result = pipeline::train({testing::kTitanic}, {});
  CHECK(result.model.schema.target.name == "Survived");
  CHECK(result.model.schema.target.classes == Names{"0", "1"});
  CHECK(result.model.schema.feature_names() == Names{"Age", "Sex", "Embarked"});
  CHECK(result.model.training.rows == 1317);
  CHECK(result.model.training.converged);
  CHECK(result.model.training.data_hash.size() == 64);
  CHECK(result.model.training.created_at.empty());
  CHECK(result.model.golden_rows.size() == 5);
  REQUIRE(result.validation);
  CHECK(result.validation->rows == 263);  // a fifth of 817 and of 500
  CHECK(result.model.metrics == result.validation->metrics);
}

TEST_CASE("Without the recipe's features its target is predicted from every other column",
          "[pipeline]") {
  const TrainResult result =
      train_text("Survived,Age,Fare\n0,10,3\n1,20,4\n0,12,5\n1,22,3.5\n", {});
  CHECK(result.model.schema.feature_names() == Names{"Age", "Fare"});
}

TEST_CASE("Without the recipe's target the columns are listed", "[pipeline]") {
  CHECK(complaint("a,b\n1,2\n", {}) ==
        "argument: data.csv: has no column 'Survived' (columns are: a, b); choose a target with "
        "--target");
}

TEST_CASE("A competition file with 177 missing ages is trained on", "[pipeline]") {
  const TrainResult result = train_text(competition_csv(), {});
  const features::Schema& schema = result.model.schema;
  CHECK(result.model.training.rows == 891);
  CHECK(schema.features[0].name == "Age");
  CHECK(schema.features[0].kind == features::FeatureKind::numeric);
  CHECK(schema.features[0].missing == 177);
  CHECK(schema.features[2].missing == 2);
  // The fill value is the mean of the ages that are there.
  double sum = 0;
  double count = 0;
  const std::vector<std::string> lines = lines_of(competition_csv());
  for (std::size_t row = 1; row < lines.size(); ++row) {
    const auto [age, length] = age_place(lines[row]);
    if (length == 0) continue;
    sum += std::stod(lines[row].substr(age, length));
    count += 1;
  }
  CHECK(count == 714);
  CHECK(result.model.encoder[0].fill == Approx(sum / count).epsilon(1e-14));
}

TEST_CASE("Features are those asked for, in the order of asking", "[pipeline]") {
  TrainOptions options = with_target("y");
  CHECK(train_text(small_csv(), options).model.schema.feature_names() ==
        Names{"size", "colour", "flag", "code"});
  options.features = {"code", "size", "code"};
  CHECK(train_text(small_csv(), options).model.schema.feature_names() == Names{"code", "size"});
  options.features = {};
  options.exclude = {"colour", "y"};
  CHECK(train_text(small_csv(), options).model.schema.feature_names() ==
        Names{"size", "flag", "code"});
  options.features = {"size", "colour"};
  CHECK(train_text(small_csv(), options).model.schema.feature_names() == Names{"size"});
}

TEST_CASE("Kinds are inferred and can be overridden", "[pipeline]") {
  using features::FeatureKind;
  const auto kinds = [](const TrainOptions& options) {
    std::map<std::string, FeatureKind> by_name;
    for (const auto& f : train_text(small_csv(), options).model.schema.features) {
      by_name[f.name] = f.kind;
    }
    return by_name;
  };
  TrainOptions options = with_target("y");
  const auto inferred = kinds(options);
  CHECK(inferred.at("size") == FeatureKind::numeric);
  CHECK(inferred.at("colour") == FeatureKind::categorical);
  CHECK(inferred.at("flag") == FeatureKind::boolean);
  CHECK(inferred.at("code") == FeatureKind::numeric);
  options.categorical = {"code", "flag"};
  const auto overridden = kinds(options);
  CHECK(overridden.at("code") == FeatureKind::categorical);
  CHECK(overridden.at("flag") == FeatureKind::categorical);
  CHECK(overridden.at("size") == FeatureKind::numeric);
  options.categorical = {};
  options.numeric = {"colour"};
  CHECK(complaint(small_csv(), options) ==
        "data: data.csv:2: column 'colour': \"green\" is not a number");
}

TEST_CASE("Options that name no column are told the nearest", "[pipeline]") {
  const auto option = [](auto member, const char* name) {
    TrainOptions options = with_target("y");
    options.*member = {name};
    return complaint(small_csv(), options);
  };
  const std::string list = " (columns are: y, size, colour, flag, code)";
  CHECK(option(&TrainOptions::features, "color") ==
        "argument: --features: no column 'color'; did you mean 'colour'?" + list);
  CHECK(option(&TrainOptions::exclude, "Flag") ==
        "argument: --exclude: no column 'Flag'; did you mean 'flag'?" + list);
  CHECK(option(&TrainOptions::categorical, "zzzzzz") ==
        "argument: --categorical: no column 'zzzzzz'" + list);
  CHECK(option(&TrainOptions::numeric, "siez") ==
        "argument: --numeric: no column 'siez'; did you mean 'size'?" + list);
  CHECK(complaint(small_csv(), with_target("x")) == "argument: --target: no column 'x'" + list);
  CHECK(option(&TrainOptions::features, "y") == "argument: --features: 'y' is the target");
}

TEST_CASE("A target that is no two classes is refused", "[pipeline]") {
  const auto target = [](const std::string& values) {
    std::string csv = "x,y\n";
    int x = 0;
    for (const char c : values)
      csv += std::to_string(++x % 7) + "," + (c == '.' ? "" : std::string(1, c)) + "\n";
    return complaint(csv, with_target("y"));
  };
  CHECK(target("1111") == "data: data.csv: column 'y': the target has one class only, 1");
  CHECK(target("....") == "data: data.csv: column 'y': the target has no value in any row");
  CHECK(complaint("y\n0\n1\n", with_target("y")) ==
        "data: data.csv: no column is left to be a feature");
  CHECK(complaint("x,y\n3,0\n3,1\n", with_target("y")) ==
        "data: data.csv: no column is left to be a feature ('x': it has the same value in every "
        "row)");
}

TEST_CASE("Rows without a target are left out and counted", "[pipeline]") {
  std::string some = "x,y\n100,\n";  // its x would move the mean
  std::string without = "x,y\n";
  for (int i = 0; i < 20; ++i) {
    const std::string row = std::to_string(i * 7 % 20) + (i % 3 == 0 ? ",yes\n" : ",no\n");
    some += row + (i % 5 == 0 ? "-50,NA\n" : "");
    without += row;
  }
  TrainOptions options = with_target("y");
  const TrainResult left = train_text(some, options);
  const TrainResult clean = train_text(without, options);
  CHECK(left.model.training.rows == 20);
  CHECK(left.model.training.rows_without_target == 5);
  CHECK(left.inferred.rows_without_target == 5);
  CHECK(left.model.schema.target.classes == Names{"no", "yes"});
  CHECK(left.model.schema.features[0].maximum == 19);
  CHECK(left.model.encoder[0].fill == clean.model.encoder[0].fill);
  CHECK(left.model.coefficients == clean.model.coefficients);
  CHECK(left.model.intercepts == clean.model.intercepts);
}

TEST_CASE("Columns that can be no feature are left out with a reason", "[pipeline]") {
  std::string csv = "y,id,constant,empty,x,name\n";
  for (int i = 0; i < 40; ++i) {
    csv += std::to_string(i % 2) + "," + std::to_string(1000 + i) + ",same,," +
           std::to_string(i % 5) + ",somebody " + std::to_string(i) + "\n";
  }
  const TrainResult result = train_text(csv, with_target("y"));
  CHECK(result.model.schema.feature_names() == Names{"id", "x"});
  CHECK(left_out(result) == Names{"constant: it has the same value in every row",
                                  "empty: it has no value in any row",
                                  "name: its texts are nearly all different"});
  TrainOptions named = with_target("y");
  named.features = {"x", "constant", "name"};
  const TrainResult kept = train_text(csv, named);
  CHECK(kept.model.schema.feature_names() == Names{"x", "constant", "name"});
  CHECK(kept.inferred.warnings.size() == 2);
  named.features = {"empty"};
  CHECK(complaint(csv, named) == "data: data.csv: column 'empty': has no value in any row");
}

TEST_CASE("Classes are in numeric or code-point order and written as they stood", "[pipeline]") {
  const auto target = [](const std::string& a, const std::string& b) {
    std::string csv = "x,y\n";
    for (int i = 0; i < 12; ++i) csv += std::to_string(i % 5) + "," + (i % 3 == 0 ? a : b) + "\n";
    return train_text(csv, with_target("y")).model.schema.target;
  };
  CHECK(target("10", "9").classes == Names{"9", "10"});
  CHECK(target("10", "9").type == features::TargetType::integer);
  CHECK(target("0.5", "-1").task == features::Task::regression);
  CHECK(target("true", "False").classes == Names{"false", "true"});
  CHECK(target("true", "False").type == features::TargetType::boolean);
  CHECK(target("yes", "No").classes == Names{"No", "yes"});
  CHECK(target("yes", "No").type == features::TargetType::string);
  CHECK(target("1", "one").classes == Names{"1", "one"});
  CHECK(target("yes", "No").counts == std::vector<std::uint64_t>{8, 4});
}

TEST_CASE("Training gives the same model file for any number of threads", "[pipeline]") {
  TrainOptions options = with_target("Survived");
  options.exclude = {"Ticket"};
  const std::string one = model::to_text(pipeline::train({testing::kTitanic}, options).model);
  for (const unsigned threads : {2U, 5U}) {
    options.threads = threads;
    CHECK(model::to_text(pipeline::train({testing::kTitanic}, options).model) == one);
  }
}

TEST_CASE("What is trained comes back from its file and passes its golden rows", "[pipeline]") {
  const TrainResult result = train_text(small_csv(), with_target("y"));
  const model::Model read = model::from_text(model::to_text(result.model), "m.json");
  CHECK(read.coefficients == result.model.coefficients);
  CHECK(read.golden_rows.size() == 5);
}

TEST_CASE("Holdout metrics are those of a model that never saw the held-out rows", "[pipeline]") {
  // The two parts as files of their own: the one is trained on, the other evaluated.
  const std::string csv = competition_csv();
  const std::vector<std::string> lines = lines_of(csv);
  pipeline::Strata labels;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const char survived = lines[i][lines[i].find(',') + 1];
    labels.push_back(survived == '1' ? 1 : 0);
  }
  TrainOptions options;
  options.test_size = 0.25;
  options.seed = 7;
  const auto sample = pipeline::stratified_holdout(labels, options.test_size, options.seed);
  std::string inside = lines[0];
  std::string outside = lines[0];
  for (std::size_t i = 0; i < sample.size(); ++i)
    (sample[i] != 0 ? inside : outside) += lines[i + 1];

  const TrainResult whole = train_text(csv, options);
  REQUIRE(whole.validation);
  TrainOptions no_holdout;
  no_holdout.test_size = 0;
  const TrainResult part = train_text(outside, no_holdout);
  CHECK_FALSE(part.validation);
  CHECK(part.model.metrics.empty());
  const testing::TemporaryFolder folder;
  write_file(folder.file("inside.csv"), inside);
  const auto measured =
      pipeline::evaluate_file(part.model, folder.file("inside.csv"), std::nullopt, 1)
          .measures.named;
  const auto reported = whole.validation->metrics;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    CAPTURE(measured[i].first);
    CHECK(reported[i].first == measured[i].first);
    CHECK(reported[i].second == Approx(measured[i].second).epsilon(1e-9));
  }
}

TEST_CASE("Without both classes on both sides there is no holdout", "[pipeline]") {
  const TrainResult tiny = train_text("x,y\n1,0\n2,1\n3,0\n", with_target("y"));
  CHECK_FALSE(tiny.validation);
  CHECK(tiny.model.metrics.empty());
  CHECK(tiny.model.training.converged);
}

TEST_CASE("A number too large to compute with is an error, not a ruined model", "[pipeline]") {
  std::string csv = "x,y\n";
  for (int i = 0; i < 30; ++i)
    csv += (i % 2 == 0 ? "5e161," : "-5e161,") + std::to_string(i % 3 % 2) + "\n";
  CHECK(complaint(csv, with_target("y")) ==
        "data: data.csv: column 'x': has a number beyond 1e150; leave the column out");
}

TEST_CASE("Where a column lies changes neither its coefficient nor a standard error",
          "[pipeline]") {
  const auto train_around = [](std::int64_t origin) {
    std::string csv = "when,y\n";
    for (std::int64_t i = 0; i < 80; ++i) {
      const std::int64_t tick = i * 37 % 80;
      csv += std::to_string(origin + 25 * tick) + (tick * 3 % 100 > 40 ? ",1\n" : ",0\n");
    }
    return train_text(csv, with_target("y")).model;
  };
  const model::Model near = train_around(0);
  const std::int64_t origin = 1'600'000'000'000;  // milliseconds: the square is 1e18 variances
  const model::Model far = train_around(origin);
  CHECK(far.training.converged);
  CHECK(far.coefficients[0][0] == Approx(near.coefficients[0][0]).epsilon(1e-9));
  CHECK(far.inference.standard_errors[0][0] ==
        Approx(near.inference.standard_errors[0][0]).epsilon(1e-9));
  // So far away the intercept is known as badly as the slope lets it be.
  CHECK(far.inference.intercept_standard_errors[0] ==
        Approx(static_cast<double>(origin) * far.inference.standard_errors[0][0]).epsilon(1e-6));
  CHECK(near.inference.intercept_standard_errors[0] > 0);
}

TEST_CASE("A dry run infers what training would", "[pipeline]") {
  const auto [columns, dry] = pipeline::infer_files({data::file_input(testing::kTitanic)}, {});
  CHECK(columns.size() == 11);
  CHECK(columns.front() == "PassengerId");
  CHECK(dry.schema.feature_names() == Names{"Age", "Sex", "Embarked"});
  CHECK(dry.schema.target.counts == std::vector<std::uint64_t>{817, 500});
}

TEST_CASE("Folds measure every row once, with a model of the others", "[pipeline]") {
  TrainOptions options = with_target("y");
  options.folds = 5;
  const TrainResult result = train_text(small_csv(), options);
  REQUIRE(result.validation);
  CHECK(result.validation->folds == 5);
  CHECK(result.validation->scored.targets.size() == result.validation->scored.scores.rows());
  double rows = 0;
  for (const double weight : result.validation->scored.weights) rows += weight;
  CHECK(rows == 60);
  CHECK(result.model.metrics_deviations.size() == result.model.metrics.size());
  options.threads = 4;
  CHECK(model::to_text(train_text(small_csv(), options).model) ==
        model::to_text(train_text(small_csv(), TrainOptions(options)).model));
}

TEST_CASE("A search takes the penalty with the smallest loss on the folds", "[pipeline]") {
  TrainOptions options = with_target("y");
  options.search_C = {0.001, 1, 100};
  const TrainResult result = train_text(small_csv(), options);
  REQUIRE(result.search);
  REQUIRE(result.search->trials.size() == 3);
  for (const pipeline::Trial& trial : result.search->trials)
    CHECK(trial.mean >= result.search->trials[result.search->best].mean);
  const double best = result.search->trials[result.search->best].penalty.C;
  TrainOptions chosen = with_target("y");
  chosen.penalty.C = best;
  CHECK(train_text(small_csv(), chosen).model.coefficients == result.model.coefficients);
  options.threads = 3;
  CHECK(model::to_text(train_text(small_csv(), options).model) == model::to_text(result.model));
}

TEST_CASE("Sample weights count rows", "[pipeline]") {
  std::string weighted = "x,w,y\n";
  std::string repeated = "x,y\n";
  for (int i = 0; i < 40; ++i) {
    const std::string x = std::to_string(i * 13 % 17);
    const std::string y = i % 3 == 0 ? "1" : "0";
    weighted += x + "," + std::to_string(i % 4) + "," + y + "\n";
    for (int copy = 0; copy < i % 4; ++copy) repeated += x + "," + y + "\n";
  }
  TrainOptions options = with_target("y");
  options.test_size = 0;
  const model::Model plain = train_text(repeated, options).model;
  options.sample_weight = "w";
  const model::Model by_weight = train_text(weighted, options).model;
  CHECK(by_weight.schema.feature_names() == Names{"x"});
  CHECK(by_weight.coefficients[0][0] == Approx(plain.coefficients[0][0]).epsilon(1e-9));
  CHECK(by_weight.intercepts[0] == Approx(plain.intercepts[0]).epsilon(1e-9));
  CHECK(complaint("x,w,y\n1,2,0\n2,-1,1\n3,1,0\n", options) ==
        "data: data.csv:3: column 'w': a sample weight is a number of 0 or more");
}

TEST_CASE("Without a penalty separated data are an error that names the columns", "[pipeline]") {
  TrainOptions options = with_target("y");
  options.penalty.kind = estimators::PenaltyKind::none;
  const std::string message =
      complaint("x,z,y\n1,3,0\n2,1,0\n3,4,0\n4,1,1\n5,5,1\n6,2,1\n", options);
  CHECK(message.find("without a penalty some coefficients have no finite value (NA)") !=
        std::string::npos);
  CHECK(message.find("x") != std::string::npos);
}

TEST_CASE("Without a penalty a column that says what others say is NA", "[pipeline]") {
  std::string csv = "a,b,y\n";
  for (int i = 0; i < 30; ++i) {
    csv += std::to_string(i) + "," + std::to_string(2 * i + 1) + "," +
           (i * 7 % 10 < 4 ? "1" : "0") + "\n";
  }
  TrainOptions options = with_target("y");
  options.penalty.kind = estimators::PenaltyKind::none;
  const model::Model model = train_text(csv, options).model;
  CHECK(std::isfinite(model.coefficients[0][0]));
  CHECK(std::isnan(model.coefficients[0][1]));
  CHECK(std::isnan(model.inference.standard_errors[0][1]));
  CHECK(model::from_text(model::to_text(model), "m.json").golden_rows.size() == 5);
}

TEST_CASE("A row of weight 0 is as if it were not there", "[pipeline]") {
  std::string all = "x,w,y\n";
  std::string some = "x,w,y\n";
  for (int i = 0; i < 60; ++i) {
    const std::string row = std::to_string(i % 5) + "," + std::to_string(i % 3) + "," +
                            std::to_string((i * 7 % 11) / 2.0) + "\n";
    all += row;
    if (i % 3 != 0) some += row;
  }
  TrainOptions options = with_target("y");
  options.task = features::Task::regression;
  options.sample_weight = "w";
  options.test_size = 0;
  const model::Model a = train_text(all, options).model;
  const model::Model b = train_text(some, options).model;
  CHECK(a.coefficients[0][0] == Approx(b.coefficients[0][0]).epsilon(1e-12));
  CHECK(a.inference.standard_errors[0][0] ==
        Approx(b.inference.standard_errors[0][0]).epsilon(1e-12));
  for (std::size_t i = 0; i < a.inference.statistics.size(); ++i) {
    CAPTURE(a.inference.statistics[i].first);
    CHECK(a.inference.statistics[i].second ==
          Approx(b.inference.statistics[i].second).epsilon(1e-12));
  }
}

TEST_CASE("A class is said to separate when its range is apart from all others", "[pipeline]") {
  const auto notes = [](int b_from) {
    std::string csv = "x,y\n";
    for (int i = 0; i < 11; ++i) {
      csv += std::to_string(i) + ",a\n" + std::to_string(b_from + i % 2) + ",b\n" +
             std::to_string(5 + i % 2) + ",c\n";
    }
    return train_text(csv, with_target("y")).model.inference.warnings;
  };
  CHECK(notes(1).size() == 1);   // inside the range of a
  CHECK(notes(20).size() == 2);  // beyond it
}
