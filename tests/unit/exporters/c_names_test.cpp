#include "exporters/c_names.hpp"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "support/c_export.hpp"
#include "support/errors.hpp"
#include "support/export_models.hpp"

namespace {

using namespace mlserve;
using testing::RawRow;

}  // namespace

TEST_CASE("The C export carries any name, category and class", "[exporters]") {
  const model::Model model = testing::awkward_model();
  const std::vector<RawRow> rows = testing::varied_rows(model);
  for (const std::string& compiler : testing::c_compilers())
    testing::check_c_export(model, rows, compiler);
}

TEST_CASE("The C export compiles when features are named as keywords and macros are",
          "[exporters]") {
  std::vector<features::Feature> numbers;
  // The macros of the headers that the file and its driver include, as this machine has them, and
  // keywords.
  const std::string macros = testing::compile_and_run(
      "c() { cc -dM -E \"$1\" | sed 's/#define \\([A-Za-z0-9_]*\\).*/\\1/' | sort -u > macros; "
      "printf '#!/bin/sh\\ncat macros\\n' > program; chmod +x program; }; c",
      {{"all.c",
        "#include <math.h>\n#include <stddef.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
        "#include <string.h>\n"}});
  REQUIRE(macros.find("M_PI\n") != std::string::npos);
  std::istringstream names(macros +
                           "int\nclass\nrestrict\nusing\nxor\nco_await\nmlserve_row\npredict\n"
                           "sigmoid\nfind\nrow\nmargin\np\nprobability\nsize_t\nmain\nRow\nx0\n");
  for (std::string name; std::getline(names, name);) numbers.push_back(testing::number(name, 0, 1));
  const model::Model model = testing::make_model(numbers, testing::two_classes());
  const std::vector<std::string> ways = testing::c_compilers();  // C first, C++ last
  const std::vector<RawRow> rows = {RawRow(numbers.size())};
  testing::check_c_export(model, rows, ways.front());
  testing::check_c_export(model, rows, ways.back());
}

TEST_CASE("The C export of thousands of names that C cannot tell apart is quick and compiles",
          "[exporters]") {
  std::vector<features::Feature> numbers;
  for (int i = 0; i < 2000; ++i) {
    std::string name = "\xE5\x90\x8D";
    for (int bit = 0; bit < 12; ++bit) name += (i >> bit) % 2 == 0 ? "?" : "!";
    numbers.push_back(testing::number(name, 0, 1));
  }
  const model::Model model = testing::make_model(numbers, testing::two_classes());
  testing::check_c_export(model, {RawRow(numbers.size())}, testing::c_compilers().front());
}

TEST_CASE("The C export refuses a text that C99 need not take", "[exporters]") {
  const auto model_with = [](std::size_t bytes) {
    return testing::make_model({testing::categories("k", {std::string(bytes, 'x')})},
                               testing::two_classes());
  };
  const model::Model longest = model_with(4095);
  testing::check_c_export(longest, testing::varied_rows(longest, 8),
                          testing::c_compilers().front());
  CHECK(testing::error_kind_of([&] { exporters::c_source(model_with(4096)); }) ==
        ErrorKind::invalid_argument);
}
