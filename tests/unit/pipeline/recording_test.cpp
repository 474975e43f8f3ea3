#include "pipeline/recording.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "support/catch_shim.hpp"

#include "data/byte_source.hpp"
#include "features/json_rows.hpp"
#include "features/parsed_rows.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"

using mlserve::ErrorKind;
using mlserve::data::memory_source;
using mlserve::pipeline::add_rows;
using mlserve::pipeline::append_lines;
using mlserve::pipeline::Recording;
using mlserve::pipeline::RecordingReader;
using mlserve::testing::error_of;
namespace features = mlserve::features;
namespace model = mlserve::model;

namespace {

Recording of_classes() {
  Recording recording;
  recording.time = "2026-11-23T00:45:42.017Z";
  recording.request_id = "id \"1\"";
  recording.route = "/predict";
  recording.model = "titanic";
  recording.version = "3";
  recording.records = {R"({"age":22,"sex":"male"})", R"({"age":null,"\n":[1,{"a":"é"}]})"};
  recording.classes = {"0", "x,\"y\""};
  recording.labels = {1, 0};
  recording.values = {0.1, 0.9, 1.0 / 3, 2.0 / 3};
  return recording;
}

std::string lines_of(const Recording& recording) {
  std::string lines;
  append_lines(recording, lines);
  return lines;
}

/// All that a reader finds in `text`.
std::vector<Recording> read_all(const std::string& text) {
  RecordingReader reader(memory_source(text), "a.jsonl");
  std::vector<Recording> all;
  for (Recording next; reader.next(next);) all.push_back(next);
  return all;
}

}  // namespace

TEST_CASE("A recording of a classifier is one line of RECORDING.md", "[pipeline]") {
  CHECK(lines_of(of_classes()) ==
        R"({"time":"2026-11-23T00:45:42.017Z","request_id":"id \"1\"","route":"/predict",)"
        R"("model":"titanic","version":"3","records":[{"age":22,"sex":"male"},)"
        R"({"age":null,"\n":[1,{"a":"é"}]}],"predictions":["x,\"y\"","0"],)"
        R"("classes":["0","x,\"y\""],"probabilities":[[0.1,0.9],)"
        R"([0.3333333333333333,0.6666666666666666]]})"
        "\n");
}

TEST_CASE("What was recorded is read back, exactly", "[pipeline]") {
  Recording recording = of_classes();
  recording.omitted = {"Name", "Ticket"};
  recording.first_row = 17;
  const std::vector<Recording> all = read_all(lines_of(recording) + lines_of(of_classes()));
  REQUIRE(all.size() == 2);
  const Recording& read = all[0];
  CHECK(read.time == recording.time);
  CHECK(read.request_id == recording.request_id);
  CHECK(read.route == recording.route);
  CHECK(read.model == recording.model);
  CHECK(read.version == recording.version);
  CHECK(read.omitted == recording.omitted);
  CHECK(read.first_row == 17);
  CHECK(read.records == recording.records);
  CHECK(read.classes == recording.classes);
  CHECK(read.labels == recording.labels);
  CHECK(read.values == recording.values);
  CHECK(all[1].omitted.empty());
  CHECK(all[1].first_row == 0);
}

TEST_CASE("Predicted numbers are recorded as numbers, none as null", "[pipeline]") {
  Recording recording = of_classes();
  recording.classes = {};
  recording.labels = {};
  recording.values = {0.1, std::numeric_limits<double>::infinity()};
  const std::string line = lines_of(recording);
  CHECK(line.find(R"("predictions":[0.1,null]})") != std::string::npos);
  const std::vector<Recording> all = read_all(line);
  REQUIRE(all.size() == 1);
  CHECK(all[0].values[0] == 0.1);
  CHECK(std::isnan(all[0].values[1]));
}

