#include "server/poller.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/error.hpp"

namespace mlserve::server {
namespace {

// Places in the table stay below 2^31, so these are no connections.
constexpr ConnectionId kPosted = ~ConnectionId{0};
constexpr ConnectionId kQuit = kPosted - 1;
constexpr ConnectionId kProbe = kPosted - 2;

constexpr std::uint32_t kAlways = EPOLLIN | EPOLLRDHUP | EPOLLET;

bool control(int epoll, int operation, int descriptor, std::uint32_t events, ConnectionId id) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  return ::epoll_ctl(epoll, operation, descriptor, &event) == 0;
}

Notes notes_of(std::uint32_t events) {
  Notes notes = 0;
  if (events & EPOLLIN) notes |= note::kInput;
  if (events & EPOLLOUT) notes |= note::kOutput;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) notes |= note::kHangup;
  return notes;
}

// Counts up by one; the only way to fail is a count of 2^64.
void signal(int event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event, &one, sizeof one);
}

// Counts down by one, if another thread was not faster.
bool consume(int event) {
  std::uint64_t count = 0;
  return ::read(event, &count, sizeof count) == sizeof count;
}

}  // namespace

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      posted_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | EFD_SEMAPHORE)),
      quit_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!control(epoll_, EPOLL_CTL_ADD, posted_, EPOLLIN, kPosted) ||
      !control(epoll_, EPOLL_CTL_ADD, quit_, EPOLLIN, kQuit)) {
    const int reason = errno;
    for (const int descriptor : {epoll_, posted_, quit_}) ::close(descriptor);
    throw system_error(ErrorKind::internal, "cannot wait for connections", reason);
  }
}

Poller::~Poller() {
  for (const int descriptor : {epoll_, posted_, quit_}) ::close(descriptor);
}

bool Poller::watch(int socket, ConnectionId connection) {
  return control(epoll_, EPOLL_CTL_ADD, socket, kAlways, connection);
}

void Poller::watch_output(int socket, ConnectionId connection) {
  control(epoll_, EPOLL_CTL_MOD, socket, kAlways | EPOLLOUT, connection);
}

void Poller::post(ConnectionId connection, Notes notes) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({connection, notes});
  }
  signal(posted_);
}

void Poller::probe(Time now) {
  if (probed_at_.load() != Time::max()) return;
  probed_at_ = now;
  post(kProbe, 0);
}

void Poller::end_probe(Time now) noexcept {
  last_delay_ = now - probed_at_.load();
  probed_at_ = Time::max();
}

std::chrono::nanoseconds Poller::delay(Time now) const noexcept {
  const Time probed_at = probed_at_;
  const auto waited = probed_at < now ? now - probed_at : std::chrono::nanoseconds(0);
  return std::max<std::chrono::nanoseconds>(waited, last_delay_.load());
}

std::optional<Poller::Event> Poller::wait() {
  for (;;) {
    epoll_event event{};
    if (::epoll_wait(epoll_, &event, 1, -1) != 1) continue;  // EINTR
    if (event.data.u64 == kQuit) return std::nullopt;
    if (event.data.u64 != kPosted) return Event{event.data.u64, notes_of(event.events)};
    const auto posted = take_posted();
    if (posted && posted->connection != kProbe) return posted;
    if (posted) end_probe(std::chrono::steady_clock::now());
  }
}

void Poller::quit() { signal(quit_); }

std::optional<Poller::Event> Poller::take_posted() {
  if (!consume(posted_)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const Event event = queue_.front();
  queue_.pop_front();
  return event;
}

}  // namespace mlserve::server
