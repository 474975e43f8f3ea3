#include "server/job_watch.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/long_poll.hpp"
#include "support/job_site.hpp"

using namespace mlserve;
using namespace mlserve::testing;
using Json = nlohmann::json;
using Kind = store::Change::Kind;

namespace {

/// A database that tells only what the test lets it tell, and counts how often it is read.
class QuietDatabase final : public store::Database {
 public:
  explicit QuietDatabase(std::unique_ptr<store::Database> real) : real_(std::move(real)) {}

  bool exists() const override { return real_->exists(); }
  std::string name() const override { return real_->name(); }
  void watch(store::ChangeListener listener) override { listeners_.push_back(std::move(listener)); }
  void stop_watching() override { listeners_.clear(); }

  void tell(const store::Change& change) {
    for (const store::ChangeListener& listener : listeners_) listener(change);
  }

  std::atomic<bool> lost = false;
  std::atomic<int> reads = 0;

 private:
  void run_transaction(Access access,
                       const std::function<void(store::Connection&)>& work) override {
    if (lost) throw Error(ErrorKind::unavailable, "the connection is lost");
    if (access == Access::write) return real_->write(work);
    ++reads;
    real_->read(work);
  }

  std::unique_ptr<store::Database> real_;
  std::vector<store::ChangeListener> listeners_;
};

/// A site whose store tells nothing by itself. One thread asks the store, one thing after another.
struct QuietSite {
  QuietSite()
      : owned(std::make_unique<QuietDatabase>(store::open_database(file.url()))),
        database(*owned),
        site({}, std::make_unique<store::Store>(std::move(owned)), 1) {}

  /// A client that waits for the job, which has been looked at once.
  Waiting wait_for(const std::string& id) {
    Waiting waiting = site.wait("/jobs/" + id, {{"wait", "60"}});
    site.job(id);  // asked for behind the first look
    return waiting;
  }

  SqliteTestDatabase file;
  std::unique_ptr<QuietDatabase> owned;
  QuietDatabase& database;
  JobSite site;
};

std::string status_of(Waiting& waiting) {
  REQUIRE(waiting.woken());
  return Json::parse(waiting.answer().body).at("status");
}

}  // namespace

TEST_CASE("Only who waits for a job is woken by its end", "[server]") {
  QuietSite quiet;
  const std::string first = quiet.site.submit();
  const std::string second = quiet.site.submit();
  Waiting for_first = quiet.wait_for(first);
  Waiting for_second = quiet.wait_for(second);
  quiet.site.remove("/jobs/" + first);
  quiet.site.remove("/jobs/" + second);
  const int before = quiet.database.reads;
  quiet.database.tell({Kind::queued, first});
  quiet.database.tell({Kind::started, first});
  quiet.database.tell({Kind::models, {}});
  quiet.database.tell({Kind::ended, "another"});
  quiet.database.tell({Kind::ended, second});
  CHECK(status_of(for_second) == "cancelled");
  CHECK(quiet.database.reads == before + 1);
  quiet.database.tell({Kind::ended, first});
  CHECK(status_of(for_first) == "cancelled");
  CHECK(quiet.database.reads == before + 2);
}

TEST_CASE("When news may have been missed the store is asked once for all", "[server]") {
  QuietSite quiet;
  std::vector<std::string> ids;
  std::vector<Waiting> waiting;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(quiet.site.submit());
    waiting.push_back(quiet.wait_for(ids.back()));
  }
  quiet.site.remove("/jobs/" + ids[3]);
  quiet.site.remove("/jobs/" + ids[17]);
  const int before = quiet.database.reads;
  quiet.database.tell({Kind::unknown, {}});
  CHECK(status_of(waiting[3]) == "cancelled");
  CHECK(status_of(waiting[17]) == "cancelled");
  CHECK(quiet.database.reads == before + 3);  // which have ended, and these two
}

TEST_CASE("A store that is lost while clients wait is asked again when it is back", "[server]") {
  QuietSite quiet;
  const std::string id = quiet.site.submit();
  Waiting waiting = quiet.wait_for(id);
  quiet.site.remove("/jobs/" + id);
  quiet.database.lost = true;
  quiet.database.tell({Kind::unknown, {}});
  problem_detail(quiet.site.get("/jobs/" + id), 503);  // behind the look at all
  quiet.database.lost = false;
  quiet.database.tell({Kind::unknown, {}});
  CHECK(status_of(waiting) == "cancelled");
}

TEST_CASE("A client that went away is not looked for", "[server]") {
  QuietSite quiet;
  const std::string gone = quiet.site.submit();
  const std::string id = quiet.site.submit();
  { const Waiting left = quiet.wait_for(gone); }
  Waiting waiting = quiet.wait_for(id);
  quiet.site.remove("/jobs/" + gone);
  quiet.site.remove("/jobs/" + id);
  const int before = quiet.database.reads;
  quiet.database.tell({Kind::ended, gone});
  quiet.database.tell({Kind::ended, id});
  CHECK(status_of(waiting) == "cancelled");
  CHECK(quiet.database.reads == before + 1);
}

TEST_CASE("Many alarms before a look are one", "[server]") {
  server::Executor executor(1, 1'000);
  server::JobWatch::Alarm alarm;
  test::Signal entered;
  test::Signal leave;
  std::atomic<int> looks = 0;
  server::LongPoll poll;
  poll.until = std::chrono::steady_clock::now() + std::chrono::hours(1);
  poll.subscribe = [&](server::JobWatch::Alarm given) {
    alarm = std::move(given);
    return server::JobWatch::Subscription();
  };
  poll.look = [&](server::LongPoll::Occasion) {
    if (looks++ == 0) {
      entered.give();
      leave.wait();
    }
    return server::LongPoll::Look{{}, looks == 3};
  };
  Waiting waiting(std::get<server::Parked>(server::long_poll(executor, std::move(poll))));
  REQUIRE(entered.wait());
  for (int i = 0; i < 500; ++i) alarm();
  leave.give();
  test::Signal behind;
  REQUIRE(executor.post([&] { behind.give(); }));
  REQUIRE(behind.wait());
  CHECK(looks == 2);
  alarm();
  CHECK(waiting.woken());
  CHECK(looks == 3);
  executor.stop();
}
