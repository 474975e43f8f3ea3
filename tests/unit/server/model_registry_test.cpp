#include "server/model_registry.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/made_source.hpp"
#include "support/signals.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace mlserve;
using namespace mlserve::server;
using testing::error_kind_of;
using testing::MadeSource;
using testing::model_like;
using Handle = ModelRegistry::Handle;

const Error kBad(ErrorKind::corrupt, "it is bad");
const Error kAway(ErrorKind::unavailable, "it is away");

/// A registry and what its models come from.
struct Site {
  Site() { models.add(source); }

  ModelDelivery sync() { return models.sync(*source, Look::settled); }
  void put(const std::string& name, const std::string& version) {
    models.put(std::make_shared<const ServedModel>(name, version, model_like(0)));
  }
  /// "" when there is none.
  std::string version(std::string_view name) const {
    const Handle served = models.find(name);
    return served ? served->version() : "";
  }
  std::vector<std::string> versions(std::string_view name) const {
    std::vector<std::string> versions;
    for (const Handle& served : models.versions(name)) versions.push_back(served->version());
    return versions;
  }
  /// "3 ready, 2 unavailable (why)".
  std::string states(std::string_view name) const {
    std::string text;
    for (const ModelState& state : models.states(name)) {
      if (!text.empty()) text += ", ";
      text += state.version + " " + std::string(load_state_name(state.state));
      if (!state.reason.empty()) text += " (" + state.reason + ")";
    }
    return text;
  }

  ModelRegistry models;
  std::shared_ptr<MadeSource> source = std::make_shared<MadeSource>();
};

double intercept(const Handle& served) { return served->model().intercepts.at(0); }

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A model is found by its name: the version asked for, or the newest", "[server]") {
  Site site;
  for (const char* version : {"9", "10", "1", "beta"}) site.source->offer("m", version, 1);
  site.source->offer("dated", "2024-05", 1);
  site.source->offer("dated", "2024-06", 1);
  CHECK_FALSE(site.models.find("m"));
  site.sync();
  CHECK(site.version("m") == "10");
  CHECK(site.versions("m") == Names{"10", "9", "1", "beta"});
  CHECK(site.models.find("m", "9")->version() == "9");
  CHECK(site.models.find("m", "009")->version() == "9");
  CHECK(site.models.find("m", "beta")->version() == "beta");
  CHECK_FALSE(site.models.find("m", "2"));
  CHECK_FALSE(site.models.find("n"));
  CHECK(site.version("dated") == "2024-06");
  REQUIRE(site.models.all().size() == 2);
  CHECK(site.models.all()[0]->name() == "dated");
  CHECK(site.models.all()[1]->version() == "10");
}

TEST_CASE("By default answers the only model, or the one that was named", "[server]") {
  Site site;
  CHECK_FALSE(site.models.default_model());
  site.put("m", "1");
  site.put("m", "2");
  CHECK(site.models.default_model()->version() == "2");
  site.put("n", "1");
  CHECK_FALSE(site.models.default_model());
  site.models.set_aliases({{"champion", "m", "1"}});
  for (const auto& [name, version] : {std::pair("n", "1"), {"m", "2"}, {"champion", "1"}}) {
    site.models.set_default(name);
    CHECK(site.models.default_model()->version() == version);
  }
  site.models.set_default("none");
  CHECK_FALSE(site.models.default_model());
}

TEST_CASE("What comes, changes and goes in a source is served so", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.sync();
  const Handle first = site.models.find("m");
  CHECK(intercept(first) == 1);
  site.sync();
  CHECK(site.models.find("m") == first);
  CHECK(site.source->reads == 1);  // what has not changed is not read again

  site.source->offer("m", "1", 2);
  site.source->offer("m", "2", 3);
  site.sync();
  CHECK(intercept(site.models.find("m", "1")) == 2);
  CHECK(intercept(site.models.find("m")) == 3);
  CHECK(intercept(first) == 1);  // a request that has it goes on with it

  site.source->withdraw("m", "2");
  site.sync();
  CHECK(site.version("m") == "1");
  site.source->withdraw("m", "1");
  site.sync();
  CHECK(site.models.all().empty());
  CHECK(site.models.states().empty());
}

