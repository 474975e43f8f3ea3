#include "pipeline/predict_file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "data/byte_source.hpp"
#include "data/csv_reader.hpp"
#include "support/errors.hpp"
#include "support/schemas.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve::pipeline;
using mlserve::ErrorKind;
using mlserve::model::Model;
using mlserve::testing::error_of;
using mlserve::testing::TemporaryFolder;

namespace {

/// Positive when Age exceeds 50; a missing Age counts as 40. Women are positive at 30.
Model passenger_model() {
  Model model;
  model.schema = mlserve::testing::passenger_schema();
  std::vector<mlserve::features::FeatureEncoding> encodings =
      mlserve::testing::plain_encoder(model.schema).encodings();
  encodings[0].fill = 40;
  model.encoder = mlserve::features::Encoder(encodings);
  model.columns = mlserve::features::design_columns(model.schema, model.encoder);
  // Age, Embarked_C, Embarked_Q, Embarked_S, Sex_female, Sex_male
  model.coefficients = {{0.5, 0, 0, 0, 10, 0}};
  model.intercepts = {-25};
  model.means.assign(6, 0.0);
  return model;
}

/// Runs in a folder of its own: `input` is in in.<ending>, the output goes to `out`.
class Run {
 public:
  explicit Run(const std::string& ending, std::string_view input) {
    options.input = folder_.file("in." + ending);
    options.output = folder_.file("out");
    std::ofstream(options.input, std::ios::binary) << input;
  }

  PredictSummary predict() { return predict_file(model_, options); }
  std::string output() {
    predict();
    return content(options.output);
  }
  /// The message of the error, without the folder's name.
  std::string complaint() {
    const auto error = error_of([&] { predict(); });
    if (!error) return "";
    kind = error->kind();
    const std::string message = error->what();
    return message.substr(message.rfind('/') + 1);
  }
  std::string content(const std::string& path) const {
    std::stringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  std::string rejects_path() const { return folder_.file("rejects"); }
  std::size_t files() const {
    const std::filesystem::directory_iterator begin(folder_.path());
    return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
  }

  PredictFileOptions options;
  ErrorKind kind = ErrorKind::internal;

 private:
  TemporaryFolder folder_;
  Model model_ = passenger_model();
};

constexpr std::string_view kCsv =
    "id,Age,Sex,Embarked\n7,60,male,S\n\"a,b\",20,male,S\n,40,female,Z\n";
constexpr std::string_view kList = R"([{"id":7,"Age":60,"Sex":"male"},
{"id":"a,b","Age":20,"Sex":"male"},{"Age":40,"Sex":"female","Embarked":"Z"}])";
constexpr std::string_view kLines =
    "{\"id\":7,\"Age\":60,\"Sex\":\"male\"}\n{\"id\":\"a,b\",\"Age\":20,\"Sex\":\"male\"}\n"
    "{\"Age\":40,\"Sex\":\"female\",\"Embarked\":\"Z\"}\n";

/// The three passengers in each format.
std::string_view passengers(std::string_view format) {
  return format == "csv" ? kCsv : (format == "json" ? kList : kLines);
}

constexpr std::string_view kBadCsv =
    "id,Age,Sex,Embarked\n1,60,male,S\n2,old,male,S\n3,70\n4,20,male,S\n";
constexpr std::string_view kBadLines =
    "{\"id\":1,\"Age\":60}\n{\"id\":2,\"Age\":\"old\"}\n{\"id\":3,\"Age\":\n{\"id\":4,\"Age\":20}"
    "\n";

}  // namespace

TEST_CASE("Predictions have the format of the input unless another is chosen", "[pipeline]") {
  for (const std::string input : {"csv", "json", "jsonl"}) {
    CHECK(Run("csv", kCsv).output() == "prediction\n1\n0\n1\n");
    CHECK(Run("json", kList).output() == "{\"prediction\":[1,0,1]}\n");
    CHECK(Run("jsonl", kLines).output() ==
          "{\"prediction\":1}\n{\"prediction\":0}\n{\"prediction\":1}\n");
    Run run(input, passengers(input));
    run.options.format = FileFormat::csv;
    CHECK(run.output() == "prediction\n1\n0\n1\n");
    run.options.format = FileFormat::json;
    CHECK(run.output() == "{\"prediction\":[1,0,1]}\n");
  }
}

