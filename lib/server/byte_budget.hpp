#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace mlserve::server {

/// So many bytes for several to hold at once. All calls may run on several threads at once.
class ByteBudget {
 public:
  /// Bytes that are taken for as long as it lives, which may be longer than the budget does.
  class Share;

  explicit ByteBudget(std::size_t bytes)
      : free_(std::make_shared<std::atomic<std::size_t>>(bytes)) {}

  /// None when fewer bytes are left.
  std::optional<Share> take(std::size_t bytes);

 private:
  std::shared_ptr<std::atomic<std::size_t>> free_;
};

class ByteBudget::Share {
 public:
  ~Share() {
    if (free_) *free_ += bytes_;
  }
  Share(Share&&) noexcept = default;
  Share& operator=(Share&&) = delete;

 private:
  friend ByteBudget;
  Share(std::shared_ptr<std::atomic<std::size_t>> free, std::size_t bytes)
      : free_(std::move(free)), bytes_(bytes) {}

  std::shared_ptr<std::atomic<std::size_t>> free_;
  std::size_t bytes_;
};

inline std::optional<ByteBudget::Share> ByteBudget::take(std::size_t bytes) {
  std::size_t left = *free_;
  do {
    if (left < bytes) return std::nullopt;
  } while (!free_->compare_exchange_weak(left, left - bytes));
  return Share(free_, bytes);
}

}  // namespace mlserve::server
