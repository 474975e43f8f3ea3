#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mlserve::data {

/// Different texts, each with a code: 0, 1, 2 … in the order in which they were first inserted.
/// An open-addressing hash table over one pool of bytes, because a reader asks it once a cell.
/// Concurrent `find` and `text` are safe while nobody inserts.
class Dictionary {
 public:
  std::uint32_t insert(std::string_view text) {
    if (ends_.size() * 2 >= slots_.size()) grow();
    const std::size_t slot = probe(text, std::hash<std::string_view>{}(text));
    if (slots_[slot] == kFree) {
      if (ends_.size() == kFree)
        throw Error(ErrorKind::invalid_data,
                    "a column has more than 4,294,967,295 different texts");
      slots_[slot] = static_cast<std::uint32_t>(ends_.size());
      pool_ += text;
      ends_.push_back(pool_.size());
    }
    return slots_[slot];
  }

  std::optional<std::uint32_t> find(std::string_view text) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t code = slots_[probe(text, std::hash<std::string_view>{}(text))];
    return code == kFree ? std::nullopt : std::optional(code);
  }

  std::size_t size() const noexcept { return ends_.size(); }

  std::string_view text(std::uint32_t code) const {
    const std::size_t begin = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(pool_).substr(begin, ends_[code] - begin);
  }

  /// Forgets the texts but keeps the memory.
  void clear() {
    slots_.assign(slots_.size(), kFree);
    ends_.clear();
    pool_.clear();
  }

 private:
  static constexpr std::uint32_t kFree = UINT32_MAX;

  /// The slot that holds `text`, or the free one where it belongs. Linear probing; the table is at
  /// most half full.
  std::size_t probe(std::string_view text, std::size_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != kFree && this->text(slots_[slot]) != text) slot = (slot + 1) & mask;
    return slot;
  }

  void grow() {
    const std::size_t size = slots_.empty() ? 64 : slots_.size() * 2;
    slots_.assign(size, kFree);
    for (std::uint32_t code = 0; code < ends_.size(); ++code) {
      const std::string_view known = text(code);
      slots_[probe(known, std::hash<std::string_view>{}(known))] = code;
    }
  }

  std::vector<std::uint32_t> slots_;  ///< codes; the size is 0 or a power of two
  std::vector<std::size_t> ends_;     ///< by code: where its text ends in the pool
  std::string pool_;
};

}  // namespace mlserve::data
