#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>

#include "server/notes.hpp"

namespace mlserve::server {

/// Where connections wait and workers wait for them: one epoll set and a queue of notes that
/// threads post to. All calls may run on several threads at once.
class Poller {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Event {
    ConnectionId connection;
    Notes notes;
  };

  /// Throws Error(internal) if the system has no more descriptors.
  Poller();
  ~Poller();

  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Reports input and hang-ups of `socket` from now on, once for each change (edge-triggered:
  /// nothing has to be re-armed after a request). Closing the socket ends it.
  /// Returns false if the system refuses.
  bool watch(int socket, ConnectionId connection);

  /// Also reports when there is room to send again.
  void watch_output(int socket, ConnectionId connection);

  /// Has a worker told `notes` about `connection`.
  void post(ConnectionId connection, Notes notes);

  /// Sends a probe the way of all events, behind those that wait, unless one is still on its way.
  void probe(Time now);

  /// How long an event waits until a worker takes it: what the last probe has found, or has waited
  /// by `now`.
  std::chrono::nanoseconds delay(Time now) const noexcept;

  /// The next event, one at a time: whatever its handling takes, it keeps no other waiting.
  /// None after `quit`.
  std::optional<Event> wait();

  /// Ends every `wait`, now and from now on.
  void quit();

 private:
  std::optional<Event> take_posted();
  void end_probe(Time now) noexcept;

  int epoll_;
  int posted_;  // an eventfd that counts the queue
  int quit_;    // an eventfd that stays readable
  std::mutex mutex_;
  std::deque<Event> queue_;
  std::atomic<Time> probed_at_{Time::max()};  // max: no probe is on its way
  std::atomic<std::chrono::nanoseconds> last_delay_{std::chrono::nanoseconds(0)};
};

}  // namespace mlserve::server
