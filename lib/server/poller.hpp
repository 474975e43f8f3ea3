#pragma once

#include <deque>
#include <mutex>
#include <optional>

#include "server/notes.hpp"

namespace mlserve::server {

/// Where connections wait and workers wait for them: one epoll set and a queue of notes that
/// threads post to. All calls may run on several threads at once.
class Poller {
 public:
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

  /// The next event, one at a time: whatever its handling takes, it keeps no other waiting.
  /// None after `quit`.
  std::optional<Event> wait();

  /// Ends every `wait`, now and from now on.
  void quit();

 private:
  std::optional<Event> take_posted();

  int epoll_;
  int posted_;  // an eventfd that counts the queue
  int quit_;    // an eventfd that stays readable
  std::mutex mutex_;
  std::deque<Event> queue_;
};

}  // namespace mlserve::server
