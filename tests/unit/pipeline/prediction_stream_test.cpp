#include "pipeline/prediction_stream.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "pipeline/predict_file.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"
#include "support/stepped_source.hpp"

using namespace mlserve;
using pipeline::FileFormat;
using pipeline::PredictionStream;
using pipeline::PredictOptions;

namespace {

class StringSink final : public data::ByteSink {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  void commit() override {}

  std::string text;
};

/// What is predicted of records in JSON Lines.
std::string predicted(const model::Model& model, const std::string& records, FileFormat format,
                      PredictOptions options) {
  options.input_format = FileFormat::jsonl;
  options.format = format;
  StringSink sink;
  pipeline::predict_rows(model,
                         {"records", [&records] { return data::memory_source(records); }, true, {}},
                         options, sink);
  return sink.text;
}

std::string streamed(const std::string& lines, FileFormat format, const std::string& without_rows,
                     std::size_t step = 1 << 20) {
  const auto rows = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  PredictionStream stream(
      {[&lines, step] { return std::make_unique<testing::SteppedSource>(lines, step); }, rows,
       without_rows},
      format);
  std::string text;
  for (std::string piece = stream.next(); !piece.empty(); piece = stream.next()) text += piece;
  CHECK(stream.next().empty());
  return text;
}

/// Each format is made of the lines as it is made of the rows.
void check_all(const model::Model& model, const std::string& records) {
  for (const bool probabilities : {false, true}) {
    if (probabilities && model.schema.target.classes.empty()) continue;
    for (const bool explain : {false, true}) {
      PredictOptions options;
      options.probabilities = probabilities;
      options.explain = explain;
      const std::string lines = predicted(model, records, FileFormat::jsonl, options);
      for (const FileFormat format : {FileFormat::json, FileFormat::jsonl, FileFormat::csv}) {
        const std::string expected = predicted(model, records, format, options);
        const std::string without_rows = predicted(model, "", format, options);
        CHECK(streamed(lines, format, without_rows) == expected);
        CHECK(streamed(lines, format, without_rows, 7) == expected);
        CHECK(streamed("", format, without_rows) == without_rows);
      }
    }
  }
}

const std::string kPeople =
    "{\"age\":22,\"sex\":\"male\"}\n{\"age\":38.5,\"sex\":\"female\"}\n{\"sex\":\"?\"}\n"
    "{\"age\":85,\"sex\":\"female\"}\n{\"age\":1e150,\"sex\":\"male\"}\n";

model::Model people_model(features::Target target) {
  return testing::make_model(
      {testing::number("age", 0, 90), testing::categories("sex", {"female", "male"})},
      std::move(target));
}

features::Target numbers() {
  features::Target target;
  target.name = "price";
  target.type = features::TargetType::real;
  target.task = features::Task::regression;
  return target;
}

}  // namespace

TEST_CASE("Kept predictions of two classes come out in every format", "[pipeline]") {
  check_all(testing::small_model(), kPeople);
  check_all(people_model({"alive", features::TargetType::boolean, {"false", "true"}, {1, 1}}),
            kPeople);
}

TEST_CASE("Kept predictions of several classes come out in every format", "[pipeline]") {
  check_all(people_model({"port",
                          features::TargetType::string,
                          {"a,b", "say \"no\"", "Ünüç\xF0\x9F\x9A\xA2", "\\ \n"},
                          {1, 1, 1, 1}}),
            kPeople);
}

TEST_CASE("Kept predictions with names to be escaped come out in every format", "[pipeline]") {
  check_all(testing::awkward_model(), "{\"int\":1}\n{\"int\":0,\"class\":1,\"a b\":2}\n");
}

TEST_CASE("Kept predictions of numbers come out in every format", "[pipeline]") {
  model::Model model = people_model(numbers());
  model.estimator = model::Estimator::linear;
  check_all(model, kPeople);
  // What overflows is null in JSON and empty in CSV, yet no blank line.
  model.coefficients[0][0] = 1e300;
  check_all(model, kPeople);
}

TEST_CASE("Kept predictions come out in pieces", "[pipeline]") {
  std::string records;
  for (int i = 0; i < 30'000; ++i) records += kPeople;
  PredictOptions options;
  options.probabilities = true;
  const std::string lines = predicted(testing::small_model(), records, FileFormat::jsonl, options);
  for (const FileFormat format : {FileFormat::json, FileFormat::jsonl, FileFormat::csv}) {
    const std::string expected = predicted(testing::small_model(), records, format, options);
    CHECK((streamed(lines, format, "") == expected));  // no megabytes in a message
  }
  PredictionStream stream({[&] { return data::memory_source(lines); }, 150'000, ""},
                          FileFormat::json);
  CHECK(stream.next().size() < (std::size_t{257} << 10));
}

TEST_CASE("Kept predictions that are not whole are an error", "[pipeline]") {
  const std::string lines = "{\"prediction\":1}\n{\"prediction\":0}\n";
  for (const FileFormat format : {FileFormat::json, FileFormat::jsonl, FileFormat::csv}) {
    for (const auto& [text, rows] :
         {std::pair(lines, 3), {lines, 1}, {"{\"prediction\":1}\n{\"predic", 2}}) {
      PredictionStream stream({[&text = text] { return data::memory_source(text); },
                               static_cast<std::uint64_t>(rows), ""},
                              format);
      const auto read_all = [&] {
        while (!stream.next().empty()) {
        }
      };
      CHECK(testing::error_kind_of(read_all) == ErrorKind::corrupt);
    }
  }
}
