#include "server/model_folder.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "server/folder_scan.hpp"
#include "support/errors.hpp"
#include "support/made_source.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace mlserve;
using namespace mlserve::server;
using namespace std::chrono_literals;
using testing::error_kind_of;
namespace fs = std::filesystem;

/// A folder of models and the time by which it is looked at.
class Folder {
 public:
  std::string path(const std::string& name) const { return folder_.file(name); }
  std::string root() const { return folder_.path().string(); }

  /// Any text: what is listed is not read.
  void write(const std::string& name, const std::string& text = "text") const {
    fs::create_directories(fs::path(path(name)).parent_path());
    write_file(path(name), text);
  }

  /// "m 1, m 2", as the folder lists them.
  std::string listed(Look look = Look::settled) {
    listing = folder.list(look);
    std::string text;
    for (const ModelOffer& offer : listing.offers) {
      if (!text.empty()) text += ", ";
      text += offer.name + " " + offer.version;
    }
    return text;
  }

 private:
  testing::TemporaryFolder folder_;

 public:
  SteadyTime now{};
  ModelFolder folder{root(), [this] { return now; }};
  ModelListing listing;
};

std::string stamp_of(const Folder& folder, const std::string& name) {
  return scan_folder(folder.root()).files.at(folder.path(name)).stamp;
}

}  // namespace

TEST_CASE("A folder has models in files of their name and in folders of their versions",
          "[server]") {
  Folder folder;
  CHECK(folder.listed(Look::now).empty());
  folder.write("flat.json");
  folder.write("deep/1/model.json");
  folder.write("deep/0002/model.json");
  folder.write("deep/beta/model.json");
  // None of these is a model.
  folder.write("deep/3/model.json.part");
  folder.write("deep/model.json");
  folder.write("deep/4/model.json/x");
  folder.write("readme.txt");
  folder.write(".hidden.json");
  folder.write("..data/other.json");
  folder.write(".git/1/model.json");
  folder.write("deep/.tmp/model.json");
  fs::create_symlink("nowhere", folder.path("broken.json"));
  fs::create_symlink("loop.json", folder.path("loop.json"));
  CHECK(folder.listed(Look::now) == "deep 2, deep 1, deep beta, flat 1");
  CHECK(folder.listing.problem.empty());
  CHECK(folder.listing.offers[0].place == folder.path("deep/0002/model.json"));
  const std::vector<std::string> folders = folder.folder.folders();
  CHECK(folders.size() == 7);
  CHECK(folders.front() == folder.root());
}

TEST_CASE("Two files for one version are a problem, and the first one counts", "[server]") {
  Folder folder;
  folder.write("m/1/model.json");
  folder.write("m/01/model.json");
  folder.write("m.json");
  CHECK(folder.listed(Look::now) == "m 1");
  CHECK(folder.listing.offers[0].place == folder.path("m.json"));
  CHECK(folder.listing.problem.find("another file is version 1 of 'm'") != std::string::npos);
}

TEST_CASE("A name that is not UTF-8 or has control characters is no model's", "[server]") {
  Folder folder;
  folder.write("good.json");
  folder.write("a\nb.json");
  CHECK(folder.listed(Look::now) == "good 1");
  CHECK(folder.listing.problem.find("a\\nb.json") != std::string::npos);
}

TEST_CASE("A file counts when it has been left alone for a moment", "[server]") {
  Folder folder;
  folder.write("m.json", "half");
  CHECK(folder.listed().empty());
  CHECK_FALSE(folder.folder.is_settled());
  folder.now += ModelFolder::kPause;
  folder.write("m.json", "half and the other half");
  CHECK(folder.listed().empty());
  folder.now += ModelFolder::kPause;
  CHECK(folder.listed() == "m 1");
  CHECK(folder.folder.is_settled());
  const std::string stamp = folder.listing.offers[0].stamp;
  CHECK(stamp == stamp_of(folder, "m.json"));

  folder.write("m.json", "more");
  CHECK(folder.listed() == "m 1");
  CHECK(folder.listing.offers[0].stamp == stamp);  // as it was
  CHECK(folder.listed(Look::now) == "m 1");        // someone has asked for it
  CHECK(folder.listing.offers[0].stamp != stamp);

  fs::remove(folder.path("m.json"));
  CHECK(folder.listed() == "m 1");
  folder.now += ModelFolder::kPause;
  CHECK(folder.listed().empty());
}

