#include "exporters/cpp_source.hpp"

#include <sstream>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/c_compiler.hpp"
#include "support/export_models.hpp"

namespace {

using namespace mlserve;

std::vector<std::string> cpp_compilers() {
  const std::string clang = testing::is_program("clang++") ? "clang++" : "clang++-14";
  return testing::present({{"c++", "-std=c++17 -Wconversion -Wno-sign-conversion other.cpp"},
                           {"c++", "-std=c++20 -O3 other.cpp"},
                           {clang, "-std=c++17 other.cpp"},
                           {clang, "-std=c++20 -O3 other.cpp"}});
}

/// Two files of one program, each with the header.
testing::Files program(const model::Model& model, const std::string& statements) {
  return {{"program.cpp",
           "#include \"model.hpp\"\n#include \"model.hpp\"\n#include <cmath>\n#include <cstdio>\n"
           "double other();\n"
           "int main() {\n  mlserve_model::Row row;\n  static_cast<void>(row);\n" +
               statements + "  std::printf(\"%d\\n\", std::isnan(other()));\n}\n"},
          {"other.cpp",
           "#include \"model.hpp\"\ndouble other();\ndouble other() {\n"
           "  const auto answer = mlserve_model::predict({});\n"
           "  return answer.label < 0 ? answer.probabilities[0] : 0.0;\n}\n"},
          {"model.hpp", exporters::cpp_source(model)}};
}

}  // namespace

TEST_CASE("The C++ export is one header for several files of a program", "[exporters]") {
  model::Model model = testing::model_for("three classes", testing::one_of_each_kind());
  model.schema.refuses_missing = true;
  const std::string statements = R"(
  row.age = 22;
  row.is_member = 1;
  row.port = "S";
  row.class_ = "3";
  row.joined = "2024-02-29";
  const char about[] = {'c', 'a', 't', '!'};
  row.about = std::string_view(about, 3);
  const auto answer = mlserve_model::predict(row);
  std::printf("%.3f %d\n",
              answer.probabilities[0] + answer.probabilities[1] + answer.probabilities[2],
              static_cast<int>(mlserve_model::classes[answer.label].size()));
)";
  for (const std::string& compiler : cpp_compilers()) {
    CAPTURE(compiler);
    CHECK(testing::compile_and_run(compiler, program(model, statements)) == "1.000 1\n1\n");
  }
}

TEST_CASE("A row of the C++ export has nothing at first, and may have texts with any byte",
          "[exporters]") {
  model::Model model =
      testing::make_model({testing::categorical("k", {"a"})}, testing::two_classes());
  model.coefficients = {{40.0}};
  model.intercepts = {-20.0};
  const std::string statements = R"(
  std::printf("%d", mlserve_model::predict(row).label);
  row.k = "a";
  std::printf("%d", mlserve_model::predict(row).label);
  row.k = std::string_view("a\0b", 3);
  std::printf("%d\n", mlserve_model::predict(row).label);
)";
  for (const std::string& compiler : cpp_compilers())
    CHECK(testing::compile_and_run(compiler, program(model, statements)) == "010\n0\n");
}

TEST_CASE("The C++ export compiles when features are named as macros of its headers are",
          "[exporters]") {
  const std::string macros = testing::compile_and_run(
      "c() { c++ -dM -E \"$1\" | sed 's/#define \\([A-Za-z0-9_]*\\).*/\\1/' | sort -u > macros; "
      "printf '#!/bin/sh\\ncat macros\\n' > program; chmod +x program; }; c",
      {{"all.cpp",
        "#include <math.h>\n#include <stddef.h>\n#include <string.h>\n"
        "#include <array>\n#include <limits>\n#include <string_view>\n"}});
  REQUIRE(macros.find("INT_FAST16_MAX\n") != std::string::npos);
  std::istringstream names(macros +
                           "Row\nPrediction\npredict\nclasses\ndetail\nstd\nstring_view\n");
  std::vector<features::Feature> numbers;
  for (std::string name; std::getline(names, name);) numbers.push_back(testing::number(name, 0, 1));
  const model::Model model = testing::make_model(numbers, testing::two_classes());
  const std::vector<std::string> ways = cpp_compilers();
  for (const std::string& compiler : {ways.front(), ways.back()})
    CHECK(testing::compile_and_run(compiler, program(model, "")) == "0\n");
}

TEST_CASE("Two models in one program keep apart", "[exporters]") {
  const auto model_of = [](double weight) {
    model::Model model = testing::make_model({testing::number("x", 0, 1)}, testing::two_classes());
    model.coefficients = {{weight}};
    model.intercepts = {0};
    return model;
  };
  const auto asks = [](const std::string& name) {
    return "#include \"" + name + ".hpp\"\nint " + name + "();\nint " + name +
           "() {\n  mlserve_model::Row row;\n  row.x = 1;\n"
           "  return mlserve_model::predict(row).label;\n}\n";
  };
  const testing::Files files = {{"program.cpp",
                                 "#include <cstdio>\n#include \"other.cpp\"\nint second();\n"
                                 "int main() { std::printf(\"%d%d\\n\", first(), second()); }\n"},
                                {"other.cpp", asks("first")},
                                {"second.cpp", asks("second")},
                                {"first.hpp", exporters::cpp_source(model_of(5))},
                                {"second.hpp", exporters::cpp_source(model_of(-5))}};
  CHECK(testing::compile_and_run("c++ -std=c++17 second.cpp", files) == "10\n");
}
