#include "model/model_file.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/number.hpp"
#include "core/sha256.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace mlserve;
using Json = nlohmann::ordered_json;

constexpr std::size_t kDigits = 64;

std::size_t digest_place(const std::string& text) { return text.find("sha256:") + 7; }

/// `text` with the checksum that it should have, so that a test reaches the checks behind it.
std::string with_checksum(std::string text) {
  text.replace(digest_place(text), kDigits, kDigits, '0');
  text.replace(digest_place(text), kDigits, sha256_hex(text));
  return text;
}

/// The small model's file, changed by `change`, with a checksum that fits.
std::string changed(const std::function<void(Json&)>& change) {
  Json json = Json::parse(model::to_text(testing::small_model()));
  change(json);
  return with_checksum(json.dump(1) + "\n");
}

/// The message of the Error(corrupt) that `text` gives, which must be one line naming the file.
std::string complaint(const std::string& text) {
  const auto error = testing::error_of([&] { model::from_text(text, "m.json"); });
  if (!error) return "no error";
  CHECK(error->kind() == ErrorKind::corrupt);
  std::string message = error->what();
  CHECK(message.starts_with("m.json:"));
  CHECK(message.find('\n') == std::string::npos);
  CHECK(message.size() < 300);
  return message;
}

/// The same when the JSON value at `pointer` is replaced by `json`.
std::string complaint_at(const char* pointer, const std::string& json) {
  return complaint(
      changed([&](Json& file) { file[Json::json_pointer(pointer)] = Json::parse(json); }));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void check_same(const model::Model& a, const model::Model& b) {
  CHECK(a.intercepts == b.intercepts);
  CHECK(a.coefficients == b.coefficients);
  CHECK(a.schema.target.name == b.schema.target.name);
  CHECK(a.schema.target.type == b.schema.target.type);
  CHECK(a.schema.target.classes == b.schema.target.classes);
  CHECK(a.schema.target.counts == b.schema.target.counts);
  REQUIRE(a.schema.features.size() == b.schema.features.size());
  for (std::size_t f = 0; f < a.schema.features.size(); ++f) {
    const features::Feature& x = a.schema.features[f];
    const features::Feature& y = b.schema.features[f];
    CHECK(x.name == y.name);
    CHECK(x.kind == y.kind);
    CHECK(x.missing == y.missing);
    CHECK(x.minimum == y.minimum);
    CHECK(x.maximum == y.maximum);
    CHECK(x.integers == y.integers);
    CHECK(x.histogram.edges == y.histogram.edges);
    CHECK(x.histogram.counts == y.histogram.counts);
    CHECK(x.categories == y.categories);
    CHECK(x.counts == y.counts);
    CHECK(x.date_parts == y.date_parts);
    CHECK(a.encoder[f].fill == b.encoder[f].fill);
    CHECK(a.encoder[f].indicator == b.encoder[f].indicator);
    CHECK(a.encoder[f].use == b.encoder[f].use);
    CHECK(a.encoder[f].idf == b.encoder[f].idf);
  }
  CHECK(a.metrics == b.metrics);
  CHECK(a.training.rows == b.training.rows);
  CHECK(a.training.created_at == b.training.created_at);
  CHECK(a.training.options == b.training.options);
  CHECK(a.means == b.means);
  CHECK(a.threshold == b.threshold);
  CHECK(a.inference.standard_errors == b.inference.standard_errors);
  CHECK(a.inference.statistics == b.inference.statistics);
}

}  // namespace

TEST_CASE("A model comes back from its file as it was, awkward names included", "[model]") {
  model::Model model = testing::awkward_model();
  // Beyond what a double holds.
  model.training.options.back() = {"seed", "18446744073709551615"};
  model.training.created_at = "2024-02-29T12:00:00Z";
  const std::string text = model::to_text(model);
  const model::Model read = model::from_text(text, "m.json");
  check_same(model, read);
  CHECK(model::to_text(read) == text);
  CHECK(read.checksum == text.substr(digest_place(text), kDigits));
}

TEST_CASE("Doubles come back from a model file to the bit", "[model]") {
  model::Model model = testing::small_model();
  const double value = GENERATE(0.1, -0.0, 5e-324, -2.2250738585072009e-308, 1e-300,
                                1.7976931348623157e308, 1.0 / 3, 9007199254740993.0, 1e22, 1e23);
  model.coefficients = {{0.0, value, -value}};
  model.means[0] = value;
  model.inference.standard_errors = {{value, value, std::numeric_limits<double>::quiet_NaN()}};
  model.golden_rows.clear();
  const model::Model read = model::from_text(model::to_text(model), "m.json");
  CHECK(read.coefficients[0][1] == value);
  CHECK(std::signbit(read.coefficients[0][1]) == std::signbit(value));
  CHECK(read.coefficients[0][2] == -value);
  CHECK(read.means[0] == value);
  CHECK(read.inference.standard_errors[0][0] == value);
  CHECK(std::isnan(read.inference.standard_errors[0][2]));
}

