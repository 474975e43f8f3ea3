#include "server/folder_watch.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

#include "core/error.hpp"

namespace mlserve::server {
namespace {

using std::chrono::milliseconds;

/// Looks for what the system has not told; some thousand calls of stat cost next to nothing.
constexpr milliseconds kLook{5'000};

/// The system has few watches for all programs of a user; what is beyond is looked at.
constexpr std::size_t kMaxWatches = 1'000;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |
                                  IN_ONLYDIR;

void discard_events(int inotify) {
  std::array<char, 4096> events{};
  while (::read(inotify, events.data(), events.size()) > 0) {
  }
}

}  // namespace

FolderWatch::FolderWatch(ModelRegistry& models, std::shared_ptr<ModelFolder> folder, Log& log)
    : models_(models),
      folder_(std::move(folder)),
      log_(log),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!wake_) throw system_error(ErrorKind::internal, "cannot watch " + folder_->title(), errno);
  thread_ = std::thread([this] { run(); });
}

FolderWatch::~FolderWatch() {
  stopping_ = true;
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void FolderWatch::run() {
  do {
    look();
  } while (wait(folder_->is_settled() ? kLook : ModelFolder::kPause));
}

// Folders that are new are watched from now on, and looked into once more: something may have come
// between the look and the watch.
void FolderWatch::look() {
  try {
    do {
      models_.sync(*folder_, Look::settled);
    } while (watch_folders() && !stopping_);
    trouble_.clear();
  } catch (const Error& error) {
    if (std::exchange(trouble_, error.what()) != error.what()) {
      log_.error(std::string("what is served goes on: ") + error.what());
    }
  }
}

/// Whether there are new ones.
bool FolderWatch::watch_folders() {
  if (!inotify_) return false;
  std::set<int> watched;
  bool any_new = false;
  for (const std::string& folder : folder_->folders()) {
    if (watched.size() == kMaxWatches) break;
    const int watch = ::inotify_add_watch(inotify_.get(), folder.c_str(), kEvents);
    if (watch < 0) continue;  // it has gone, or there are no more to be had
    watched.insert(watch);
    any_new = any_new || !watched_.contains(watch);
  }
  for (const int old : watched_) {
    if (!watched.contains(old)) ::inotify_rm_watch(inotify_.get(), old);
  }
  watched_ = std::move(watched);
  folder_->set_watched(!watched_.empty());
  return any_new;
}

// Until something has changed, or for a while; returns false when the watch is to stop. Changes
// come in flocks, so a moment is waited for the others of one.
bool FolderWatch::wait(milliseconds most) {
  std::array<pollfd, 2> waited = {pollfd{wake_.get(), POLLIN, 0},
                                  pollfd{inotify_.get(), POLLIN, 0}};  // poll passes over -1
  const bool changed = ::poll(waited.data(), waited.size(), static_cast<int>(most.count())) > 0 &&
                       waited[1].revents != 0;
  if (changed) {
    ::poll(waited.data(), 1, static_cast<int>(ModelFolder::kPause.count()));
    discard_events(inotify_.get());
  }
  return !stopping_;
}

}  // namespace mlserve::server
