#include "server/model_sync.hpp"

#include <memory>
#include <string>

#include "model/model_file.hpp"
#include "support/job_site.hpp"
#include "support/log_reader.hpp"
#include "support/stored_versions.hpp"

using namespace mlserve;
using namespace mlserve::testing;

namespace {

/// One server's models, kept up with a store.
class Follower {
 public:
  explicit Follower(const TestDatabase& database)
      : store_(database.open()), sync_(*store_, models, executor_, logger) {}
  ~Follower() { executor_.stop(); }

  std::string version(const std::string& name) const {
    const auto served = models.find(name);
    return served ? served->version() : "";
  }

  LogReader log;
  Log logger{log.stream(), LogLevel::debug, LogFormat::text};
  server::ModelRegistry models{&logger};

 private:
  std::unique_ptr<store::Store> store_;
  server::Executor executor_{1, 10};
  server::ModelSync sync_;
};

std::string model_text(double accuracy) {
  model::Model model = small_model();
  model.metrics = {{"accuracy", accuracy}};
  return model::to_text(model);
}

double accuracy(const server::ModelRegistry& models, const std::string& name) {
  return models.find(name)->model().metrics.at(0).second;
}

}  // namespace

TEST_CASE("Every server serves a new version without a restart", "[server]") {
  const SqliteTestDatabase database;
  Follower first(database);
  Follower second(database);
  const auto store = database.open();
  CHECK_FALSE(store->database().exists());  // following makes no database
  add_version(*store, "churn", model_text(0.5));
  for (Follower* follower : {&first, &second}) {
    REQUIRE(follower->log.says("model 'churn' version 1 of the store serves now"));
    CHECK(follower->version("churn") == "1");
    CHECK(accuracy(follower->models, "churn") == 0.5);
  }
  add_version(*store, "churn", model_text(0.75));
  add_version(*store, "other", model_text(0.25));
  for (Follower* follower : {&first, &second}) {
    REQUIRE(follower->log.says("model 'other' version 1"));
    CHECK(follower->version("churn") == "2");
    CHECK(accuracy(follower->models, "churn") == 0.75);
  }
  // One that comes later finds what is there.
  Follower third(database);
  REQUIRE(third.log.says("model 'other' version 1"));
  CHECK(third.version("churn") == "2");
}

TEST_CASE("A version that is not promoted is not served", "[server]") {
  const SqliteTestDatabase database;
  Follower follower(database);
  const auto store = database.open();
  add_version(*store, "churn", model_text(0.5));
  add_version(*store, "churn", model_text(0.75), false);
  add_version(*store, "other", model_text(0.25));
  REQUIRE(follower.log.says("model 'other' version 1"));
  CHECK(follower.version("churn") == "1");
}

TEST_CASE("A model of the store takes the place of a file's, and reloading does not undo it",
          "[server]") {
  const SqliteTestDatabase database;
  const TemporaryFolder folder;
  model::save(small_model(), folder.file("churn.json"));
  model::save(small_model(), folder.file("other.json"));
  Follower follower(database);
  follower.models.add_file(folder.file("churn.json"));
  follower.models.add_file(folder.file("other.json"));
  const auto store = database.open();
  add_version(*store, "churn", model_text(0.5));
  REQUIRE(follower.log.says("of the store serves now"));
  CHECK(accuracy(follower.models, "churn") == 0.5);

  CHECK(follower.models.reload());
  CHECK(accuracy(follower.models, "churn") == 0.5);
  CHECK(accuracy(follower.models, "other") == 0.8);
  CHECK(follower.models.all().size() == 2);
}

TEST_CASE("A version that cannot be used leaves the old one serving, and the log says why",
          "[server]") {
  const SqliteTestDatabase database;
  Follower follower(database);
  const auto store = database.open();
  add_version(*store, "churn", model_text(0.5));
  REQUIRE(follower.log.says("version 1 of the store serves now"));
  add_version(*store, "churn", "{\"format\":\"mlserve.model\"}");
  REQUIRE(follower.log.says("not served: model 'churn' version 2"));
  CHECK(follower.version("churn") == "1");
  add_version(*store, "churn", model_text(0.75));
  REQUIRE(follower.log.says("version 3 of the store serves now"));
  CHECK(accuracy(follower.models, "churn") == 0.75);
}
