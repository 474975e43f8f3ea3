#include "pipeline/replay.hpp"

#include <memory>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "data/byte_source.hpp"
#include "features/json_rows.hpp"
#include "features/parsed_rows.hpp"
#include "model/scorer.hpp"
#include "pipeline/recording.hpp"
#include "pipeline/replay_output.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"

using mlserve::Error;
using mlserve::ErrorKind;
using mlserve::data::Input;
using mlserve::pipeline::FileFormat;
using mlserve::pipeline::Recording;
using mlserve::pipeline::replay;
using mlserve::pipeline::ReplayedRow;
using mlserve::pipeline::ReplayFormatter;
using mlserve::pipeline::ReplayOptions;
using mlserve::pipeline::ReplayResult;
using mlserve::testing::error_kind_of;
using mlserve::testing::error_of;
using mlserve::testing::small_model;
namespace features = mlserve::features;
namespace model = mlserve::model;
namespace pipeline = mlserve::pipeline;
using Outcome = ReplayedRow::Outcome;

namespace {

const std::vector<std::string> kRecords = {
    R"({"age":10,"sex":"female"})", R"({"age":80,"sex":"male"})", R"({"age":"33","sex":null})"};

/// What `answers` says of `records`, as a server would record it.
Recording record(const model::Model& answers, const std::string& id,
                 const std::vector<std::string>& records = kRecords) {
  const model::Scorer scorer(answers);
  features::ParsedRows parsed;
  parsed.start(answers.schema);
  features::JsonRowParser parser(answers.schema);
  for (const std::string& text : records) parser.parse(text, parsed);
  model::Scores scores;
  scorer.score(parsed.rows, scores);
  Recording recording;
  recording.time = "2026-11-23T00:00:00.000Z";
  recording.request_id = id;
  recording.route = "/predict";
  recording.model = "ship";
  recording.version = "1";
  pipeline::add_rows(answers, scorer, records, scores, recording);
  return recording;
}

std::string text_of(const std::vector<Recording>& recordings) {
  std::string text;
  for (const Recording& recording : recordings) pipeline::append_lines(recording, text);
  return text;
}

Input input(const std::string& text, const std::string& name = "a.jsonl") {
  return {name, [&text] { return mlserve::data::memory_source(text); }, true, {}};
}

ReplayResult replay_text(const model::Model& model, const std::string& text,
                         const ReplayOptions& options = {},
                         const std::function<void(const ReplayedRow&)>& take = {}) {
  const std::vector<Input> inputs = {input(text)};
  return replay(model, inputs, options, take);
}

/// The small model with another intercept, so that some answers change.
model::Model shifted(double by) {
  model::Model model = small_model();
  model.intercepts[0] += by;
  return model;
}

model::Model of_numbers(double intercept = 0) {
  features::Target target{"fare", features::TargetType::real, {}, {}};
  target.task = features::Task::regression;
  target.maximum = 10;
  model::Model model =
      mlserve::testing::make_model({mlserve::testing::number("age", 0, 90),
                                    mlserve::testing::categories("sex", {"female", "male"})},
                                   target);
  model.estimator = model::Estimator::linear;
  model.intercepts[0] = intercept;
  return model;
}

}  // namespace

TEST_CASE("A model answers what it had answered itself", "[pipeline]") {
  const ReplayResult result =
      replay_text(small_model(), text_of({record(small_model(), "a"), record(small_model(), "b")}));
  CHECK(result.name == "ship");
  CHECK(result.versions == std::map<std::string, std::uint64_t>{{"1", 6}});
  CHECK(result.requests == 2);
  CHECK(result.rows == 6);
  CHECK(result.same == 6);
  CHECK(result.largest_difference == 0);
  CHECK(result.examples.empty());
  CHECK(result.changed_share() == 0);
}

