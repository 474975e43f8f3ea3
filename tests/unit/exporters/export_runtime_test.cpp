#include "pipeline/export_runtime.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "exporters/source_code.hpp"
#include "support/errors.hpp"
#include "support/export_differences.hpp"
#include "support/export_models.hpp"
#include "support/raw_rows.hpp"

namespace {

using namespace mlserve;
using exporters::Language;
using testing::RawRow;

std::unique_ptr<pipeline::ExportRuntime> runtime_of(const pipeline::ExportedModel& exported) {
  return exported.options.language == Language::javascript ? pipeline::node_runtime(exported)
                                                           : pipeline::compiler_runtime(exported);
}

void check_language(const model::Model& model, Language language, const std::vector<RawRow>& rows) {
  exporters::ExportOptions options;
  options.language = language;
  const std::string bytes = exporters::source_code(model, options);
  const auto runtime = runtime_of({model, options, bytes});
  REQUIRE(runtime);
  CAPTURE(runtime->name());
  const testing::Differences found =
      testing::differences(runtime->score(rows), testing::answers_of(model, rows));
  CHECK(found.largest <= 1e-15);
  CHECK(found.labels == 0);
}

Language language() { return GENERATE(Language::c, Language::cpp, Language::javascript); }

}  // namespace

TEST_CASE("Exports of all languages give the scorer's answers when they are run", "[exporters]") {
  const std::string kind = GENERATE("two classes", "three classes", "number", "count");
  CAPTURE(kind);
  model::Model model =
      testing::model_for(kind, testing::one_of_each_kind(), testing::every_product());
  testing::add_indicators(model);
  model.threshold = 0.4;
  check_language(model, language(), testing::varied_rows(model, 400));
}

TEST_CASE("Exports of all languages carry any name, category and class", "[exporters]") {
  const model::Model model = testing::awkward_model();
  check_language(model, language(), testing::varied_rows(model));
}

TEST_CASE("Exports of all languages know categories that look like code", "[exporters]") {
  const std::vector<std::string> hostile = {"\"); process.exit(9); (\"",
                                            "${process.exit(9)}",
                                            "</script><script>alert(1)",
                                            "<!--",
                                            "`",
                                            "\\",
                                            "\\u0022",
                                            "\xE2\x80\xA8",
                                            "\xE2\x80\xA9",
                                            "*/ #error",
                                            "?\?/",
                                            "//",
                                            "__proto__",
                                            "constructor",
                                            "toString",
                                            "%s%n",
                                            "\n#include",
                                            "'; --",
                                            "\x7F",
                                            "]]>"};
  std::vector<std::string> sorted = hostile;
  std::sort(sorted.begin(), sorted.end());
  std::vector<features::Feature> features;
  for (const std::string& name : hostile) features.push_back(testing::categorical(name, sorted));
  features::Target target = {"*/ \n</script>", features::TargetType::string, hostile, {}};
  target.counts.assign(hostile.size(), 1);
  const model::Model model = testing::make_model(features, target);
  check_language(model, language(), testing::varied_rows(model, 60));
}

TEST_CASE("A runtime says what is wrong with an export", "[exporters]") {
  const model::Model model = testing::small_model();
  exporters::ExportOptions options;
  options.language = language();
  std::string bytes = exporters::source_code(model, options);
  const std::vector<RawRow> rows = {{1.0, "male"}};
  const auto complaint = [&] {
    const auto error = testing::error_of([&] { runtime_of({model, options, bytes})->score(rows); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::internal);
    return std::string(error->what());
  };
  SECTION("one that cannot be read") {
    bytes += "\n} this is no code";
    CHECK(complaint().find(options.language == Language::javascript ? "SyntaxError" : "error:") !=
          std::string::npos);
  }
  SECTION("one that crashes") {
    const bool is_javascript = options.language == Language::javascript;
    const std::string begin = is_javascript ? "function marginsOf(" : "int score(";
    bytes.insert(bytes.find('{', bytes.find(begin)) + 1,
                 is_javascript ? "throw new Error('no');" : "__builtin_trap();");
    CHECK(complaint().find(is_javascript ? "Error: no" : "failed with status 1") !=
          std::string::npos);
  }
  SECTION("one that does not score a row") {
    const std::vector<RawRow> too_large = {{1e200, "male"}};
    const auto error = testing::error_of([&] {
      runtime_of({model, options, bytes})->score(too_large);
    });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::internal);
  }
}

TEST_CASE("A runtime scores as often as wanted, and no rows as well", "[exporters]") {
  const model::Model model = testing::small_model();
  exporters::ExportOptions options;
  options.language = language();
  const std::string bytes = exporters::source_code(model, options);
  const auto runtime = runtime_of({model, options, bytes});
  REQUIRE(runtime);
  CHECK(runtime->score({}).numbers.values.empty());
  const std::vector<RawRow> rows = testing::varied_rows(model, 5);
  const auto expected = testing::answers_of(model, rows);
  for (int i = 0; i < 2; ++i) CHECK(runtime->score(rows).labels == expected.labels);
}
