#include "mlserve/platform.hpp"

#include <filesystem>
#include <map>
#include <string>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve;
using app::ChosenSettings;
using app::Platform;
using testing::error_of;

namespace {

using Variables = std::map<std::string, std::string>;

app::Environment environment(Variables variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

std::optional<Platform> elsewhere(const ChosenSettings& chosen, const Variables& variables) {
  return app::find_platform(chosen, environment(variables), "/nowhere/opt/ml/model");
}

/// SageMaker's folder with these files.
class ModelFolder {
 public:
  explicit ModelFolder(const std::vector<std::string>& files) {
    for (const std::string& name : files) write_file(folder_.file(name), "{}");
  }
  std::string file(const std::string& name) const { return folder_.file(name); }
  std::optional<Platform> find(const ChosenSettings& chosen,
                               const Variables& variables = {}) const {
    return app::find_platform(chosen, environment(variables), folder_.file("."));
  }

 private:
  testing::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("Without a platform nothing is laid down", "[apps]") {
  CHECK_FALSE(elsewhere({}, {{"PORT", "8080"}}));
  CHECK_FALSE(elsewhere({}, {{"AIP_HTTP_PORT", ""}}));
}

TEST_CASE("Vertex AI says where to listen and which routes to answer", "[apps]") {
  const Variables vertex = {{"AIP_HTTP_PORT", "8081"},
                            {"AIP_PREDICT_ROUTE", "/predict"},
                            {"AIP_HEALTH_ROUTE", "/health"},
                            {"AIP_STORAGE_URI", "gs://bucket/model"}};
  const auto platform = elsewhere({.model = true}, vertex);
  REQUIRE(platform);
  CHECK(platform->port == 8081);
  CHECK(platform->predict_route == "/predict");
  CHECK(platform->health_route == "/health");
  CHECK_FALSE(platform->model);
  CHECK_FALSE(elsewhere({.address = true}, vertex));
}

TEST_CASE("What is no port is refused by the name of its variable", "[apps]") {
  for (const char* port : {"x", "65536", "-1", "80 "}) {
    const auto error = error_of([&] { elsewhere({}, {{"AIP_HTTP_PORT", port}}); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::invalid_argument);
    CHECK(std::string(error->what()).starts_with("AIP_HTTP_PORT: "));
  }
}

TEST_CASE("SageMaker's folder says that it is SageMaker, and has the model", "[apps]") {
  const ModelFolder folder({"model.json", "other.json"});
  const auto platform = folder.find({});
  REQUIRE(platform);
  CHECK(platform->port == 8080);
  REQUIRE(platform->model);
  CHECK(std::filesystem::equivalent(*platform->model, folder.file("model.json")));
  CHECK(folder.find({}, {{"SAGEMAKER_BIND_TO_PORT", "9001"}})->port == 9001);
}

TEST_CASE("Any other choice goes before SageMaker's layout", "[apps]") {
  const ModelFolder folder({"model.json"});
  CHECK_FALSE(folder.find({.address = true}));
  CHECK_FALSE(folder.find({.model = true}));
}

TEST_CASE("SageMaker's folder has one model, whatever it is called", "[apps]") {
  const ModelFolder one({"churn.json", "notes.txt"});
  const auto platform = one.find({});
  REQUIRE(platform);
  CHECK(std::filesystem::equivalent(*platform->model, one.file("churn.json")));
  for (const auto& files : {std::vector<std::string>{}, {"a.json", "b.json"}, {"notes.txt"}}) {
    const ModelFolder folder(files);
    const auto error = error_of([&] { folder.find({}); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::not_found);
  }
}
