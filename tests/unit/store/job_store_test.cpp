// What every kind of database promises of jobs. Each case runs on all that there are here.

#include <atomic>
#include <set>
#include <thread>

#include "support/catch_shim.hpp"

#include "core/sha256.hpp"
#include "core/uuid.hpp"
#include "support/errors.hpp"
#include "support/test_stores.hpp"

namespace {

using namespace mlserve;
using namespace mlserve::store;
using namespace std::chrono_literals;
using testing::error_kind_of;

constexpr auto kTtl = std::chrono::hours(24);

NewJob new_job(std::string_view body = "[{}]", const std::string& key = {}) {
  NewJob job;
  job.id = make_uuid();
  job.kind = "predict";
  job.model = "titanic";
  job.parameters = R"({"format":"json"})";
  job.body = body;
  job.idempotency_key = key;
  job.request_digest = sha256_hex(body);
  return job;
}

std::string submit(Store& store, std::string_view body = "[{}]") {
  return store.jobs().submit(new_job(body), {}).job.id;
}

/// Claims the next job. There must be one.
Job claim(Store& store, std::chrono::milliseconds lease = 30s) {
  const auto job = store.jobs().claim({"worker-1", make_uuid(), lease});
  REQUIRE(job);
  return *job;
}

Attempt attempt_of(const Job& job) { return {job.id, job.token}; }

JobResult result() {
  JobResult result;
  result.summary = R"({"rows":1})";
  return result;
}

std::string read_all(Store& store, const BlobId& blob) {
  std::string all;
  for (std::int64_t number = 0;; ++number) {
    const auto piece = store.jobs().read_piece(blob, number);
    if (!piece) return all;
    all += *piece;
  }
}

}  // namespace

TEST_CASE("A submitted job waits in the queue with everything it was given", "[store]") {
  FOR_EACH_DATABASE();
  const NewJob job = new_job("body");
  const Submission submitted = store.jobs().submit(job, {});
  CHECK_FALSE(submitted.existed);
  const auto found = store.jobs().find(job.id);
  REQUIRE(found);
  CHECK(found->status == JobStatus::queued);
  CHECK(found->position == 1);
  CHECK(found->kind == "predict");
  CHECK(found->model == "titanic");
  CHECK(found->parameters == job.parameters);
  CHECK(found->body_bytes == 4);
  CHECK(found->attempts == 0);
  CHECK_FALSE(found->started_at);
  CHECK(read_all(store, found->body) == "body");
  CHECK_FALSE(store.jobs().find(make_uuid()));
}

TEST_CASE("Jobs are claimed in the order of their submission", "[store]") {
  FOR_EACH_DATABASE();
  std::vector<std::string> submitted;
  for (int i = 0; i < 5; ++i) submitted.push_back(submit(store));
  CHECK(store.jobs().find(submitted[4])->position == 5);
  std::vector<std::string> claimed;
  for (int i = 0; i < 5; ++i) claimed.push_back(claim(store).id);
  CHECK(claimed == submitted);
  CHECK_FALSE(store.jobs().claim({"worker-1", make_uuid(), 30s}));
}

TEST_CASE("A claim whose answer was lost finds its job again", "[store]") {
  FOR_EACH_DATABASE();
  const std::string first = submit(store);
  const std::string second = submit(store);
  ClaimRequest request{"worker-1", make_uuid(), 30s};
  REQUIRE(store.jobs().claim(request));
  request.again = true;
  const auto found = database->open(25s)->jobs().claim(request);
  REQUIRE(found);
  CHECK(found->id == first);
  CHECK(found->attempts == 1);
  database->open(40s)->jobs().reclaim({});
  CHECK(store.jobs().renew(attempt_of(*found), 0));  // the lease began anew
  CHECK(store.jobs().find(second)->status == JobStatus::queued);
}

TEST_CASE("A lost claim that has got nothing gets the next job", "[store]") {
  FOR_EACH_DATABASE();
  const std::string id = submit(store);
  const auto found = store.jobs().claim({"worker-1", make_uuid(), 30s, true});
  REQUIRE(found);
  CHECK(found->id == id);
  CHECK(found->attempts == 1);
}