TEST_CASE("Random doubles come back from a model file to the bit", "[model]") {
  std::mt19937_64 random(1);
  std::vector<std::string> texts;
  for (int k = 1000; k < 2000; ++k) texts.push_back(std::to_string(k));
  model::Model model =
      testing::make_model({testing::categories("k", texts)},
                          {"y", features::TargetType::boolean, {"false", "true"}, {1, 1}});
  model.golden_rows.clear();
  for (double& value : model.coefficients[0]) {
    do {
      value = std::bit_cast<double>(random());
    } while (!std::isfinite(value));
  }
  CHECK(model::from_text(model::to_text(model), "m.json").coefficients == model.coefficients);
}

TEST_CASE("Saving and loading goes through the file system", "[model]") {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("model.json");
  const model::Model model = testing::small_model();
  const std::string checksum = model::save(model, path);
  CHECK(read_file(path, 1 << 20) == model::to_text(model));
  const model::Model read = model::load(path);
  CHECK(read.checksum == checksum);
  check_same(read, model);
  CHECK(testing::error_kind_of([&] { model::load(folder.file("none.json")); }) ==
        ErrorKind::not_found);
  CHECK(testing::error_kind_of([&] { model::load(folder.path().string()); }) == ErrorKind::corrupt);
}

TEST_CASE("The checksum can be verified with sed and sha256sum, as FORMAT.md says", "[model]") {
  const testing::TemporaryFolder folder;
  model::Model model = testing::awkward_model();
  const std::string checksum = model::save(model, folder.file("model.json"));
  const std::string format = read_file(MLSERVE_SOURCE_DIR "/lib/model/FORMAT.md", 1 << 20);
  const std::size_t begin = format.find("```sh\n") + 6;
  const std::string recipe = format.substr(begin, format.find("\n```", begin) - begin);
  const std::string command = "cd '" + folder.path().string() + "' && " + recipe + " > sum";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(read_file(folder.file("sum"), 1000).substr(0, kDigits) == checksum);
}

TEST_CASE("A model file that is cut short anywhere is refused", "[model]") {
  const std::string text = model::to_text(testing::small_model());
  CHECK(model::from_text(text, "m.json").columns.size() == 3);
  for (std::size_t length = 0; length + 1 < text.size(); length += length < 300 ? 1 : 37) {
    const std::string message = complaint(text.substr(0, length));
    CHECK(message != "no error");
  }
  CHECK(has(complaint(text.substr(0, text.size() / 2)), "cut short"));
}

TEST_CASE("A model file in which a byte was changed is refused", "[model]") {
  const std::string text = model::to_text(testing::small_model());
  for (std::size_t at = 0; at < text.size(); at += 13) {
    std::string damaged = text;
    damaged[at] = damaged[at] == '1' ? '2' : '1';
    CHECK(complaint(damaged) != "no error");
  }
  std::string appended = text + " ";
  CHECK(has(complaint(appended), "checksum"));
}

TEST_CASE("Edits are named as such", "[model]") {
  std::string text = model::to_text(testing::small_model());
  SECTION("a number") { text.replace(text.find("-0.1"), 4, "-0.2"); }
  SECTION("a text") { text.replace(text.find("female"), 6, "FEMALE"); }
  SECTION("a blank") { text.insert(text.find(','), " "); }
  SECTION("the checksum") {
    char& digit = text[digest_place(text)];
    digit = digit == '0' ? '1' : '0';
  }
  SECTION("the checksum in capitals") { text[digest_place(text) - 7] = 'S'; }
  CHECK(has(complaint(text), "checksum does not match"));
}

