#include "store/model_store.hpp"

#include "support/catch_shim.hpp"

#include "core/uuid.hpp"
#include "support/errors.hpp"
#include "support/test_stores.hpp"

namespace {

using namespace mlserve;
using namespace mlserve::store;
using namespace std::chrono_literals;
using testing::error_kind_of;

/// A training that ends with the next version of `name`.
void add_version(Store& store, const std::string& name, const std::string& checksum,
                 bool promote = true) {
  NewJob job;
  job.id = make_uuid();
  job.kind = "train";
  store.jobs().submit(job, {});
  const auto claimed = store.jobs().claim({"worker", make_uuid(), 30s});
  REQUIRE(claimed);
  JobResult result;
  result.version = NewVersion{name, checksum, promote};
  REQUIRE(store.jobs().finish({claimed->id, claimed->token}, result));
}

NewJob pinned_job(const std::string& checksum) {
  NewJob job;
  job.id = make_uuid();
  job.kind = "predict";
  job.model_checksum = checksum;
  return job;
}

void sweep(Store& store) {
  while (store.jobs().sweep({})) {
  }
}

}  // namespace

TEST_CASE("A published model comes back whole, published once or twice", "[store]") {
  FOR_EACH_DATABASE();
  const std::string text(2 * kMaxPieceBytes + 17, 'm');
  store.models().publish("abc", text);
  store.models().publish("abc", text);
  CHECK(store.models().text("abc") == text);
  CHECK(error_kind_of([&] { store.models().text("def"); }) == ErrorKind::not_found);
}

TEST_CASE("A job is pinned to a published model only", "[store]") {
  FOR_EACH_DATABASE();
  CHECK_THROWS_AS(store.jobs().submit(pinned_job("abc"), {}), ModelNotPublished);
  store.models().publish("abc", "text");
  CHECK(store.jobs().submit(pinned_job("abc"), {}).job.model_checksum == "abc");
}

TEST_CASE("Trainings add versions, of which the highest promoted one serves", "[store]") {
  FOR_EACH_DATABASE();
  testing::Changes changes;
  CHECK(store.models().promoted(1).empty());
  store.database().watch(changes.listener());
  CHECK(changes.wait_for(Change::Kind::unknown));
  add_version(store, "churn", "a");
  add_version(store, "churn", "b");
  add_version(store, "churn", "c", false);
  add_version(store, "titanic", "d");
  const auto serving = store.models().promoted(1);
  REQUIRE(serving.size() == 2);
  CHECK(serving[0].name == "churn");
  CHECK(serving[0].version == 2);
  CHECK(serving[0].checksum == "b");
  CHECK(serving[1].name == "titanic");
  CHECK(serving[1].version == 1);
  const auto versions = store.models().versions();
  REQUIRE(versions.size() == 4);
  CHECK(versions[2].version == 3);
  CHECK_FALSE(versions[2].promoted);
  CHECK(changes.wait_for(Change::Kind::models));
}

TEST_CASE("Of each model the highest promoted versions can be asked for", "[store]") {
  FOR_EACH_DATABASE();
  for (const char* checksum : {"a", "b", "c"}) add_version(store, "churn", checksum);
  add_version(store, "churn", "d", false);
  add_version(store, "titanic", "e");
  const auto promoted = store.models().promoted(2);
  REQUIRE(promoted.size() == 3);
  CHECK(promoted[0].checksum == "b");
  CHECK(promoted[1].checksum == "c");
  CHECK(promoted[2].name == "titanic");
  CHECK(store.models().versions("churn").size() == 4);
  CHECK(store.models().versions("none").empty());
}

TEST_CASE("A version serves when it is promoted, and those above it no more", "[store]") {
  FOR_EACH_DATABASE();
  for (const char* checksum : {"a", "b", "c"}) add_version(store, "churn", checksum);
  add_version(store, "titanic", "d");
  const auto serving = [&] { return store.models().promoted(1).front().checksum; };
  store.models().promote("churn", 1);
  CHECK(serving() == "a");
  store.models().promote("churn", 3);
  CHECK(serving() == "c");
  CHECK_FALSE(store.models().versions("churn").at(1).promoted);
  store.models().promote("churn", 2);
  CHECK(serving() == "b");
  CHECK(error_kind_of([&] { store.models().promote("churn", 4); }) == ErrorKind::not_found);
  CHECK(error_kind_of([&] { store.models().promote("none", 1); }) == ErrorKind::not_found);
  CHECK(serving() == "b");
  add_version(store, "churn", "e");
  CHECK(serving() == "e");
  store.models().withdraw("churn");
  store.models().withdraw("none");
  CHECK(serving() == "d");
  CHECK(store.models().versions("churn").size() == 4);
}

TEST_CASE("Whoever watches hears of a promotion and of a withdrawal", "[store]") {
  FOR_EACH_DATABASE();
  add_version(store, "churn", "a");
  const auto watching = database->open();
  for (const bool promotes : {true, false}) {
    testing::Changes changes;
    watching->database().watch(changes.listener());
    REQUIRE(changes.wait_for(Change::Kind::unknown));
    promotes ? store.models().promote("churn", 1) : store.models().withdraw("churn");
    CHECK(changes.wait_for(Change::Kind::models));
  }
}

TEST_CASE("A model goes when no version and no job needs it", "[store]") {
  FOR_EACH_DATABASE();
  const auto later = database->open(2h);
  const auto much_later = database->open(24h * 3);
  store.models().publish("unused", "text");
  store.models().publish("version", "text");
  store.models().publish("job", "text");
  add_version(store, "churn", "version");
  store.jobs().submit(pinned_job("job"), {});
  sweep(store);
  CHECK(store.models().text("unused") == "text");  // it may be on its way into a job
  sweep(*later);
  CHECK(error_kind_of([&] { store.models().text("unused"); }) == ErrorKind::not_found);
  CHECK(store.models().text("version") == "text");
  CHECK(store.models().text("job") == "text");
  const auto job = store.jobs().claim({"worker", make_uuid(), 30s});
  REQUIRE(job);
  CHECK(store.jobs().finish({job->id, job->token}, {}));
  sweep(*much_later);
  CHECK(store.models().text("version") == "text");
  CHECK(error_kind_of([&] { store.models().text("job"); }) == ErrorKind::not_found);
}
