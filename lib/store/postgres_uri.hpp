#pragma once

#include <string>
#include <vector>

namespace mlserve::store {

/// A connection URI of libpq and what of it may be shown.
class PostgresUri {
 public:
  /// `text` begins with "postgresql://" or "postgres://"; libpq is not asked. Throws
  /// Error(invalid_argument) when the password holds a '/', which would end the host.
  explicit PostgresUri(std::string text);

  /// With its passwords: for libpq only.
  const std::string& text() const noexcept { return text_; }
  /// "…" in place of passwords.
  const std::string& shown() const noexcept { return shown_; }
  /// `message` in one line, without the passwords that libpq may have repeated in it.
  std::string scrub(std::string message) const;

 private:
  std::string text_;
  std::string shown_;
  std::vector<std::string> passwords_;
};

}  // namespace mlserve::store