TEST_CASE("What is no model file is said to be none", "[model]") {
  CHECK(has(complaint(""), "cut short"));
  CHECK(has(complaint("[1, 2]"), "is not a mlserve model"));
  CHECK(has(complaint("{}"), "is not a mlserve model"));
  CHECK(has(complaint("3"), "is not a mlserve model"));
  CHECK(has(complaint("\"sha256:\""), "is not a mlserve model"));
  CHECK(
      has(complaint("PassengerId,Survived\n1,0\n"), "m.json:1: is not a mlserve model: not JSON"));
  CHECK(has(complaint("{\"format\": \"another.model\"}"), "is not a mlserve model"));
  CHECK(has(complaint("{\"format\": 7}"), "is not a mlserve model"));
  CHECK(has(complaint(std::string("{\"format\": \"mlserve.model\"\0}", 27)), "NUL"));
  CHECK(has(complaint("{\"format\": \"\xFF\"}"), "not JSON"));
  CHECK(has(complaint("{\"a\": 1e400}"), "range of double"));
  CHECK(has(complaint(std::string(1'000'000, '[')), "nested too deeply"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK(has(complaint(objects), "nested too deeply"));
}

TEST_CASE("Random bytes are no model file", "[model]") {
  std::mt19937_64 random(7);
  const std::string alphabet = "{}[]\":,0123456789.eE+-truefalsn \\u\n\t\xC3\xA9\x01\xFF";
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (std::uint64_t n = random() % 60; n > 0; --n) text += alphabet[random() % alphabet.size()];
    CHECK(complaint(text) != "no error");
  }
}

TEST_CASE("A newer format is refused before its checksum is looked at", "[model]") {
  std::string text = model::to_text(testing::small_model());
  text.replace(text.find("\"format_version\": 2"), 19, "\"format_version\": 3");
  CHECK(has(complaint(text), "newer mlserve: format version 3, this program reads up to 2"));
}

TEST_CASE("A format version that never was is refused", "[model]") {
  for (const Json& version : {Json(0), Json(-1), Json("1"), Json(1.5), Json(nullptr), Json(true)}) {
    CHECK(has(complaint(changed([&](Json& json) { json["format_version"] = version; })),
              "has no format_version"));
  }
}

TEST_CASE("Each member of a model file is required", "[model]") {
  const Json whole = Json::parse(model::to_text(testing::small_model()));
  for (const auto& [name, value] : whole.items()) {
    CAPTURE(name);
    const std::string member = name;
    const auto erased = [&](Json& json) { json.erase(member); };
    if (name == "checksum") {
      Json json = whole;
      erased(json);
      CHECK(has(complaint(json.dump()), "checksum"));
      continue;
    }
    CHECK(complaint(changed(erased)) != "no error");
    for (const Json& other : {Json(nullptr), Json(3), Json("x"), Json::array({1, "x"}),
                              Json::object({{"x", 1}}), Json(true)}) {
      if (name.starts_with("metrics") && other.is_object()) continue;  // any names are metrics
      CAPTURE(other.dump());
      CHECK(complaint(changed([&](Json& json) { json[member] = other; })) != "no error");
    }
  }
}

TEST_CASE("Each member of the parts of a model file has its type", "[model]") {
  // Every value below the top level in turn becomes null, and a thing of another type.
  const Json whole = Json::parse(model::to_text(testing::small_model()));
  const Json flat = whole.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (pointer.find('/', 1) == std::string::npos) continue;
    const bool may_be_null = pointer.starts_with("/coefficients") ||
                             pointer.starts_with("/inference/standard_errors") ||
                             pointer.starts_with("/inference/intercept_standard_errors") ||
                             pointer.starts_with("/metrics");
    const bool unchecked = pointer.starts_with("/golden_rows/0/record");
    if (unchecked) continue;
    CAPTURE(pointer);
    const Json::json_pointer place(pointer);
    if (!may_be_null) {
      CHECK(complaint(changed([&](Json& json) { json[place] = nullptr; })) != "no error");
    }
    if (pointer == "/inference/statistics") continue;  // any names are statistics
    CHECK(complaint(changed([&](Json& json) {
            json[place] = Json::object({{"x", 1}});
          })) != "no error");
  }
}