TEST_CASE("A body of bytes comes back byte by byte, an empty one too", "[store]") {
  FOR_EACH_DATABASE();
  std::string bytes = {'\0', '\xFF', '"', '\'', '\\', '\n', '\0'};
  const Job job = *store.jobs().find(submit(store, bytes));
  CHECK(read_all(store, job.body) == bytes);
  CHECK(read_all(store, store.jobs().find(submit(store, ""))->body).empty());
}

TEST_CASE("A large body goes in by pieces and is a job's when it is submitted", "[store]") {
  FOR_EACH_DATABASE();
  const BlobId upload = store.jobs().start_upload();
  const std::string piece(kMaxPieceBytes, 'x');
  store.jobs().append_upload(upload, 0, piece);
  store.jobs().append_upload(upload, 1, "end");
  store.jobs().append_upload(upload, 1, "end");  // said again, after an answer was lost
  NewJob job = new_job();
  job.body = {};
  job.upload = upload;
  const Job submitted = store.jobs().submit(job, {}).job;
  CHECK(submitted.body_bytes == piece.size() + 3);
  CHECK(read_all(store, submitted.body) == piece + "end");
  CHECK(error_kind_of([&] { store.jobs().append_upload(upload, 2, "late"); }) ==
        ErrorKind::unavailable);
  CHECK(error_kind_of([&] {
          store.jobs().append_upload(store.jobs().start_upload(), 0, piece + "x");
        }) == ErrorKind::invalid_argument);
}

TEST_CASE("An upload that was dropped cannot be submitted", "[store]") {
  FOR_EACH_DATABASE();
  const BlobId upload = store.jobs().start_upload();
  store.jobs().append_upload(upload, 0, "x");
  store.jobs().drop_upload(upload);
  NewJob job = new_job();
  job.upload = upload;
  CHECK(error_kind_of([&] { store.jobs().submit(job, {}); }) == ErrorKind::unavailable);
  CHECK_FALSE(store.jobs().find(job.id));
  while (store.jobs().sweep({})) {
  }
  CHECK_FALSE(store.jobs().read_piece(upload, 0));
}

TEST_CASE("A finished job has its whole result, and its body is gone", "[store]") {
  FOR_EACH_DATABASE();
  submit(store);
  const Job job = claim(store);
  CHECK(job.status == JobStatus::running);
  CHECK(job.attempts == 1);
  REQUIRE(job.started_at);
  CHECK(store.jobs().renew(attempt_of(job), 0.5));
  CHECK(store.jobs().find(job.id)->progress == 0.5);
  CHECK(store.jobs().append_result(attempt_of(job), 0, "one "));
  CHECK(store.jobs().append_result(attempt_of(job), 1, "two"));
  CHECK(store.jobs().find(job.id)->result.empty());
  CHECK(store.jobs().finish(attempt_of(job), result()));
  CHECK(store.jobs().finish(attempt_of(job), result()));  // asked again: it is done
  const Job done = *store.jobs().find(job.id);
  CHECK(done.status == JobStatus::succeeded);
  CHECK(done.progress == 1);
  CHECK(done.summary == R"({"rows":1})");
  CHECK(read_all(store, done.result) == "one two");
  REQUIRE(done.finished_at);
  CHECK(*done.expires_at - *done.finished_at >= kTtl);
  while (store.jobs().sweep({})) {
  }
  CHECK_FALSE(store.jobs().read_piece(done.body, 0));
  CHECK(read_all(store, done.result) == "one two");
}

TEST_CASE("The end of a result comes with the job's end", "[store]") {
  FOR_EACH_DATABASE();
  submit(store);
  const Job small = claim(store);
  JobResult all = result();
  all.last_piece = "all";
  CHECK(store.jobs().finish(attempt_of(small), all));
  CHECK(store.jobs().finish(attempt_of(small), all));  // asked again: it is done
  CHECK(read_all(store, store.jobs().find(small.id)->result) == "all");
  submit(store);
  const Job large = claim(store);
  CHECK(store.jobs().append_result(attempt_of(large), 0, "one "));
  JobResult end = result();
  end.last_piece = "two";
  end.last_number = 1;
  CHECK(store.jobs().finish(attempt_of(large), end));
  CHECK(read_all(store, store.jobs().find(large.id)->result) == "one two");
}