TEST_CASE("Replay counts what changed by class, and shows the largest change first", "[pipeline]") {
  std::vector<ReplayedRow> rows;
  ReplayOptions options;
  options.examples = 2;
  const ReplayResult result =
      replay_text(shifted(-50), text_of({record(shifted(50), "a"), record(small_model(), "b")}),
                  options, [&](const ReplayedRow& row) { rows.push_back(row); });
  REQUIRE(rows.size() == 6);
  CHECK(result.rows == 6);
  CHECK(result.classes.at({"1", "0"}) == result.changed);
  CHECK(result.changed >= 3);
  double sum = 0;
  double largest = 0;
  for (const ReplayedRow& row : rows) {
    CHECK(row.answer == "0");
    CHECK(row.difference ==
          Approx(std::abs(row.recorded_probabilities[1] - row.probabilities[1])).epsilon(1e-12));
    sum += row.difference;
    largest = std::max(largest, row.difference);
  }
  CHECK(result.largest_difference == largest);
  CHECK(result.mean_difference == Approx(sum / 6).epsilon(1e-12));
  REQUIRE(result.examples.size() == 2);
  CHECK(result.examples[0].difference == largest);
  CHECK(result.examples[1].difference <= largest);
  CHECK(result.examples[0].request_id == "a");
  CHECK(result.examples[0].line == 1);
  CHECK(result.examples[0].input == "a.jsonl");
  CHECK(result.changed_share() == static_cast<double>(result.changed) / 6);
}

TEST_CASE("Classes are compared by name: a model may have others, in another order", "[pipeline]") {
  model::Model other = small_model();
  other.schema.target.classes = {"1", "2"};
  std::vector<ReplayedRow> rows;
  replay_text(other, text_of({record(small_model(), "a")}), {},
              [&](const ReplayedRow& row) { rows.push_back(row); });
  const Recording recorded = record(small_model(), "a");
  REQUIRE(rows.size() == 3);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // The class 0 is gone, 1 is the first one, 2 is new.
    const double zero = recorded.row(i)[0];
    const double one = recorded.row(i)[1];
    CHECK(rows[i].recorded_probabilities == std::vector<double>{one, 0});
    CHECK(rows[i].difference ==
          std::max({zero, std::abs(one - rows[i].probabilities[0]), rows[i].probabilities[1]}));
  }
}

TEST_CASE("Predicted numbers are the same within the tolerance", "[pipeline]") {
  const std::string text = text_of({record(of_numbers(100), "a")});
  ReplayOptions options;
  CHECK(replay_text(of_numbers(100), text, options).same == 3);
  CHECK(replay_text(of_numbers(101), text, options).changed == 3);
  options.tolerance = 0.5;
  const ReplayResult result = replay_text(of_numbers(101), text, options);
  CHECK(result.same == 3);
  CHECK(result.mean_difference == Approx(1).epsilon(1e-9));
  CHECK(result.classes.empty());
}

TEST_CASE("Rows that the new model refuses are counted by reason", "[pipeline]") {
  const model::Model newer = mlserve::testing::make_model(
      {mlserve::testing::number("age", 0, 90), mlserve::testing::number("sex", 0, 1)},
      {"survived", features::TargetType::integer, {"0", "1"}, {6, 4}});
  std::vector<ReplayedRow> rows;
  const ReplayResult result =
      replay_text(newer, text_of({record(small_model(), "a"), record(small_model(), "b")}), {},
                  [&](const ReplayedRow& row) { rows.push_back(row); });
  CHECK(result.rows == 6);
  CHECK(result.refused == 4);
  REQUIRE(result.refusals.size() == 2);
  const pipeline::Refused& refused = result.refusals.at("field 'sex': \"female\" is not a number");
  CHECK(refused.rows == 2);
  CHECK(refused.first == "a.jsonl:1");
  CHECK(rows[0].outcome == Outcome::refused);
  CHECK(rows[0].answer.empty());
  CHECK(rows[2].outcome != Outcome::refused);
  CHECK(result.changed_share() >= 4.0 / 6);
}

TEST_CASE("Ever new reasons take no memory for ever", "[pipeline]") {
  const model::Model newer =
      mlserve::testing::make_model({mlserve::testing::number("sex", 0, 1)},
                                   {"survived", features::TargetType::integer, {"0", "1"}, {6, 4}});
  std::vector<std::string> records;
  for (int i = 0; i < 100; ++i) records.push_back("{\"sex\":\"x" + std::to_string(i) + "\"}");
  const ReplayResult result = replay_text(newer, text_of({record(small_model(), "a", records)}));
  CHECK(result.refused == 100);
  CHECK(result.refusals.size() == 20);
  CHECK(result.refused_otherwise == 80);
}

