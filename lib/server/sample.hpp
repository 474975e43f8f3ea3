#pragma once

#include <string_view>

namespace mlserve::server {

/// A share of all requests, chosen by their ids: every server and every log that takes the same
/// share takes the same requests. Who sends ids of his own can choose them so.
class Sample {
 public:
  /// `share` is between 0 (none) and 1 (all).
  explicit Sample(double share) noexcept : share_(share) {}

  bool takes(std::string_view request_id) const noexcept;

 private:
  double share_;
};

}  // namespace mlserve::server
