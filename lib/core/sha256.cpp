#include "core/sha256.hpp"

#include <array>

#include <openssl/evp.h>

#include "core/error.hpp"

namespace mlserve {
namespace {

/// OpenSSL's calls fail only when memory or the algorithm itself is missing.
void require(bool done) {
  if (!done) throw Error(ErrorKind::internal, "OpenSSL cannot compute SHA-256");
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 15U];
  }
  return text;
}

}  // namespace

struct Sha256::Context {
  Context() : state(EVP_MD_CTX_new()) {
    require(state != nullptr);
    start();
  }
  ~Context() { EVP_MD_CTX_free(state); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  void start() const { require(EVP_DigestInit_ex(state, EVP_sha256(), nullptr) == 1); }

  EVP_MD_CTX* state;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(context_->state, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_->state, digest.data(), &size) == 1);
  context_->start();
  return hex(digest.data(), size);
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace mlserve