TEST_CASE("What a model file says must fit together", "[model]") {
  CHECK(has(complaint_at("/target/type", R"("colour")"), "unknown target type"));
  CHECK(has(complaint_at("/target/classes", R"(["0"])"), "two classes or more"));
  CHECK(has(complaint_at("/target/classes", R"(["0", "1", "2"])"), "two classes or more"));
  CHECK(has(complaint_at("/target/classes", R"(["1", "1"])"), "a class appears twice"));
  CHECK(has(complaint_at("/target/classes", R"(["0", "one"])"), "class 'one' is not of"));
  CHECK(has(complaint_at("/target/counts", "[-1, 4]"), "whole number"));
  CHECK(has(complaint_at("/features/0/kind", R"("sound")"), "unknown kind of feature 'age'"));
  CHECK(has(complaint_at("/features/0/name", R"("sex")"), "'sex' appears twice"));
  CHECK(has(complaint_at("/features/0/name", R"("years")"), "columns do not follow"));
  CHECK(has(complaint_at("/features/0/missing", "1.5"), "whole number"));
  CHECK(has(complaint_at("/features/0/histogram/counts", "[1, 2]"), "one edge more"));
  CHECK(has(complaint_at("/features/1/categories", R"(["male", "female"])"), "not in order"));
  CHECK(has(complaint_at("/features/1/categories", R"(["male", "male"])"), "not in order"));
  CHECK(has(complaint_at("/features/1/categories", "[]"), "not in order"));
  CHECK(has(complaint_at("/features/1/counts", "[1]"), "with its count"));
  CHECK(has(complaint_at("/columns", R"(["age"])"), "columns do not follow"));
  CHECK(has(complaint_at("/coefficients", "[[1, 2]]"), "one coefficient a column"));
  CHECK(has(complaint_at("/coefficients", "[[1, 2, 3], [1, 2, 3]]"), "one row"));
  CHECK(has(complaint_at("/coefficients", "[1, 2, 3]"), "not a list"));
  CHECK(has(complaint_at("/inference/standard_errors", "[[1, 2]]"), "one standard error"));
  CHECK(has(complaint_at("/intercept", "[1, 2]"), "one intercept"));
  CHECK(has(complaint_at("/intercept", "[]"), "one intercept"));
  CHECK(has(complaint_at("/training/rows", R"("many")"), "whole number"));
}

TEST_CASE("A hostile model file ends in a message, not in all of the memory", "[model]") {
  std::vector<std::string> many;
  for (int k = 10'000; k < 40'000; ++k) many.push_back(std::to_string(k));
  const Json names = many;
  const Json counts = std::vector<int>(many.size(), 1);
  const auto with_interaction = [&](const Json& without_column) {
    return complaint(changed([&](Json& json) {
      for (const char* name : {"a", "b"}) {
        Json feature = json["features"][1];
        feature["name"] = name;
        feature["categories"] = names;
        feature["counts"] = counts;
        feature["without_column"] = without_column;
        json["features"].push_back(feature);
      }
      json["interactions"] = Json::array({Json::array({"a", "b"})});
    }));
  };
  CHECK(has(with_interaction(Json::array()), "an interaction has too many pairs of categories"));
  CHECK(has(with_interaction(names), "an interaction has too many pairs of categories"));
  CHECK(has(complaint_at("/features/0/fill", "1e300"), "fill value out of reach"));
  CHECK(has(complaint_at("/features/0/maximum", "1e300"), "range out of reach"));
  CHECK(has(complaint_at("/features/0/histogram/edges", "[9, 0]"), "edges out of order"));
  CHECK(has(complaint_at("/scales", "[0, 1, 1]"), "a scale is not above 0"));
  CHECK(has(complaint_at("/scales", "[1]"), "one scale a column"));
  CHECK(has(complaint_at("/threshold", "1.5"), "its threshold is no probability"));
  CHECK(has(complaint_at("/interactions", R"([["age", "age"]])"), "is a feature with itself"));
  CHECK(has(complaint_at("/interactions", R"([["age", "sex"], ["sex", "age"]])"), "named twice"));
  CHECK(has(complaint_at("/interactions", R"([["age", "x"]])"), "has no feature 'x'"));
  CHECK(has(complaint_at("/estimator", R"("poisson")"), "not that of its task"));
  CHECK(
      has(complaint_at("/target/classes", R"(["0", "{\"x\":1}"])"), "is not of the target's type"));
}

TEST_CASE("Golden rows are scored again", "[model]") {
  const double right = testing::small_model().golden_rows[0].scores[0];
  const auto with_probability = [](double value) {
    return complaint_at("/golden_rows/0/scores/0", format_double(value));
  };
  CHECK(with_probability(right * (1 + 1e-13)) == "no error");
  CHECK(has(with_probability(right * (1 + 1e-11)), "golden row 1 does not score as it did"));
  CHECK(has(complaint_at("/intercept/0", "-0.11"), "golden row 1 does not score as it did"));
  CHECK(has(complaint_at("/golden_rows/0/record/age", R"("old")"), "golden row 1 does not fit"));
  for (const char* record : {R"({"x": 1})", "[]", "3", "[{}, {}]"}) {
    CHECK(has(complaint_at("/golden_rows/0/record", record), "golden row 1 does not fit"));
  }
}
