#include "model/bundle_file.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/temporary_folder.hpp"
#include "model/model_file.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;

const std::string kProgram =
    "\x7f"
    "ELF and more";

}  // namespace

TEST_CASE("A bundle is the program, the text, and 24 bytes", "[bundle]") {
  CHECK(model::make_bundle(kProgram, "text") ==
        kProgram + "text" + std::string("\x04\0\0\0\0\0\0\0", 8) + "mlserve bundle 1");
}

TEST_CASE("A bundle gives its model back, and loads as a model file does", "[bundle]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("program");
  const model::Model model = testing::small_model();
  write_file(path, model::make_bundle(kProgram, model::to_text(model)));
  CHECK(model::is_bundle(path));
  CHECK(model::bundled_model(path) == model::to_text(model));
  CHECK(model::to_text(model::load(path)) == model::to_text(model));
}

TEST_CASE("The bundle of a bundle has one model, the new one", "[bundle]") {
  const std::string first = model::make_bundle(kProgram, "first");
  CHECK(model::make_bundle(first, "second") == model::make_bundle(kProgram, "second"));
}

TEST_CASE("What is no bundle is told from one that is cut", "[bundle]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("file");
  CHECK_FALSE(model::is_bundle(path));
  CHECK_FALSE(model::bundled_model(folder.path().string()).has_value());
  for (const std::string& bytes : {std::string(), std::string("{}"), kProgram + "mlserve bundle 2",
                                   std::string("mlserve bundle 1")}) {
    write_file(path, bytes);
    CHECK_FALSE(model::is_bundle(path));
    CHECK_FALSE(model::bundled_model(path).has_value());
  }
  write_file(path, std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8) + "mlserve bundle 1");
  const auto error = testing::error_of([&] { model::bundled_model(path); });
  REQUIRE(error.has_value());
  CHECK(error->kind() == ErrorKind::corrupt);
  CHECK(std::string(error->what()) == path + ": the model in it is cut short");
}
