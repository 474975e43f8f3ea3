#include "server/key_ring.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/random.h>
#include <sys/stat.h>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace mlserve::server {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::string_view kDigestMark = "sha256:";
constexpr std::string_view kKeyMark = "mlserve_";  // secret scanners find a key by it
constexpr std::string_view kHex = "0123456789abcdef";

constexpr std::array<std::pair<std::string_view, Scope>, 3> kScopes = {{
    {"predict", Scope::predict},
    {"jobs", Scope::jobs},
    {"admin", Scope::admin},
}};

KeyDigest digest_of(std::string_view key) {
  KeyDigest digest{};
  unsigned size = 0;
  if (EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorKind::internal, "SHA-256 failed");
  }
  return digest;
}

std::string hex(std::span<const unsigned char> bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 0xFU];
  }
  return text;
}

std::optional<KeyDigest> parse_digest(std::string_view text) {
  KeyDigest digest{};
  if (!text.starts_with(kDigestMark)) return std::nullopt;
  text.remove_prefix(kDigestMark.size());
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t value = kHex.find(ascii_lower(text[i]));
    if (value == std::string_view::npos) return std::nullopt;
    unsigned char& byte = digest.at(i / 2);
    byte = static_cast<unsigned char>(16U * byte + value);
  }
  return digest;
}

bool is_name(std::string_view text) {
  constexpr std::string_view kGood =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.size() <= kMaxNameBytes &&
         text.find_first_not_of(kGood) == std::string_view::npos;
}

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

/// Throws Error whose text says what is wrong, without the place.
ApiKey parse_key(const std::vector<std::string_view>& words) {
  const auto bad = [](const std::string& why) { return Error(ErrorKind::invalid_data, why); };
  if (words.size() != 3) throw bad("a key is three words: name, scopes, sha256:…");
  // Whatever stands there may be a key by mistake, so the digest is not repeated.
  const auto digest = parse_digest(words[2]);
  if (!digest) throw bad("the third word is not sha256: and 64 hex digits");
  if (!is_name(words[0])) throw bad("the name is not made of letters, digits, '.', '_' and '-'");
  return {std::string(words[0]), parse_scopes(words[1]), *digest};
}

void require_new(const ApiKey& key, const std::vector<ApiKey>& keys) {
  for (const ApiKey& other : keys) {
    if (other.name == key.name) {
      throw Error(ErrorKind::invalid_data, "the name '" + key.name + "' comes twice");
    }
    if (other.digest == key.digest) {
      throw Error(ErrorKind::invalid_data, "the key is that of '" + other.name + "'");
    }
  }
}

}  // namespace

bool Scopes::allows(Scope wanted) const noexcept {
  if (wanted == Scope::none || wanted == Scope::any) return true;
  return (bits_ & (bit(wanted) | bit(Scope::admin))) != 0;
}

std::string Scopes::text() const {
  std::string text;
  for (const auto& [name, scope] : kScopes) {
    if ((bits_ & bit(scope)) == 0) continue;
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

Scopes parse_scopes(std::string_view text) {
  Scopes scopes;
  const std::vector<std::string> words = split_list(text);
  if (words.empty()) throw Error(ErrorKind::invalid_argument, "a key has at least one scope");
  for (const std::string& word : words) {
    const auto found = std::ranges::find(kScopes, word, &std::pair<std::string_view, Scope>::first);
    if (found == kScopes.end()) {
      throw Error(ErrorKind::invalid_argument,
                  "\"" + shown(word) + "\" is none of the scopes predict, jobs, admin");
    }
    scopes.add(found->second);
  }
  return scopes;
}

std::string make_key() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw system_error(ErrorKind::internal, "cannot get random bytes", errno);
  }
  return std::string(kKeyMark) + hex(bytes);
}

std::string key_line(std::string_view name, const Scopes& scopes, std::string_view key) {
  if (!is_name(name)) {
    throw Error(ErrorKind::invalid_argument,
                "\"" + shown(name) + "\" is no name: letters, digits, '.', '_', '-', at most 64");
  }
  return std::string(name) + " " + scopes.text() + " " + std::string(kDigestMark) +
         hex(digest_of(key));
}

std::vector<ApiKey> parse_keys(std::string_view text, const std::string& place) {
  std::vector<ApiKey> keys;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::vector<std::string_view> words = words_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.empty() || words.front().starts_with('#')) continue;
    try {
      ApiKey key = parse_key(words);
      require_new(key, keys);
      keys.push_back(std::move(key));
    } catch (const Error& error) {
      throw Error(ErrorKind::invalid_data,
                  place + ":" + std::to_string(line) + ": " + error.what());
    }
  }
  return keys;
}

KeyRing::KeyRing(std::string path) : path_(std::move(path)) { reload(); }

KeyRing::Stamp KeyRing::stamp() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return {};
  const timespec& modified = status.st_mtim;
  return {std::int64_t{modified.tv_sec} * 1'000'000'000 + modified.tv_nsec, status.st_ino,
          status.st_size};
}

void KeyRing::reload() {
  const std::lock_guard reading(reading_);
  stamp_ = stamp();  // before the file: a change while it is read is another one
  auto keys = std::make_shared<const std::vector<ApiKey>>(
      parse_keys(read_file(path_, kMaxFileBytes), path_));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

bool KeyRing::refresh() {
  {
    const std::lock_guard reading(reading_);
    if (stamp() == stamp_) return false;
  }
  reload();
  return true;
}

std::optional<ApiKey> KeyRing::find(std::string_view key) const {
  const KeyDigest shown_digest = digest_of(key);
  std::shared_ptr<const std::vector<ApiKey>> keys;
  {
    const std::lock_guard lock(mutex_);
    keys = keys_;
  }
  const ApiKey* found = nullptr;
  for (const ApiKey& candidate : *keys) {
    const bool same =
        CRYPTO_memcmp(candidate.digest.data(), shown_digest.data(), shown_digest.size()) == 0;
    if (same) found = &candidate;
  }
  return found != nullptr ? std::optional<ApiKey>(*found) : std::nullopt;
}

}  // namespace mlserve::server
