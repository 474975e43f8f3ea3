#include "data/input.hpp"

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve::data;
using mlserve::ErrorKind;
using mlserve::testing::error_of;
using mlserve::testing::TemporaryFolder;

namespace {

std::string read_all(const Input& input, std::size_t step) {
  const std::unique_ptr<ByteSource> source = input.open();
  std::string text;
  std::string piece(step, '\0');
  while (const std::size_t got = source->read(piece.data(), step)) text.append(piece, 0, got);
  return text;
}

}  // namespace

TEST_CASE("A file can be opened again, standard input cannot", "[data]") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("a.csv")) << "a\n1\n";
  const Input file = file_input(folder.file("a.csv"));
  CHECK(file.rereadable);
  CHECK(file.name == folder.file("a.csv"));
  CHECK(read_all(file, 3) == "a\n1\n");
  CHECK(read_all(file, 3) == "a\n1\n");
  CHECK_FALSE(file_input("-").rereadable);
  CHECK(file_input("-").name == "standard input");
}

TEST_CASE("Messages call several inputs by the first", "[data]") {
  CHECK(input_name(file_inputs(std::vector<std::string>{"-"})) == "standard input");
  CHECK(input_name(file_inputs(std::vector<std::string>{"a.csv", "-", "b.csv"})) ==
        "a.csv and 2 more");
}

TEST_CASE("A file is read once, by whatever name", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.csv");
  std::ofstream(path) << "a\n1\n";
  const std::string other = path.substr(0, path.rfind('/')) + "/./t.csv";
  for (const std::vector<std::string>& paths :
       {std::vector{path, path}, {path, other}, {std::string("-"), path, std::string("-")}}) {
    const auto error = error_of([&] { file_inputs(paths); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::invalid_argument);
    CHECK(std::string(error->what()).find("is named twice") != std::string::npos);
  }
}

TEST_CASE("The bytes of several inputs are known when all are", "[data]") {
  const std::vector<Input> known = {{"a", {}, true, 3}, {"b", {}, true, 4}};
  CHECK(total_bytes(known) == 7);
  const std::vector<Input> unknown = {{"a", {}, true, 3}, file_input("-")};
  CHECK(total_bytes(unknown) == 0);
}