TEST_CASE("What was not recorded is said, above all what the new model would use", "[pipeline]") {
  Recording recording = record(small_model(), "a", {R"({"sex":"female"})"});
  recording.omitted = {"Name", "age"};
  const ReplayResult result = replay_text(small_model(), text_of({recording}));
  CHECK(result.omitted == std::set<std::string>{"Name", "age"});
  CHECK(result.omitted_features == std::set<std::string>{"age"});
}

TEST_CASE("A request that takes several lines is one request", "[pipeline]") {
  Recording second = record(small_model(), "a");
  second.first_row = 3;
  std::vector<ReplayedRow> rows;
  const ReplayResult result =
      replay_text(small_model(), text_of({record(small_model(), "a"), second}), {},
                  [&](const ReplayedRow& row) { rows.push_back(row); });
  CHECK(result.requests == 1);
  REQUIRE(rows.size() == 6);
  CHECK(rows[5].row == 5);
  CHECK(rows[5].line == 2);
}

TEST_CASE("Recordings of several models want a name, several files are one recording",
          "[pipeline]") {
  Recording other = record(of_numbers(), "b");
  other.model = "fares";
  const std::string ship = text_of({record(small_model(), "a")});
  const std::string fares = text_of({other});
  const std::vector<Input> inputs = {input(ship, "one"), input(fares, "two")};
  const auto error = error_of([&] { replay(small_model(), inputs, {}); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::invalid_argument);
  CHECK(std::string(error->what()) ==
        "two:1: has answers of 'fares', the lines before of 'ship'; choose one with --name");
  ReplayOptions named;
  named.name = "fares";
  const ReplayResult result = replay(of_numbers(), inputs, named);
  CHECK(result.rows == 3);
  CHECK(result.other_lines == 1);
  named.name = "none";
  CHECK(error_kind_of([&] { replay(of_numbers(), inputs, named); }) == ErrorKind::invalid_data);
}

TEST_CASE("Classes and numbers cannot be compared", "[pipeline]") {
  CHECK(error_kind_of([&] { replay_text(of_numbers(), text_of({record(small_model(), "a")})); }) ==
        ErrorKind::invalid_argument);
  CHECK(error_kind_of([&] { replay_text(small_model(), text_of({record(of_numbers(), "a")})); }) ==
        ErrorKind::invalid_argument);
}

TEST_CASE("Nothing but damage is no recording", "[pipeline]") {
  CHECK(error_kind_of([&] { replay_text(small_model(), "age,sex\n3,male\n"); }) ==
        ErrorKind::invalid_data);
  CHECK(error_kind_of([&] { replay_text(small_model(), ""); }) == ErrorKind::invalid_data);
}

TEST_CASE("Replayed rows are written as CSV and as JSON Lines", "[pipeline]") {
  ReplayedRow row;
  row.outcome = Outcome::changed;
  row.request_id = "a,b";
  row.row = 2;
  row.recorded = "0";
  row.answer = "1";
  row.difference = 0.25;
  row.recorded_probabilities = {0.5, 0.5};
  row.probabilities = {0.25, 0.75};
  ReplayedRow refused = row;
  refused.outcome = Outcome::refused;
  refused.answer.clear();
  refused.probabilities.clear();
  refused.recorded = "gone";
  refused.reason = "field 'age': \"old\" is not a number";
  const features::Target target = small_model().schema.target;
  const auto written = [&](FileFormat format) {
    const ReplayFormatter formatter(target, format);
    std::string text = formatter.header();
    formatter.append(row, text);
    formatter.append(refused, text);
    return text;
  };
  CHECK(written(FileFormat::csv) ==
        "request_id,row,recorded,new,difference,reason,recorded_probability_0,"
        "recorded_probability_1,new_probability_0,new_probability_1\n"
        "\"a,b\",2,0,1,0.25,,0.5,0.5,0.25,0.75\n"
        "\"a,b\",2,gone,,,\"field 'age': \"\"old\"\" is not a number\",0.5,0.5,,\n");
  CHECK(written(FileFormat::jsonl) ==
        R"({"request_id":"a,b","row":2,"recorded":0,"new":1,"difference":0.25,)"
        R"("recorded_probabilities":{"0":0.5,"1":0.5},"new_probabilities":{"0":0.25,"1":0.75}})"
        "\n"
        R"({"request_id":"a,b","row":2,"recorded":"gone",)"
        R"("reason":"field 'age': \"old\" is not a number","recorded_probabilities":)"
        R"({"0":0.5,"1":0.5}})"
        "\n");
}