TEST_CASE("What reads the same when it is read again is not replaced", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.sync();
  const Handle served = site.models.find("m");
  CHECK(site.models.reload());
  site.models.load("m");
  CHECK(site.source->reads == 3);
  CHECK(site.models.find("m") == served);
}

TEST_CASE("What cannot be read leaves what is served, and the state says why", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.sync();
  site.source->offer("m", "1", kBad);
  site.source->offer("m", "2", kBad);
  CHECK(site.sync().failure->kind() == ErrorKind::corrupt);
  CHECK(intercept(site.models.find("m")) == 1);
  CHECK(site.states("m") == "2 unavailable (it is bad), 1 ready (it is bad)");
  CHECK(site.models.states()[1].failed);
  CHECK(site.models.states()[1].failures == 1);
  CHECK(site.models.load_failures() == 2);
  CHECK_FALSE(site.sync().failure);  // it is not read again before it changes
  CHECK(site.models.load_failures() == 2);
  CHECK_FALSE(site.models.reload());
  CHECK(error_kind_of([&] { site.models.load("m"); }) == ErrorKind::corrupt);
  CHECK(site.models.load_failures() == 6);

  site.source->offer("m", "1", 2);
  site.source->offer("m", "2", 3);
  CHECK_FALSE(site.sync().failure);
  CHECK(site.states("m") == "2 ready, 1 ready");
  CHECK(intercept(site.models.find("m")) == 3);
}

TEST_CASE("What cannot be had now is read at the next look", "[server]") {
  Site site;
  site.source->offer("m", "1", kAway);
  site.source->offer("n", "1", kBad);
  CHECK(site.sync().failure->kind() == ErrorKind::unavailable);
  CHECK(site.sync().failure->kind() == ErrorKind::unavailable);
  CHECK(site.source->reads == 3);

  site.source->offer("n", "1", 1);
  site.sync();
  site.source->trouble = kAway;
  CHECK(error_kind_of([&] { site.sync(); }) == ErrorKind::unavailable);
  CHECK_FALSE(site.models.reload());
  CHECK(site.version("n") == "1");
  CHECK(site.models.sources()[0].problem == "it is away");
  site.source->trouble.reset();
  site.sync();
  CHECK(site.models.sources()[0].problem.empty());
}

TEST_CASE("Of many versions the newest good ones are loaded, and those that an alias names",
          "[server]") {
  Site site;
  site.models.set_max_versions(2);
  site.models.set_aliases({{"old", "m", "1"}});
  for (const char* version : {"1", "2", "3", "4"}) site.source->offer("m", version, 1);
  site.source->offer("m", "5", kBad);
  site.sync();
  CHECK(site.versions("m") == Names{"4", "3", "1"});
  CHECK(site.version("old") == "1");
  CHECK(site.states("m") ==
        "5 unavailable (it is bad), 4 ready, 3 ready, 2 unavailable (there are 2 newer versions), "
        "1 ready");
  site.source->offer("m", "5", 5);
  site.sync();
  CHECK(site.versions("m") == Names{"5", "4", "1"});
  site.source->withdraw("m", "5");
  site.sync();
  CHECK(site.versions("m") == Names{"4", "3", "1"});
}

TEST_CASE("A version that an alias still stands for stays loaded, however old", "[server]") {
  Site site;
  site.models.set_max_versions(1);
  site.source->offer("m", "1", 1);
  site.source->aliases = {{"champion", "m", "1"}};
  site.sync();
  site.source->offer("m", "2", 2);
  site.source->aliases = {{"champion", "m", "3"}};
  site.sync();
  CHECK(site.versions("m") == Names{"2", "1"});
  CHECK(site.version("champion") == "1");
  site.source->aliases.clear();
  site.sync();
  site.sync();
  CHECK(site.versions("m") == Names{"2"});
}

