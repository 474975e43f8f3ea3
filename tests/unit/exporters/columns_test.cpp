#include "exporters/columns.hpp"

#include "support/catch_shim.hpp"

#include "exporters/exporter.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;

}  // namespace

TEST_CASE("The column list has pandas' names in the order of the coefficients", "[exporters]") {
  CHECK(exporters::columns_json(testing::small_model()) == R"(["age","sex_female","sex_male"])"
                                                           "\n");
}

TEST_CASE("The column list escapes what JSON has to", "[exporters]") {
  const model::Model model =
      testing::make_model({testing::categories("a\"b", {"\\", "é\n"})},
                          {"y", features::TargetType::integer, {"0", "1"}, {1, 1}});
  CHECK(exporters::columns_json(model) == R"(["a\"b_\\","a\"b_é\n"])"
                                          "\n");
}

TEST_CASE("A column list keeps both of two features that share a joined name", "[exporters]") {
  const model::Model model =
      testing::make_model({testing::categories("a", {"b_c"}), testing::categories("a_b", {"c"})},
                          {"y", features::TargetType::integer, {"0", "1"}, {1, 1}});
  CHECK(exporters::columns_json(model) == "[\"a_b_c\",\"a_b_c\"]\n");
}

TEST_CASE("Formats are found by name, and an unknown one is told which there are", "[exporters]") {
  CHECK(exporters::exporters().front().name == "onnx");
  CHECK(exporters::find_exporter("c").name == "c");
  const auto error = testing::error_of([] { exporters::find_exporter("C\n"); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::invalid_argument);
  std::string names;
  for (const exporters::Exporter& exporter : exporters::exporters())
    names += (names.empty() ? "" : ", ") + std::string(exporter.name);
  CHECK(std::string(error->what()) == "no export format 'C\\n' (formats are: " + names + ")");
}