TEST_CASE("A job does not succeed without the pieces of its result", "[store]") {
  FOR_EACH_DATABASE();
  submit(store);
  const Job job = claim(store);
  JobResult end = result();
  end.last_piece = "two";
  end.last_number = 1;  // of a first piece that is not there
  CHECK(error_kind_of([&] { store.jobs().finish(attempt_of(job), end); }) == ErrorKind::internal);
  CHECK(store.jobs().find(job.id)->status == JobStatus::running);
}

TEST_CASE("A result may be empty", "[store]") {
  FOR_EACH_DATABASE();
  submit(store);
  const Job job = claim(store);
  CHECK(store.jobs().finish(attempt_of(job), result()));
  CHECK(read_all(store, store.jobs().find(job.id)->result).empty());
}

TEST_CASE("An attempt whose lease ran out can write nothing any more", "[store]") {
  FOR_EACH_DATABASE();
  const auto later = database->open(1min);
  submit(store);
  submit(store);
  const Job first = claim(store);
  CHECK(store.jobs().append_result(attempt_of(first), 0, "from the first"));
  later->jobs().reclaim({});
  const Job again = claim(*later);
  CHECK(again.id == first.id);  // at its old place
  CHECK(again.attempts == 2);
  CHECK_FALSE(store.jobs().renew(attempt_of(first), 0.9));
  CHECK_FALSE(store.jobs().append_result(attempt_of(first), 1, "late"));
  CHECK_FALSE(store.jobs().fail(attempt_of(first), "late", 3, kTtl));
  CHECK_FALSE(store.jobs().give_back(attempt_of(first)));
  CHECK_FALSE(store.jobs().finish(attempt_of(first), result()));
  CHECK(later->jobs().append_result(attempt_of(again), 0, "from the second"));
  CHECK(later->jobs().finish(attempt_of(again), result()));
  const Job done = *store.jobs().find(first.id);
  CHECK(read_all(store, done.result) == "from the second");
  REQUIRE(done.failures.size() == 1);
  CHECK(done.failures[0].attempt == 1);
  CHECK(done.failures[0].worker == "worker-1");
}

TEST_CASE("A renewed lease does not run out", "[store]") {
  FOR_EACH_DATABASE();
  const auto later = database->open(25s);
  const auto much_later = database->open(40s);
  submit(store);
  const Job job = claim(store);
  CHECK(later->jobs().renew(attempt_of(job), 0));
  much_later->jobs().reclaim({});
  CHECK(store.jobs().find(job.id)->status == JobStatus::running);
}

TEST_CASE("A job fails after so many attempts, with the reason of each", "[store]") {
  FOR_EACH_DATABASE();
  const auto later = database->open(1min);
  submit(store);
  const Job first = claim(store);
  CHECK(store.jobs().fail(attempt_of(first), "out of memory", 3, kTtl));
  CHECK(store.jobs().fail(attempt_of(first), "out of memory", 3, kTtl));  // asked again
  CHECK(store.jobs().find(first.id)->status == JobStatus::queued);
  claim(store);
  later->jobs().reclaim({});
  const Job third = claim(store);
  CHECK(third.attempts == 3);
  CHECK(store.jobs().fail(attempt_of(third), "out of memory again", 3, kTtl));
  const Job failed = *store.jobs().find(first.id);
  CHECK(failed.status == JobStatus::failed);
  REQUIRE(failed.failures.size() == 3);
  CHECK(failed.failures[0].reason == "out of memory");
  CHECK(failed.failures[1].reason.find("lease") != std::string::npos);
  CHECK(failed.failures[2].reason == "out of memory again");
  CHECK(failed.failures[2].attempt == 3);
  CHECK_FALSE(store.jobs().claim({"worker-1", make_uuid(), 30s}));
}

