#include "store/sqlite_feed.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "core/error.hpp"
#include "store/job.hpp"

namespace mlserve::store {
namespace {

/// Where a report of the system could be missed (the log was replaced, no inotify to be had), a
/// look at so long intervals costs next to nothing.
constexpr int kLookMilliseconds = 1'000;
constexpr int kLookWithoutInotifyMilliseconds = 20;

/// After a first failure to open the database; then twice as long, up to kLookMilliseconds.
constexpr int kFirstRetryMilliseconds = 10;

Change::Kind kind_of(const std::string& status) {
  if (status == status_name(JobStatus::queued)) return Change::Kind::queued;
  if (status == status_name(JobStatus::running)) return Change::Kind::started;
  return Change::Kind::ended;
}

/// What a connection has seen of the changes so far.
class Follower {
 public:
  explicit Follower(Connection& connection) : connection_(connection) {
    const Row numbers = current();
    jobs_ = numbers.integer(0);
    models_ = numbers.integer(1);
  }

  void report_news(Listeners& listeners) {
    const Row numbers = current();
    if (numbers.integer(0) != jobs_) {
      const Result changed = connection_.run(
          "SELECT id, status, changed FROM mlserve_jobs WHERE changed > $1 ORDER BY changed",
          {jobs_});
      for (const Row& row : changed.rows) {
        jobs_ = row.integer(2);
        listeners.tell({kind_of(row.text(1)), row.text(0)});
      }
    }
    if (numbers.integer(1) != models_) {
      models_ = numbers.integer(1);
      listeners.tell({Change::Kind::models, {}});
    }
  }

 private:
  Row current() { return connection_.run("SELECT jobs, models FROM mlserve_changes").rows.front(); }

  Connection& connection_;
  std::int64_t jobs_ = 0;
  std::int64_t models_ = 0;
};

void discard_events(int watches) {
  std::array<char, 4096> events{};
  while (::read(watches, events.data(), events.size()) > 0) {
  }
}

}  // namespace

SqliteFeed::SqliteFeed(std::string path, Open open)
    : path_(std::move(path)),
      open_(std::move(open)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      watches_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!wake_) throw system_error(ErrorKind::internal, "cannot watch " + path_, errno);
  thread_ = std::thread([this] { run(); });
}

SqliteFeed::~SqliteFeed() {
  stopping_ = true;
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void SqliteFeed::add(ChangeListener listener) {
  listeners_.add(std::move(listener));
  ::eventfd_write(wake_.get(), 1);
}

void SqliteFeed::ring(const std::string& path) {
  ::utimensat(AT_FDCWD, (path + "-wal").c_str(), nullptr, 0);
}

void SqliteFeed::run() {
  if (watches_) {
    const std::filesystem::path folder = std::filesystem::absolute(path_).parent_path();
    ::inotify_add_watch(watches_.get(), folder.c_str(), IN_CREATE | IN_MOVED_TO);
  }
  int retry = kFirstRetryMilliseconds;
  int pause = 0;
  do {
    pause = look();
    std::error_code ignored;
    try {
      if (std::filesystem::exists(path_, ignored)) follow();
    } catch (const Error&) {  // locked, full or gone for the moment: whoever uses it is told
      pause = std::exchange(retry, std::min(2 * retry, kLookMilliseconds));
    }
  } while (!stopping_ && wait(pause));
}

// Returns when the feed stops.
void SqliteFeed::follow() {
  const std::unique_ptr<Connection> connection = open_();
  Follower follower(*connection);
  // The log is there as long as this connection is. It is written before a commit can be seen:
  // what tells of the commit is the touch after it (`ring`).
  if (watches_) ::inotify_add_watch(watches_.get(), (path_ + "-wal").c_str(), IN_ATTRIB);
  listeners_.forget_greetings();
  do {
    listeners_.greet();
    follower.report_news(listeners_);
  } while (wait(look()));
}

int SqliteFeed::look() const {
  return watches_ ? kLookMilliseconds : kLookWithoutInotifyMilliseconds;
}

// Until something happens, or for a while; returns false when the feed is to stop.
bool SqliteFeed::wait(int milliseconds) {
  std::array<pollfd, 2> waited = {pollfd{wake_.get(), POLLIN, 0},
                                  pollfd{watches_.get(), POLLIN, 0}};  // poll passes over -1
  ::poll(waited.data(), waited.size(), milliseconds);
  eventfd_t ignored = 0;
  ::eventfd_read(wake_.get(), &ignored);
  if (watches_) discard_events(watches_.get());
  return !stopping_;
}

}  // namespace mlserve::store