TEST_CASE("A single JSON record has a list of one prediction", "[pipeline]") {
  CHECK(Run("json", R"({"Age":60})").output() == "{\"prediction\":[1]}\n");
}

TEST_CASE("The format of the input can be said, and must be clear", "[pipeline]") {
  Run run("txt", kLines);
  CHECK(run.complaint() ==
        "in.txt: its format is not clear from its name; say --input-format json, jsonl or csv");
  CHECK(run.kind == ErrorKind::invalid_argument);
  run.options.input_format = FileFormat::jsonl;
  CHECK(run.output().substr(0, 17) == "{\"prediction\":1}\n");
}

TEST_CASE("Kept values pass through: texts, numbers, null", "[pipeline]") {
  for (const std::string input : {"csv", "json", "jsonl"}) {
    Run run(input, passengers(input));
    run.options.keep = {"id"};
    run.options.format = FileFormat::csv;
    CHECK(run.output() == "id,prediction\n7,1\n\"a,b\",0\n,1\n");
    run.options.format = FileFormat::json;
    CHECK(run.output() == "{\"id\":[7,\"a,b\",null],\"prediction\":[1,0,1]}\n");
    run.options.format = FileFormat::jsonl;
    CHECK(run.output() ==
          "{\"id\":7,\"prediction\":1}\n{\"id\":\"a,b\",\"prediction\":0}\n{\"id\":null,"
          "\"prediction\":1}\n");
  }
}

TEST_CASE("Probabilities of both classes stand beside the prediction", "[pipeline]") {
  Run run("csv", "Age,Sex,Embarked\n50,male,S\n,male,S\n");
  run.options.probabilities = true;
  // A margin of 0 is a probability of exactly one half, and a tie goes to the first class.
  const std::string half = run.output().substr(0, 53);
  CHECK(half == "prediction,probability_0,probability_1\n0,0.5,0.5\n0,0.");
  run.options.format = FileFormat::json;
  CHECK(run.output().find(
            "{\"prediction\":[0,0],\"probabilities\":[{\"0\":0.5,\"1\":0.5},{\"0\":0.99") == 0);
  run.options.format = FileFormat::jsonl;
  CHECK(run.output().find("{\"prediction\":0,\"probabilities\":{\"0\":0.5,\"1\":0.5}}\n") == 0);
}

TEST_CASE("The first row that cannot be scored is an error, and no file appears", "[pipeline]") {
  for (const auto& [ending, text, place] :
       {std::tuple("csv", kBadCsv, "in.csv:3: column 'Age': "),
        std::tuple("jsonl", kBadLines, "in.jsonl:2: field 'Age': ")}) {
    Run run(ending, text);
    run.options.rejects = run.rejects_path();
    CHECK(run.complaint() == std::string(place) + "\"old\" is not a number");
    CHECK(run.kind == ErrorKind::invalid_data);
    CHECK(run.files() == 1);
  }
}

TEST_CASE("An output that is there stays as it is when a run fails", "[pipeline]") {
  Run run("csv", kBadCsv);
  std::ofstream(run.options.output) << "old";
  CHECK_FALSE(run.complaint().empty());
  CHECK(run.content(run.options.output) == "old");
  CHECK(run.files() == 2);
}

TEST_CASE("Bad rows can be skipped, and listed with their reasons", "[pipeline]") {
  Run run("csv", kBadCsv);
  run.options.on_error = OnError::skip;
  run.options.keep = {"id"};
  run.options.rejects = run.rejects_path();
  CHECK(run.output() == "id,prediction\n1,1\n4,0\n");
  const std::string path = run.options.input;
  CHECK(run.content(run.rejects_path()) ==
        "number,reason\n3,\"" + path + ":3: column 'Age': \"\"old\"\" is not a number\"\n4," +
            path + ":4: has 2 fields where the header has 4\n");
  const PredictSummary summary = run.predict();
  CHECK(summary.rows == 4);
  CHECK(summary.rejected == 2);
  CHECK(summary.warnings[0].missing == 0);
}

