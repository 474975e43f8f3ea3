#include "core/sha256.hpp"

#include <string>
#include <utility>

#include "support/catch_shim.hpp"

using mlserve::Sha256;
using mlserve::sha256_hex;

namespace {

// Examples of FIPS 180-4 as published with the standard.
constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

}  // namespace

TEST_CASE("sha256_hex agrees with the examples of the standard", "[core]") {
  CHECK(sha256_hex("") == kOfNothing);
  CHECK(sha256_hex("abc") == kOfAbc);
  CHECK(sha256_hex(std::string(1'000'000, 'a')) == kOfMillionA);
}

TEST_CASE("Sha256 takes its bytes in pieces of any size", "[core]") {
  Sha256 hash;
  hash.update("a");
  hash.update("");
  hash.update("bc");
  CHECK(hash.finish() == kOfAbc);
}

TEST_CASE("Sha256 starts anew after finish", "[core]") {
  Sha256 hash;
  hash.update("abc");
  CHECK(hash.finish() == kOfAbc);
  CHECK(hash.finish() == kOfNothing);
}

TEST_CASE("Sha256 carries its state when moved", "[core]") {
  Sha256 first;
  first.update("ab");
  Sha256 second = std::move(first);
  second.update("c");
  CHECK(second.finish() == kOfAbc);
}