TEST_CASE("An alias is another name, for a model or for a version", "[server]") {
  Site site;
  site.models.set_aliases({{"any", "m", ""}, {"champion", "m", "1"}, {"m@stable", "m", "1"}});
  site.source->offer("m", "1", 1);
  site.source->offer("m", "2", 2);
  site.sync();
  CHECK(site.version("any") == "2");
  CHECK(site.versions("any") == Names{"2", "1"});
  CHECK(site.version("champion") == "1");
  CHECK(site.versions("champion") == Names{"1"});
  CHECK(site.models.find("champion", "1")->name() == "m");
  CHECK_FALSE(site.models.find("champion", "2"));
  CHECK(site.models.labelled("m", "stable")->version() == "1");
  CHECK_FALSE(site.models.labelled("m", "canary"));
  CHECK_FALSE(site.models.labelled("n", "stable"));
  CHECK(site.models.all().size() == 1);
}

TEST_CASE("An alias of a model's own name says which version serves", "[server]") {
  Site site;
  site.models.set_aliases({{"m", "m", "1"}});
  site.source->offer("m", "1", 1);
  site.source->offer("m", "2", 2);
  site.sync();
  CHECK(site.version("m") == "1");
  CHECK(site.models.find("m", "2")->version() == "2");
  CHECK(site.models.all().at(0)->version() == "1");
  CHECK(site.models.default_model()->version() == "1");
}

TEST_CASE("An alias whose model is not there goes on to stand for what it stood for", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.source->aliases = {{"champion", "m", "1"}};
  site.sync();
  CHECK(site.version("champion") == "1");
  site.source->aliases = {{"champion", "m", "2"}};
  site.sync();
  CHECK(site.version("champion") == "1");
  CHECK_FALSE(site.models.aliases().at(0).fulfilled);
  site.source->offer("m", "2", 2);
  site.sync();
  CHECK(site.version("champion") == "2");
  CHECK(site.models.aliases().at(0).fulfilled);
  site.source->withdraw("m", "2");
  site.sync();
  CHECK(site.version("champion").empty());
  CHECK_FALSE(site.models.aliases().at(0).served);
  site.source->aliases.clear();
  site.sync();
  CHECK(site.models.aliases().empty());
}

TEST_CASE("An unloaded model stays away until it is loaded again", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.source->offer("n", "1", 1);
  site.sync();
  site.models.unload("m");
  CHECK_FALSE(site.models.find("m"));
  CHECK(site.version("n") == "1");
  site.source->offer("m", "2", 2);
  site.sync();
  site.models.reload();
  CHECK_FALSE(site.models.find("m"));
  CHECK(site.states("m") == "2 unavailable (it was unloaded), 1 unavailable (it was unloaded)");
  CHECK(error_kind_of([&] { site.models.unload("m"); }) == ErrorKind::not_found);
  CHECK(error_kind_of([&] { site.models.unload("none"); }) == ErrorKind::not_found);
  CHECK(error_kind_of([&] { site.models.load("none"); }) == ErrorKind::not_found);
  site.models.load("m");
  CHECK(site.versions("m") == Names{"2", "1"});
}

TEST_CASE("An unloaded model that has gone is a new one when it comes again", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.sync();
  site.models.unload("m");
  site.source->withdraw("m", "1");
  site.sync();
  site.source->offer("m", "1", 1);
  site.sync();
  CHECK(site.version("m") == "1");
}

TEST_CASE("The memory of an unloaded model is free when its last request is done", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.sync();
  Handle request = site.models.find("m");
  const std::weak_ptr<const ServedModel> model = request;
  site.models.unload("m");
  CHECK(site.states("m") == "1 unloading (it was unloaded)");
  request.reset();
  CHECK(model.expired());
  CHECK(site.states("m") == "1 unavailable (it was unloaded)");
}