TEST_CASE("A job that was handed back has lost neither its place nor an attempt", "[store]") {
  FOR_EACH_DATABASE();
  const std::string first = submit(store);
  submit(store);
  const Job job = claim(store);
  CHECK(store.jobs().give_back(attempt_of(job)));
  CHECK(store.jobs().give_back(attempt_of(job)));  // asked again
  CHECK_FALSE(store.jobs().renew(attempt_of(job), 0));
  CHECK_FALSE(store.jobs().finish(attempt_of(job), result()));
  const Job again = claim(store);
  CHECK(again.id == first);
  CHECK(again.attempts == 1);
}

TEST_CASE(
    "A clock that is set back an hour frees no job of a living worker and loses none of a "
    "dead one",
    "[store]") {
  FOR_EACH_DATABASE();
  const auto earlier = database->open(-1h);
  const auto a_minute_on = database->open(-1h + 1min);
  submit(store);
  submit(store);
  const Job alive = claim(store);
  const Job dead = claim(store);
  earlier->jobs().reclaim({});
  CHECK(earlier->jobs().find(alive.id)->status == JobStatus::running);
  CHECK(a_minute_on->jobs().renew(attempt_of(alive), 0.1));
  a_minute_on->jobs().reclaim({});
  CHECK(store.jobs().find(alive.id)->status == JobStatus::running);
  CHECK(store.jobs().find(dead.id)->status == JobStatus::queued);
  CHECK(earlier->jobs().finish(attempt_of(alive), result()));
}

TEST_CASE("Jobs submitted under a clock that was set back keep their order", "[store]") {
  FOR_EACH_DATABASE();
  const auto earlier = database->open(-1h);
  const std::string first = submit(store);
  const std::string second = submit(*earlier);
  CHECK(claim(*earlier).id == first);
  CHECK(claim(store).id == second);
}

TEST_CASE("Queued and running jobs can be cancelled, ended ones not", "[store]") {
  FOR_EACH_DATABASE();
  const std::string queued = submit(store);
  CHECK(store.jobs().cancel(queued, kTtl).status == JobStatus::cancelled);
  CHECK(store.jobs().cancel(queued, kTtl).status == JobStatus::cancelled);
  submit(store);
  const Job running = claim(store);
  CHECK(store.jobs().cancel(running.id, kTtl).status == JobStatus::cancelled);
  CHECK_FALSE(store.jobs().renew(attempt_of(running), 0));
  CHECK_FALSE(store.jobs().finish(attempt_of(running), result()));
  CHECK(store.jobs().find(running.id)->status == JobStatus::cancelled);
  submit(store);
  const Job done = claim(store);
  CHECK(store.jobs().finish(attempt_of(done), result()));
  CHECK(error_kind_of([&] { store.jobs().cancel(done.id, kTtl); }) == ErrorKind::conflict);
  CHECK(error_kind_of([&] { store.jobs().cancel(make_uuid(), kTtl); }) == ErrorKind::not_found);
}

TEST_CASE("A job that is tried again waits behind all others, as if new", "[store]") {
  FOR_EACH_DATABASE();
  submit(store, "body");
  const Job failed = claim(store);
  CHECK(store.jobs().fail(attempt_of(failed), "bad row", 0, kTtl));
  const std::string other = submit(store);
  const Job again = store.jobs().retry(failed.id, {});
  CHECK(again.status == JobStatus::queued);
  CHECK(again.attempts == 0);
  CHECK(again.failures.empty());
  CHECK(again.position == 2);
  CHECK_FALSE(again.finished_at);
  CHECK(claim(store).id == other);
  const Job claimed = claim(store);
  CHECK(claimed.id == failed.id);
  CHECK(read_all(store, claimed.body) == "body");
  CHECK(error_kind_of([&] { store.jobs().retry(failed.id, {}); }) == ErrorKind::conflict);
  CHECK(error_kind_of([&] { store.jobs().retry(make_uuid(), {}); }) == ErrorKind::not_found);
}

TEST_CASE("A full queue takes no more jobs", "[store]") {
  FOR_EACH_DATABASE();
  QueueLimits limits;
  limits.max_queued = 2;
  store.jobs().submit(new_job(), limits);
  store.jobs().submit(new_job("x", "key"), limits);
  const NewJob third = new_job();
  CHECK_THROWS_AS(store.jobs().submit(third, limits), QueueFull);
  CHECK_FALSE(store.jobs().find(third.id));
  CHECK(store.jobs().submit(new_job("x", "key"), limits).existed);  // is in already
  claim(store);
  CHECK_NOTHROW(store.jobs().submit(third, limits));
}

