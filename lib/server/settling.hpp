#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "server/http.hpp"

namespace mlserve::server {

/// Things that others write while we look, each known by a key: one counts as it is when it has
/// been so for a while, gone included. Until then it counts as it was.
template <class Key, class Value>
class Settling {
 public:
  explicit Settling(std::chrono::milliseconds pause) : pause_(pause) {}

  /// Takes up what is there now, as a map of values.
  void see(const std::map<Key, Value>& there, SteadyTime now) {
    for (const auto& [key, value] : there) notice(seen_[key], value, now);
    for (auto& [key, seen] : seen_) {
      if (!there.contains(key)) notice(seen, std::nullopt, now);
    }
  }

  /// Has what is there count at once.
  void settle() {
    for (auto& [key, seen] : seen_) seen.settled = seen.latest;
    forget_gone();
  }

  /// Has what is there count when its time has come. Returns whether that has come for all.
  bool settle(SteadyTime now) {
    bool all = true;
    for (auto& [key, seen] : seen_) {
      if (now - seen.since >= pause_) seen.settled = seen.latest;
      all = all && seen.settled == seen.latest;
    }
    forget_gone();
    return all;
  }

  /// What counts.
  std::map<Key, Value> settled() const {
    std::map<Key, Value> settled;
    for (const auto& [key, seen] : seen_) {
      if (seen.settled) settled.emplace(key, *seen.settled);
    }
    return settled;
  }

 private:
  struct Seen {
    std::optional<Value> latest;
    std::optional<Value> settled;
    SteadyTime since;  ///< of latest
  };

  static void notice(Seen& seen, const std::optional<Value>& latest, SteadyTime now) {
    if (seen.latest == latest) return;
    seen.latest = latest;
    seen.since = now;
  }

  void forget_gone() {
    std::erase_if(seen_, [](const auto& one) { return !one.second.latest && !one.second.settled; });
  }

  const std::chrono::milliseconds pause_;
  std::map<Key, Seen> seen_;
};

}  // namespace mlserve::server
