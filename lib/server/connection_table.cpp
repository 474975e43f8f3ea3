#include "server/connection_table.hpp"

namespace mlserve::server {
namespace {

constexpr std::uint64_t kOpen = std::uint64_t{1} << 31;
constexpr std::uint64_t kOwned = std::uint64_t{1} << 30;
constexpr std::uint64_t kNotes = kOwned - 1;

constexpr auto kNever = SteadyTime::max().time_since_epoch().count();

std::uint64_t generation(std::uint64_t word_or_id) { return word_or_id >> 32; }

bool is_open(std::uint64_t word, ConnectionId id) {
  return (word & kOpen) != 0 && generation(word) == generation(id);
}

}  // namespace

ConnectionTable::ConnectionTable(std::size_t capacity) : slots_(capacity) {
  free_.reserve(capacity);
  for (std::size_t i = capacity; i > 0; --i) free_.push_back(static_cast<std::uint32_t>(i - 1));
}

Connection* ConnectionTable::add(const MakeConnection& make) {
  std::uint32_t index = 0;
  {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return nullptr;
    index = free_.back();
    free_.pop_back();
  }
  Slot& place = slots_[index];
  const std::uint64_t next = generation(place.word.load(std::memory_order_relaxed)) + 1;
  place.connection = make(next << 32 | index);
  size_.fetch_add(1, std::memory_order_relaxed);
  place.word.store(next << 32 | kOpen | kOwned, std::memory_order_release);
  return place.connection.get();
}

Connection* ConnectionTable::acquire(ConnectionId id, Notes notes) {
  Slot& place = slot(id);
  std::uint64_t word = place.word.load(std::memory_order_relaxed);
  for (;;) {
    if (!is_open(word, id)) return nullptr;
    const bool owned = (word & kOwned) != 0;
    const std::uint64_t changed = word | (owned ? std::uint64_t{notes} : kOwned);
    if (place.word.compare_exchange_weak(word, changed, std::memory_order_acq_rel,
                                         std::memory_order_relaxed)) {
      return owned ? nullptr : place.connection.get();
    }
  }
}

Notes ConnectionTable::release(ConnectionId id) {
  const std::uint64_t before =
      slot(id).word.fetch_and(~(kOwned | kNotes), std::memory_order_acq_rel);
  return static_cast<Notes>(before & kNotes);
}

void ConnectionTable::remove(ConnectionId id) {
  Slot& place = slot(id);
  place.connection.reset();
  place.deadline.store(kNever, std::memory_order_relaxed);
  place.word.store(generation(id) << 32, std::memory_order_release);
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(static_cast<std::uint32_t>(id));
  }
  size_.fetch_sub(1, std::memory_order_release);
}

void ConnectionTable::set_deadline(ConnectionId id, SteadyTime deadline) {
  slot(id).deadline.store(deadline.time_since_epoch().count(), std::memory_order_relaxed);
}

void ConnectionTable::take_overdue(SteadyTime now,
                                   const std::function<void(ConnectionId)>& report) {
  const auto now_count = now.time_since_epoch().count();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& place = slots_[i];
    auto deadline = place.deadline.load(std::memory_order_relaxed);
    if (deadline > now_count) continue;
    const std::uint64_t word = place.word.load(std::memory_order_acquire);
    if (place.deadline.compare_exchange_strong(deadline, kNever, std::memory_order_relaxed)) {
      report(generation(word) << 32 | i);
    }
  }
}

void ConnectionTable::for_each(const std::function<void(ConnectionId)>& visit) const {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::uint64_t word = slots_[i].word.load(std::memory_order_acquire);
    if (word & kOpen) visit(generation(word) << 32 | i);
  }
}

}  // namespace mlserve::server
