#pragma once

#include <atomic>
#include <string_view>
#include <thread>

#include "core/descriptor.hpp"
#include "store/listeners.hpp"
#include "store/postgres_connector.hpp"

namespace mlserve::store {

/// The channel on which the triggers of the schema tell of changes.
inline constexpr std::string_view kPostgresChannel = "mlserve";

/// Listens to what the server tells, on a thread and a connection of its own. Nobody polls: the
/// thread sleeps until there is news, or until a lost connection may be tried again.
class PostgresFeed {
 public:
  /// Begins at once; `connector` outlives the feed.
  explicit PostgresFeed(PostgresConnector& connector);
  /// Returns when no listener runs any more. A try to connect that is under way is waited for: 5 s
  /// a host at most.
  ~PostgresFeed();

  PostgresFeed(const PostgresFeed&) = delete;
  PostgresFeed& operator=(const PostgresFeed&) = delete;

  void add(ChangeListener listener);

 private:
  void run();
  bool listen();
  void follow(PGconn& connection);
  bool wait(int socket, std::chrono::milliseconds timeout);

  PostgresConnector& connector_;
  Descriptor wake_;  // an eventfd: there is a new listener, or the end has come
  Listeners listeners_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace mlserve::store