TEST_CASE("A stamp is another one whatever way a file is changed", "[server]") {
  Folder folder;
  folder.write("m.json", "one");
  std::vector<std::string> stamps = {stamp_of(folder, "m.json")};
  const auto is_new = [&] {
    stamps.push_back(stamp_of(folder, "m.json"));
    return stamps.back() != stamps[stamps.size() - 2];
  };
  folder.write("new.json", "two");
  fs::last_write_time(folder.path("new.json"), fs::last_write_time(folder.path("m.json")));
  fs::rename(folder.path("new.json"), folder.path("m.json"));  // same size, same time
  CHECK(is_new());
  fs::resize_file(folder.path("m.json"), 2);
  CHECK(is_new());
  fs::last_write_time(folder.path("m.json"), fs::file_time_type() + 1h);
  CHECK(is_new());
  CHECK_FALSE(is_new());
}

TEST_CASE("Links that are swapped, as Kubernetes does it, change all models at once", "[server]") {
  Folder folder;
  folder.write("..2024/m.json", "old");
  folder.write("..2024/deep/1/model.json", "old");
  folder.write("..2025/m.json", "new");
  folder.write("..2025/deep/2/model.json", "new");
  fs::create_directory_symlink("..2024", folder.path("..data"));
  fs::create_symlink("..data/m.json", folder.path("m.json"));
  fs::create_directory_symlink("..data/deep", folder.path("deep"));
  CHECK(folder.listed(Look::now) == "deep 1, m 1");
  const std::string stamp = folder.listing.offers[1].stamp;
  fs::create_directory_symlink("..2025", folder.path("..data_tmp"));
  fs::rename(folder.path("..data_tmp"), folder.path("..data"));
  CHECK(folder.listed() == "deep 1, m 1");
  folder.now += ModelFolder::kPause;
  CHECK(folder.listed() == "deep 2, m 1");
  CHECK(folder.listing.offers[1].stamp != stamp);
}

TEST_CASE("Aliases are in a file beside the models", "[server]") {
  Folder folder;
  folder.write("aliases.json", R"({"champion": "m@3"})");
  CHECK(folder.listed(Look::now).empty());
  const std::vector<ModelAlias> champion = {{"champion", "m", "3"}};
  CHECK(folder.listing.aliases == champion);

  folder.write("aliases.json", "{");
  CHECK(folder.listed().empty());
  CHECK(folder.listing.aliases == champion);
  CHECK(folder.listing.problem.empty());
  folder.now += ModelFolder::kPause;
  folder.listed();
  CHECK(folder.listing.aliases == champion);
  CHECK(folder.listing.problem == folder.path("aliases.json") + ": is not JSON");
  folder.listed();
  CHECK_FALSE(folder.listing.problem.empty());

  folder.write("aliases.json", R"({"m@stable": "2"})");
  folder.listed(Look::now);
  CHECK(folder.listing.aliases == std::vector<ModelAlias>{{"m@stable", "m", "2"}});
  CHECK(folder.listing.problem.empty());
  fs::remove(folder.path("aliases.json"));
  folder.listed(Look::now);
  CHECK(folder.listing.aliases.empty());
}

TEST_CASE("Bad aliases are an error at the start", "[server]") {
  Folder folder;
  folder.write("aliases.json", "{");
  CHECK(error_kind_of([&] { folder.listed(Look::now); }) == ErrorKind::corrupt);
}

TEST_CASE("A folder that is not there cannot be listed, nor can a file", "[server]") {
  const testing::TemporaryFolder folder;
  ModelFolder missing(folder.file("none"));
  CHECK(error_kind_of([&] { missing.list(Look::now); }) == ErrorKind::not_found);
  write_file(folder.file("file"), "text");
  ModelFolder file(folder.file("file"));
  CHECK(error_kind_of([&] { file.list(Look::now); }) == ErrorKind::not_found);
  ModelFolder slashes(folder.path().string() + "//");
  CHECK(slashes.title() == folder.path().string());
}

TEST_CASE("A model of a folder is read, and one that cannot be opened may be later", "[server]") {
  Folder folder;
  model::save(testing::small_model(), folder.path("good.json"));
  folder.write("bad.json", "{}");
  CHECK(folder.listed(Look::now) == "bad 1, good 1");
  const std::vector<ModelOffer> offers = folder.listing.offers;
  CHECK(folder.folder.read(offers[1]).schema.features.size() == 2);
  CHECK(error_kind_of([&] { folder.folder.read(offers[0]); }) == ErrorKind::corrupt);
  fs::remove(folder.path("good.json"));
  CHECK(error_kind_of([&] { folder.folder.read(offers[1]); }) == ErrorKind::not_found);
}