TEST_CASE("Of several sources with a model of one name the store's goes before a file's",
          "[server]") {
  Site site;
  const auto store = std::make_shared<MadeSource>(ModelSource::Kind::store);
  const auto file = std::make_shared<MadeSource>(ModelSource::Kind::file);
  site.models.add(store);
  site.models.add(file);
  site.source->offer("m", "9", 9);
  site.source->offer("n", "1", 1);
  site.sync();
  CHECK(site.version("m") == "9");
  file->offer("m", "1", 1);
  site.models.sync(*file, Look::settled);
  CHECK(site.version("m") == "1");
  CHECK_FALSE(site.models.find("m", "9"));
  store->offer("m", "3", 3);
  site.models.sync(*store, Look::settled);
  CHECK(site.version("m") == "3");
  CHECK(site.states("m") ==
        "9 unavailable (another source has a model of that name, which serves), 3 ready, "
        "1 unavailable (another source has a model of that name, which serves)");
  CHECK(site.models.all().size() == 2);
  store->withdraw("m", "3");
  site.models.sync(*store, Look::settled);
  CHECK(site.version("m") == "1");
}

TEST_CASE("A model file is version 1 of what it is called", "[server]") {
  const testing::TemporaryFolder folder;
  model::save(testing::small_model(), folder.file("churn.json"));
  ModelRegistry models;
  CHECK(models.add_file(folder.file("churn.json")) == "churn");
  CHECK(models.add_file(folder.file("churn.json"), "again") == "again");
  CHECK(models.find("churn", "1"));
  CHECK(models.find("again"));
  CHECK(models.states("churn").at(0).source == folder.file("churn.json"));
  CHECK(error_kind_of([&] { models.add_file(folder.file("none.json")); }) == ErrorKind::not_found);
}

TEST_CASE("Whoever asks does not wait while a model is read", "[server]") {
  Site site;
  test::Signal reading;
  test::Signal go_on;
  site.source->offer("m", "1", 1);
  site.sync();
  site.source->offer("m", "1", 2);
  site.source->offer("m", "2", 2);
  site.source->before_read = [&] {
    reading.give();
    go_on.wait();
  };
  std::jthread loading([&] { site.sync(); });
  REQUIRE(reading.wait());
  CHECK(intercept(site.models.find("m")) == 1);
  CHECK(site.models.default_model());
  CHECK(site.states("m") == "2 loading, 1 ready");
  site.put("other", "1");  // nor does another source
  CHECK(site.version("other") == "1");
  site.models.unload("m");  // nor whoever wants it no more
  CHECK_FALSE(site.models.find("m"));
  go_on.give();
  go_on.give();
  loading.join();
  CHECK_FALSE(site.models.find("m"));
}

TEST_CASE("Models are swapped under requests, and each gets one or the other", "[server]") {
  Site site;
  site.models.set_aliases({{"alias", "m", ""}});
  site.source->offer("m", "1", 1);
  site.source->offer("n", "1", 1);
  site.sync();
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> requests;
    for (int i = 0; i < 3; ++i) {
      requests.emplace_back([&] {
        while (!done) {
          for (const char* name : {"m", "alias"}) {
            const Handle served = site.models.find(name);
            if (!served || (intercept(served) != 1 && intercept(served) != 2)) ++wrong;
          }
          const auto versions = site.models.versions("m");
          if (versions.empty() || versions.size() > 2) ++wrong;
          if (site.models.states().size() < 2 || site.models.all().size() != 2) ++wrong;
        }
      });
    }
    for (int i = 0; i < 50; ++i) {
      site.source->offer("m", "1", 1 + i % 2);
      i % 3 == 0 ? site.source->offer("m", "2", 2) : site.source->withdraw("m", "2");
      i % 5 == 0 ? site.models.load("m") : static_cast<void>(site.sync());
    }
    done = true;
  }
  CHECK(wrong == 0);
}