TEST_CASE("Bad rows can be null", "[pipeline]") {
  Run run("jsonl", kBadLines);
  run.options.on_error = OnError::null;
  CHECK(run.output() ==
        "{\"prediction\":1}\n{\"prediction\":null}\n{\"prediction\":null}\n{\"prediction\":0}\n");
  run.options.format = FileFormat::json;
  run.options.probabilities = true;
  CHECK(run.output().find("{\"prediction\":[1,null,null,0],\"probabilities\":[{") == 0);
  CHECK(run.output().find("},null,null,{") != std::string::npos);
  run.options.format = FileFormat::csv;
  run.options.keep = {"id"};
  CHECK(run.output().find("id,prediction,probability_0,probability_1\n1,1,") == 0);
  CHECK(run.output().find("\n2,,,\n,,,\n4,0,") != std::string::npos);
}

TEST_CASE("A null that is a whole line of CSV is no blank line", "[pipeline]") {
  Run run("csv", kBadCsv);
  run.options.on_error = OnError::null;
  CHECK(run.output() == "prediction\n1\n\"\"\n\"\"\n0\n");
}

TEST_CASE("A row with two bad values is rejected once, for two reasons", "[pipeline]") {
  Run run("json", R"([{"Age":"old","Sex":[]},{"Age":60}])");
  run.options.on_error = OnError::skip;
  run.options.rejects = run.rejects_path();
  CHECK(run.predict().rejected == 1);
  const std::string rejects = run.content(run.rejects_path());
  CHECK(std::count(rejects.begin(), rejects.end(), '\n') == 3);
}

TEST_CASE("No rows have no predictions, in every format", "[pipeline]") {
  Run csv("csv", "Age,Sex,Embarked\n");
  CHECK(csv.output() == "prediction\n");
  Run list("json", "[]");
  list.options.keep = {"id"};
  CHECK(list.output() == "{\"id\":[],\"prediction\":[]}\n");
  CHECK(Run("jsonl", "").output().empty());
}

TEST_CASE("Columns that would have one name in the output are refused", "[pipeline]") {
  Run run("csv", "id,prediction,Age,Sex,Embarked\n1,2,60,male,S\n");
  run.options.keep = {"id", "prediction"};
  CHECK(run.complaint() == "--keep: the output would have two columns 'prediction'");
  CHECK(run.kind == ErrorKind::invalid_argument);
  run.options.keep = {"id", "id"};
  CHECK(run.complaint() == "--keep: the output would have two columns 'id'");
}

TEST_CASE("Warnings are counted over the whole file", "[pipeline]") {
  const PredictSummary summary = Run("csv", kCsv).predict();
  CHECK(summary.rows == 3);
  CHECK(summary.rejected == 0);
  CHECK(summary.warnings[2].unknown == 1);
  CHECK(summary.warnings[0].out_of_range == 0);
}

TEST_CASE("Order and numbers are kept over many blocks, for any number of threads", "[pipeline]") {
  constexpr int kRows = 150'000;  // some 3 MB: more than two blocks of half a megabyte
  std::string csv = "id,Age,Sex,Embarked\n";
  std::string lines;
  std::string expected = "id,prediction\n";
  for (int i = 0; i < kRows; ++i) {
    const std::string id = std::to_string(i);
    const bool old = i % 7 == 0;
    csv += id + (old ? ",60,male,S\n" : ",20,male,S\n");
    lines += "{\"id\":" + id + (old ? ",\"Age\":60}\n" : ",\"Age\":20}\n");
    expected += id + (old ? ",1\n" : ",0\n");
  }
  for (const unsigned threads : {1U, 4U}) {
    for (const auto& [ending, text] : {std::pair("csv", &csv), std::pair("jsonl", &lines)}) {
      Run run(ending, *text);
      run.options.threads = threads;
      run.options.keep = {"id"};
      run.options.format = FileFormat::csv;
      CHECK(run.output() == expected);
    }
  }
  Run late("csv", csv + "x,old,male,S\n" + csv.substr(csv.find('\n') + 1) + "y,1\n");
  late.options.threads = 4;
  CHECK(late.complaint() ==
        "in.csv:" + std::to_string(kRows + 2) + ": column 'Age': \"old\" is not a number");
  CHECK(late.files() == 1);
}
