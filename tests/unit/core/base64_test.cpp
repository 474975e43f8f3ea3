#include "core/base64.hpp"

#include "support/catch_shim.hpp"

using mlserve::decode_base64;

TEST_CASE("Base64 gives the bytes of RFC 4648's examples, padded or not", "[core]") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9v") == "foo");
  CHECK(decode_base64("Zm9vYg") == "foob");
  CHECK(decode_base64("Zm9vYmE=") == "fooba");
  CHECK(decode_base64("+/8=") == "\xFB\xFF");
  CHECK(decode_base64("-_8=") == "\xFB\xFF");
}

TEST_CASE("What is no base64 gives nothing", "[core]") {
  for (const char* text : {"Z", "Zg=", "Zg===", "=", "====", "Zm9vY", "Zm 9v", "Zm=v", "Zm9v\n"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text));
  }
}
