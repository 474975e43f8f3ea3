#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "server/connection.hpp"
#include "server/notes.hpp"

namespace mlserve::server {

/// Every open connection and who may touch it.
///
/// A connection has at most one owner, a thread; whoever else has something to tell it leaves
/// notes for the owner. One atomic word a connection holds its generation, whether it is owned,
/// and the notes, so a connection has no lock and a note for one that is gone does nothing.
/// All calls may run on several threads at once.
class ConnectionTable {
 public:
  using MakeConnection = std::function<std::unique_ptr<Connection>(ConnectionId)>;

  explicit ConnectionTable(std::size_t capacity);

  /// Puts what `make` returns into a free place, owned by the caller; null if there is none.
  Connection* add(const MakeConnection& make);

  /// Makes the caller the owner. Null if the connection is gone, or has an owner: then `notes`
  /// are left for it.
  Connection* acquire(ConnectionId id, Notes notes);

  /// The connection that the caller owns already.
  Connection* owned(ConnectionId id) { return slot(id).connection.get(); }

  /// Ends the ownership. Returns the notes that were left meanwhile, for the caller to deliver.
  [[nodiscard]] Notes release(ConnectionId id);

  /// Destroys the connection, which the caller owns.
  void remove(ConnectionId id);

  /// When `take_overdue` reports the connection, which the caller owns.
  void set_deadline(ConnectionId id, SteadyTime deadline);

  /// Reports each connection whose deadline has passed, once for each `set_deadline`.
  void take_overdue(SteadyTime now, const std::function<void(ConnectionId)>& report);

  void for_each(const std::function<void(ConnectionId)>& visit) const;

  std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }

 private:
  struct Slot {
    std::atomic<std::uint64_t> word{0};  // generation << 32 | open | owned | notes
    std::atomic<SteadyTime::rep> deadline{SteadyTime::max().time_since_epoch().count()};
    std::unique_ptr<Connection> connection;
  };

  Slot& slot(ConnectionId id) { return slots_[static_cast<std::uint32_t>(id)]; }

  std::vector<Slot> slots_;
  std::atomic<std::size_t> size_{0};
  std::mutex mutex_;
  std::vector<std::uint32_t> free_;  // the last one is used next, so the front stays dense
};

}  // namespace mlserve::server
