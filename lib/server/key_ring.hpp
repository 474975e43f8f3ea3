#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.hpp"

namespace mlserve::server {

/// What an API key may do: a set of predict, jobs and admin. Admin may all.
class Scopes {
 public:
  void add(Scope scope) noexcept { bits_ |= bit(scope); }
  bool allows(Scope wanted) const noexcept;
  std::string text() const;  ///< "predict,jobs"

 private:
  static unsigned bit(Scope scope) noexcept { return 1U << static_cast<unsigned>(scope); }

  unsigned bits_ = 0;
};

/// "predict,jobs" and the like. Throws Error(invalid_argument) for other words and for none.
Scopes parse_scopes(std::string_view text);

using KeyDigest = std::array<unsigned char, 32>;  ///< SHA-256

/// A key as it is kept: not the key itself.
struct ApiKey {
  std::string name;  ///< of the client, for logs and limits; [A-Za-z0-9._-], at most 64 bytes
  Scopes scopes;
  KeyDigest digest;
};

/// A new key, 256 bits of the system's random source as text. So much cannot be guessed, hence one
/// plain SHA-256 is kept of it and no slow hash.
std::string make_key();

/// The line of a key file for `key`: "name scopes sha256:…". Throws Error(invalid_argument) for a
/// name that is none.
std::string key_line(std::string_view name, const Scopes& scopes, std::string_view key);

/// The keys of the lines of a key file; blank lines and those that begin with # are passed over.
/// Throws Error(invalid_data) naming `place` and line; also when a name or a digest comes twice.
std::vector<ApiKey> parse_keys(std::string_view text, const std::string& place);

/// The keys of a file, which may be replaced while they are in use. All calls may run at once.
class KeyRing {
 public:
  /// Reads the file. Throws Error as `reload`.
  explicit KeyRing(std::string path);

  /// Reads the file again. Throws Error(not_found), Error(invalid_data), Error(corrupt), and the
  /// keys stay what they were.
  void reload();

  /// Reads the file again if it looks another one than last time. Returns whether it was read;
  /// throws as `reload`, once for each change.
  bool refresh();

  /// The key that a client shows. Every key is compared, each in constant time, so nothing is
  /// learned from how long it takes.
  std::optional<ApiKey> find(std::string_view key) const;

  const std::string& path() const noexcept { return path_; }

 private:
  /// What tells one state of a file from another.
  struct Stamp {
    std::int64_t modified_ns = 0;
    std::uint64_t inode = 0;
    std::int64_t bytes = -1;
    bool operator==(const Stamp&) const = default;
  };
  Stamp stamp() const;

  std::string path_;
  std::mutex reading_;  ///< guards stamp_
  Stamp stamp_;
  mutable std::mutex mutex_;  ///< guards keys_
  std::shared_ptr<const std::vector<ApiKey>> keys_;
};

}  // namespace mlserve::server
