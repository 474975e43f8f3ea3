#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace mlserve::server {

/// Why the transport answers a request by itself. `what()` is the sentence the client reads.
class Refusal : public Error {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  Refusal(int status, const std::string& detail, Headers headers = {})
      : Error(ErrorKind::invalid_data, detail), status_(status), headers_(std::move(headers)) {}

  int status() const noexcept { return status_; }

  /// What the status asks for: Allow, Retry-After.
  const Headers& headers() const noexcept { return headers_; }

 private:
  int status_;
  Headers headers_;
};

}  // namespace mlserve::server
