#include "server/folder_watch.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "support/log_reader.hpp"
#include "support/made_source.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace mlserve;
using namespace mlserve::server;
using testing::model_like;
namespace fs = std::filesystem;

/// A watched folder; what becomes of it is read from the log.
class Site {
 public:
  Site() {
    models.add(folder_);
    models.sync(*folder_, Look::now);
    watch_.emplace(models, folder_, logger_);
  }

  std::string path(const std::string& name) const { return files_.file(name); }

  void save(const std::string& name, double intercept) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    model::save(model_like(intercept), path(name));
  }

  /// Stands for "none" when there is no such model.
  double intercept(std::string_view name, std::string_view version = {}) const {
    const auto served = models.find(name, version);
    return served ? served->model().intercepts.at(0) : 0;
  }

  testing::LogReader log;

 private:
  testing::TemporaryFolder files_;
  Log logger_{log.stream(), LogLevel::debug, LogFormat::text};

 public:
  ModelRegistry models{&logger_};

 private:
  std::shared_ptr<ModelFolder> folder_ = std::make_shared<ModelFolder>(files_.path().string());
  std::optional<FolderWatch> watch_;
};

}  // namespace

TEST_CASE("Files that come into a watched folder are served, changed and gone ones, too",
          "[server]") {
  Site site;
  site.save("m.json", 1);
  REQUIRE(site.log.says("model 'm' version 1 of " + site.path("m.json") + " serves now"));
  CHECK(site.intercept("m") == 1);
  site.save("m.json", 2);  // by renaming
  REQUIRE(site.log.says("m.json reloaded"));
  CHECK(site.intercept("m") == 2);
  write_file(site.path("other"), model::to_text(model_like(3)));
  fs::copy_file(site.path("other"), site.path("m.json"), fs::copy_options::overwrite_existing);
  REQUIRE(site.log.says("m.json reloaded"));
  CHECK(site.intercept("m") == 3);
  fs::remove(site.path("m.json"));
  REQUIRE(site.log.says("is served no more: it is gone"));
  CHECK(site.models.all().empty());
}

TEST_CASE("Folders that come are watched from then on", "[server]") {
  Site site;
  site.save("m/1/model.json", 1);
  REQUIRE(site.log.says("model 'm' version 1"));
  site.save("m/1/model.json", 2);
  REQUIRE(site.log.says("reloaded"));
  site.save("elsewhere/model.json", 3);
  fs::create_directories(site.path("m"));
  fs::rename(site.path("elsewhere"), site.path("m/2"));
  REQUIRE(site.log.says("model 'm' version 2"));
  CHECK(site.intercept("m") == 3);
  CHECK(site.intercept("m", "1") == 2);
  fs::remove_all(site.path("m"));
  REQUIRE(site.log.says("model 'm' version 1"));
  REQUIRE(site.log.says("model 'm' version 2"));
  CHECK(site.models.all().empty());
}

TEST_CASE("A bad file in a watched folder leaves the old model until it is mended", "[server]") {
  Site site;
  site.save("m.json", 1);
  REQUIRE(site.log.says("serves now"));
  write_file(site.path("m.json"), "{}");
  REQUIRE(site.log.says("not reloaded, what was there goes on: " + site.path("m.json")));
  CHECK(site.intercept("m") == 1);
  CHECK(site.models.load_failures() == 1);
  site.save("m.json", 2);
  REQUIRE(site.log.says("reloaded"));
  CHECK(site.intercept("m") == 2);
  CHECK_FALSE(site.models.states().at(0).failed);
}

TEST_CASE("A link that is swapped in a watched folder swaps the models", "[server]") {
  Site site;
  site.save("..old/m.json", 1);
  site.save("..new/m.json", 2);
  fs::create_directory_symlink("..old", site.path("..data"));
  fs::create_symlink("..data/m.json", site.path("m.json"));
  REQUIRE(site.log.says("serves now"));
  fs::create_directory_symlink("..new", site.path("..data_tmp"));
  fs::rename(site.path("..data_tmp"), site.path("..data"));
  REQUIRE(site.log.says("reloaded"));
  CHECK(site.intercept("m") == 2);
}

TEST_CASE("Aliases of a watched folder are followed", "[server]") {
  Site site;
  site.save("m/1/model.json", 1);
  site.save("m/2/model.json", 2);
  write_file(site.path("aliases.json"), R"({"champion": "m@1"})");
  REQUIRE(site.log.says("serves now"));
  REQUIRE(site.log.says("serves now"));
  site.save("done.json", 3);  // in one look with the aliases, or in one after it
  REQUIRE(site.log.says("done.json serves now"));
  CHECK(site.intercept("champion") == 1);
}

TEST_CASE("A folder that goes away leaves its models, and is followed when it is back",
          "[server]") {
  Site site;
  site.save("m.json", 1);
  REQUIRE(site.log.says("serves now"));
  const fs::path root = fs::path(site.path("m.json")).parent_path();
  const fs::path aside = root.string() + "-aside";
  fs::rename(root, aside);
  REQUIRE(site.log.says("what is served goes on: cannot look into"));
  CHECK(site.intercept("m") == 1);
  fs::rename(aside, root);
  site.save("n.json", 2);
  REQUIRE(site.log.says("model 'n' version 1"));
  CHECK(site.intercept("m") == 1);
}
