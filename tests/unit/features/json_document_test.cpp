#include "features/json_document.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"

using mlserve::ErrorKind;
using mlserve::features::JsonDocument;
using mlserve::testing::error_of;

namespace {

std::string lists(std::size_t depth, const std::string& inside = "") {
  return std::string(depth, '[') + inside + std::string(depth, ']');
}

std::string objects(std::size_t depth) {
  std::string text = "1";
  for (std::size_t i = 0; i < depth; ++i) text = "{\"a\":" + text + "}";
  return text;
}

}  // namespace

TEST_CASE("JSON may be nested so deeply and no deeper, whatever was read before", "[features]") {
  constexpr std::size_t kMost = JsonDocument::kMaxDepth;
  JsonDocument document;
  const auto refuse = [&](const std::string& text) {
    const auto error = error_of([&] { document.read(text); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::invalid_data);
    CHECK(error->what() == std::string("is nested more than 64 levels deep"));
  };
  for (const std::size_t bytes : {1UL, 100'000UL, 1UL, 10'000'000UL}) {
    const std::string inside = "\"" + std::string(bytes, 'x') + "\"";
    CHECK(document.read(lists(kMost, inside)).is_array());
    refuse(lists(kMost + 1, inside));
    refuse(lists(100'000, inside));
    CHECK(document.read(objects(kMost)).is_object());
    refuse(objects(kMost + 1));
  }
}