TEST_CASE("A request of many rows takes several lines that say where they begin", "[pipeline]") {
  Recording recording = of_classes();
  recording.records.assign(5000, "{\"text\":\"" + std::string(1000, 'x') + "\"}");
  recording.labels.assign(5000, 1);
  recording.values.assign(10'000, 0.5);
  const std::string lines = lines_of(recording);
  const std::vector<Recording> all = read_all(lines);
  CHECK(all.size() > 4);
  std::uint64_t rows = 0;
  for (const Recording& part : all) {
    CHECK(part.first_row == rows);
    rows += part.records.size();
  }
  CHECK(rows == 5000);
  CHECK(lines.size() / all.size() < (std::size_t{2} << 20));
}

TEST_CASE("Scored rows are recorded with what the model gave for them", "[pipeline]") {
  const model::Model small = mlserve::testing::small_model();
  const model::Scorer scorer(small);
  const std::vector<std::string> records = {R"({"age":10,"sex":"female"})",
                                            R"({"age":80,"sex":"male"})"};
  features::ParsedRows parsed;
  parsed.start(small.schema);
  features::JsonRowParser parser(small.schema);
  for (const std::string& record : records) parser.parse(record, parsed);
  model::Scores scores;
  scorer.score(parsed.rows, scores);
  Recording recording;
  add_rows(small, scorer, records, scores, recording);
  add_rows(small, scorer, records, scores, recording);
  CHECK(recording.classes == std::vector<std::string>{"0", "1"});
  REQUIRE(recording.records.size() == 4);
  CHECK(recording.records[3] == records[1]);
  REQUIRE(recording.values.size() == 8);
  CHECK(recording.row(2)[1] == scores.values[0]);
  CHECK(recording.row(3)[0] == 1 - scores.values[1]);
  CHECK(recording.labels[2] == scorer.label(scores.row(0)));
}

TEST_CASE("Lines that a killed process left in the middle are passed over", "[pipeline]") {
  const std::string line = lines_of(of_classes());
  const std::string text = line + line.substr(0, 100) + "\n" + line + line.substr(0, 50);
  RecordingReader reader(memory_source(text), "a.jsonl");
  Recording next;
  CHECK(reader.next(next));
  CHECK(reader.line() == 1);
  CHECK(reader.next(next));
  CHECK(reader.line() == 3);
  CHECK_FALSE(reader.next(next));
  CHECK(reader.damaged() == 2);
}

TEST_CASE("JSON that is no recording is an error that names the line and the member",
          "[pipeline]") {
  const std::string line = lines_of(of_classes());
  const auto replaced = [&](const std::string& part, const std::string& by) {
    std::string other = line;
    return other.replace(other.find(part), part.size(), by);
  };
  const auto message = [&](const std::string& bad) {
    const auto error = error_of([&] { read_all(line + bad + "\n"); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::invalid_data);
    return std::string(error->what());
  };
  const std::string begin = "a.jsonl:2: is no recorded request: ";
  CHECK(message("[1]") == begin + "no object");
  CHECK(message("{}") == begin + "its 'time' makes no sense");
  CHECK(message(replaced("\"titanic\"", "7")) == begin + "its 'model' makes no sense");
  CHECK(message(replaced("\"records\":[", "\"records\":[1,")) ==
        begin + "its 'records' makes no sense");
  CHECK(message(replaced("\"records\":[", "\"records\":[{},")) ==
        begin + "its 'predictions' makes no sense");
  CHECK(message(replaced("\"predictions\":[\"x", "\"predictions\":[\"z")) ==
        begin + "its 'predictions' makes no sense");
  CHECK(message(replaced("[0.1,0.9]", "[0.1]")) == begin + "its 'probabilities' makes no sense");
  CHECK(message(replaced("[0.1,0.9]", "[0.1,\"\"]")) ==
        begin + "its 'probabilities' makes no sense");
  CHECK(message(replaced("\"records\"", "\"first_row\":-1,\"records\"")) ==
        begin + "its 'first_row' makes no sense");
}

TEST_CASE("Members that a reader does not know, and other orders and blanks, are no error",
          "[pipeline]") {
  const std::vector<Recording> all =
      read_all(R"({ "x": {"y": 1}, "predictions": [1.5], "records": [ {"a": 1 } ], "version": "1",)"
               R"( "model": "m", "route": "/", "request_id": "i", "time": "t" })");
  REQUIRE(all.size() == 1);
  CHECK(all[0].records == std::vector<std::string>{R"({"a":1})"});
  CHECK(all[0].values == std::vector<double>{1.5});
}
