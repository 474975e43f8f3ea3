#include "server/key_ring.hpp"

#include <fstream>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve;
using namespace mlserve::server;
using namespace mlserve::testing;

namespace {

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("A key file has the digest of a key, by which the key is found", "[server]") {
  const TemporaryFolder folder;
  const std::string shop = make_key();
  const std::string ops = make_key();
  CHECK(shop != ops);
  write(folder.file("keys"), "# clients\n\n" + key_line("shop", parse_scopes("predict"), shop) +
                                 "\r\n" + key_line("ops", parse_scopes("admin"), ops));
  const KeyRing keys(folder.file("keys"));
  const auto found = keys.find(shop);
  REQUIRE(found);
  CHECK(found->name == "shop");
  CHECK(found->scopes.allows(Scope::predict));
  CHECK(found->scopes.allows(Scope::any));
  CHECK_FALSE(found->scopes.allows(Scope::jobs));
  CHECK_FALSE(found->scopes.allows(Scope::admin));
  CHECK(keys.find(ops)->scopes.allows(Scope::jobs));
  CHECK_FALSE(keys.find(shop + "x"));
  CHECK_FALSE(keys.find(""));
}

TEST_CASE("The digest of a key is its SHA-256", "[server]") {
  // printf abc | sha256sum
  CHECK(key_line("a", parse_scopes("jobs, predict"), "abc") ==
        "a predict,jobs "
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("A bad line of a key file is named, never its text", "[server]") {
  const std::string good = key_line("a", parse_scopes("predict"), "abc");
  const auto complaint = [](const std::string& text) {
    const auto error = mlserve::testing::error_of([&] { parse_keys(text, "keys"); });
    return error ? std::string(error->what()) : std::string();
  };
  CHECK(complaint(good + "\nshop predict secret") ==
        "keys:2: the third word is not sha256: and 64 hex digits");
  CHECK(complaint("shop secret") == "keys:1: a key is three words: name, scopes, sha256:…");
  CHECK(complaint("b write" + good.substr(9)) ==
        "keys:1: \"write\" is none of the scopes predict, jobs, admin");
  CHECK(complaint(good + "\n" + good) == "keys:2: the name 'a' comes twice");
  CHECK(complaint(good + "\nb" + good.substr(1)) == "keys:2: the key is that of 'a'");
}

TEST_CASE("A key file that changes is read again, and a bad one changes nothing", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("keys");
  write(path, key_line("a", parse_scopes("predict"), "abc") + "\n");
  KeyRing keys(path);
  CHECK_FALSE(keys.refresh());
  write(path, key_line("bb", parse_scopes("predict"), "def") + "\n");
  CHECK(keys.refresh());
  CHECK_FALSE(keys.find("abc"));
  CHECK(keys.find("def")->name == "bb");
  write(path, "nonsense");
  CHECK_THROWS_AS(keys.refresh(), Error);
  CHECK_FALSE(keys.refresh());  // said once
  CHECK(keys.find("def"));
}