TEST_CASE("A store that takes too many bytes takes no more jobs", "[store]") {
  FOR_EACH_DATABASE();
  QueueLimits limits;
  limits.max_bytes = 10;
  const BlobId upload = store.jobs().start_upload();
  CHECK_THROWS_AS(store.jobs().append_upload(upload, 0, "12345678901", limits), QueueFull);
  CHECK_THROWS_AS(store.jobs().submit(new_job("12345678901"), limits), QueueFull);
  CHECK_NOTHROW(store.jobs().submit(new_job("1234567890"), limits));
}

TEST_CASE("An idempotency key makes one job of two requests", "[store]") {
  FOR_EACH_DATABASE();
  const Submission first = store.jobs().submit(new_job("body", "key"), {});
  const Submission second = store.jobs().submit(new_job("body", "key"), {});
  CHECK(second.existed);
  CHECK(second.job.id == first.job.id);
  CHECK_THROWS_AS(store.jobs().submit(new_job("other", "key"), {}), KeyReused);
  const Job job = claim(store);
  CHECK(store.jobs().submit(new_job("body", "key"), {}).job.status == JobStatus::running);
  CHECK(store.jobs().finish(attempt_of(job), result()));
  CHECK(store.jobs().submit(new_job("body", "key"), {}).job.status == JobStatus::succeeded);
  CHECK_FALSE(store.jobs().claim({"worker-1", make_uuid(), 30s}));
}

TEST_CASE("Results expire, then their records; the key is free again", "[store]") {
  FOR_EACH_DATABASE();
  const auto a_day_on = database->open(25h);
  const auto weeks_on = database->open(24h * 20);
  NewJob job = new_job("body", "key");
  store.jobs().submit(job, {});
  const Job claimed = claim(store);
  CHECK(store.jobs().append_result(attempt_of(claimed), 0, "result"));
  CHECK(store.jobs().finish(attempt_of(claimed), result()));
  const BlobId blob = store.jobs().find(job.id)->result;
  while (a_day_on->jobs().sweep({})) {
  }
  CHECK(store.jobs().find(job.id)->status == JobStatus::expired);
  CHECK_FALSE(store.jobs().read_piece(blob, 0));
  CHECK(error_kind_of([&] { store.jobs().retry(job.id, {}); }) == ErrorKind::conflict);
  CHECK_FALSE(store.jobs().submit(new_job("body", "key"), {}).existed);
  while (weeks_on->jobs().sweep({})) {
  }
  CHECK_FALSE(store.jobs().find(job.id));
}

TEST_CASE("What attempts and clients leave behind is swept away, running work is not", "[store]") {
  FOR_EACH_DATABASE();
  const auto later = database->open(2h);
  const BlobId upload = store.jobs().start_upload();
  store.jobs().append_upload(upload, 0, "never submitted");
  submit(store);
  submit(store);
  const Job lost = claim(store);
  CHECK(store.jobs().append_result(attempt_of(lost), 0, "half"));
  CHECK(store.jobs().fail(attempt_of(lost), "interrupted", 0, kTtl));
  const Job running = claim(store, 24h);
  CHECK(store.jobs().append_result(attempt_of(running), 0, "half"));
  while (later->jobs().sweep({})) {
  }
  CHECK_FALSE(store.jobs().read_piece(upload, 0));
  CHECK_FALSE(store.jobs().read_piece(lost.token, 0));
  CHECK(store.jobs().read_piece(running.token, 0) == "half");
  CHECK(read_all(store, running.body) == "[{}]");
}

