#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/descriptor.hpp"
#include "store/change.hpp"
#include "store/database.hpp"
#include "store/listeners.hpp"

namespace mlserve::store {

/// Tells of changes in a SQLite file, whichever process makes them: a thread of its own sleeps
/// until the system reports that the write-ahead log was written (inotify), and looks up which jobs
/// have changed.
class SqliteFeed {
 public:
  /// Opens the database; makes tables if need be.
  using Open = std::function<std::unique_ptr<Connection>()>;

  /// Begins at once. Throws Error(internal) when the system has no more descriptors.
  SqliteFeed(std::string path, Open open);
  ~SqliteFeed();

  /// Tells all feeds on the database at `path`, of whatever process, to look: to be called when a
  /// change is committed. One that a killed process has left out is found at the next look.
  static void ring(const std::string& path);

  SqliteFeed(const SqliteFeed&) = delete;
  SqliteFeed& operator=(const SqliteFeed&) = delete;

  /// From now on `listener` hears of changes, too.
  void add(ChangeListener listener);

 private:
  void run();
  void follow();
  int look() const;
  bool wait(int milliseconds);

  const std::string path_;
  const Open open_;
  Listeners listeners_;
  std::atomic<bool> stopping_ = false;
  Descriptor wake_;     // an eventfd
  Descriptor watches_;  // an inotify instance; none when the system has no more
  std::thread thread_;
};

}  // namespace mlserve::store