TEST_CASE("Large bodies that nobody needs go piece by piece, small ones at once", "[store]") {
  FOR_EACH_DATABASE();
  const auto upload = [&](std::int64_t pieces) {
    const BlobId blob = store.jobs().start_upload();
    for (std::int64_t i = 0; i < pieces; ++i)
      store.jobs().append_upload(blob, i, std::string(kMaxPieceBytes, 'x'));
    store.jobs().drop_upload(blob);
    return blob;
  };
  const BlobId small = upload(1);
  CHECK_FALSE(store.jobs().read_piece(small, 0));
  CHECK_FALSE(store.jobs().sweep({}));
  const BlobId large = upload(6);
  const BlobId other = upload(2);
  CHECK(store.jobs().read_piece(large, 5));
  CHECK(store.jobs().sweep({}));
  CHECK(store.jobs().sweep({}));
  while (store.jobs().sweep({})) {
  }
  for (const BlobId& blob : {large, other}) CHECK_FALSE(store.jobs().read_piece(blob, 0));
  CHECK_FALSE(store.jobs().read_piece(large, 5));
}

TEST_CASE("Jobs are listed latest first, by status and from a place on", "[store]") {
  FOR_EACH_DATABASE();
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(submit(store));
  claim(store);
  const auto all = store.jobs().list({});
  REQUIRE(all.size() == 4);
  CHECK(all.front().id == ids[3]);
  JobFilter filter;
  filter.status = JobStatus::queued;
  filter.limit = 2;
  auto page = store.jobs().list(filter);
  REQUIRE(page.size() == 2);
  CHECK(page[1].id == ids[2]);
  filter.before = page[1].sequence;
  page = store.jobs().list(filter);
  REQUIRE(page.size() == 1);
  CHECK(page[0].id == ids[1]);
}

TEST_CASE("Of some jobs it is known which have ended", "[store]") {
  FOR_EACH_DATABASE();
  const std::string first = submit(store);
  const std::string second = submit(store);
  const std::string unknown = make_uuid();
  store.jobs().cancel(first, kTtl);
  CHECK(store.jobs().ended({first, second, unknown}) == std::vector<std::string>{first, unknown});
}

TEST_CASE("Workers that claim at once get each job once", "[store]") {
  FOR_EACH_DATABASE();
  constexpr int kJobs = 60;
  for (int i = 0; i < kJobs; ++i) submit(store);
  const auto other_process = database->open();
  std::mutex mutex;
  std::vector<std::string> claimed;
  const auto work = [&](Store& mine) {
    while (const auto job = mine.jobs().claim({"worker", make_uuid(), 30s})) {
      const std::lock_guard lock(mutex);
      claimed.push_back(job->id);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] { work(i % 2 == 0 ? store : *other_process); });
  }
  CHECK(claimed.size() == kJobs);
  CHECK(std::set<std::string>(claimed.begin(), claimed.end()).size() == kJobs);
}

TEST_CASE("Requests with one key at once make one job", "[store]") {
  FOR_EACH_DATABASE();
  const auto other_process = database->open();
  std::mutex mutex;
  std::set<std::string> ids;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        Store& mine = i % 2 == 0 ? store : *other_process;
        const std::string id = mine.jobs().submit(new_job("body", "key"), {}).job.id;
        const std::lock_guard lock(mutex);
        ids.insert(id);
      });
    }
  }
  CHECK(ids.size() == 1);
}

TEST_CASE("Changes are heard of in every process", "[store]") {
  FOR_EACH_DATABASE();
  const auto other_process = database->open();
  testing::Changes here;
  testing::Changes there;
  store.database().watch(here.listener());
  const std::string id = submit(store);
  other_process->database().watch(there.listener());
  CHECK(here.wait_for(Change::Kind::unknown));
  CHECK(there.wait_for(Change::Kind::unknown));
  const Job job = claim(*other_process);
  CHECK(here.wait_for(Change::Kind::started, id));
  CHECK(there.wait_for(Change::Kind::started, id));
  CHECK(store.jobs().give_back(attempt_of(job)));
  CHECK(there.wait_for(Change::Kind::queued, id));
  store.jobs().cancel(id, kTtl);
  CHECK(here.wait_for(Change::Kind::ended, id));
  CHECK(there.wait_for(Change::Kind::ended, id));
  const std::string last = submit(*other_process);
  CHECK(here.wait_for(Change::Kind::queued, last));
  store.database().stop_watching();
  other_process->database().stop_watching();
}
