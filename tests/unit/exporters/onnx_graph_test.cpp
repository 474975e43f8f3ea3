#include "exporters/onnx_graph.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/hex.hpp"

namespace {

using namespace mlserve::exporters;
using mlserve::testing::hex;

}  // namespace

// Bytes by hand from the field numbers of onnx-ml.proto.

TEST_CASE("A node names its tensors, its operator and itself", "[exporters]") {
  OnnxGraph graph({"x", "y"});
  CHECK(graph.add({.op = "Neg", .inputs = {"x"}, .output = "y"}) == "y");
  CHECK(hex(graph.message("g").bytes()) ==
        "0a 0e 0a 01 78 12 01 79 1a 01 79 22 03 4e 65 67 "
        "12 01 67");
}

TEST_CASE("Attributes tell their types, operators of another domain their domain", "[exporters]") {
  OnnxGraph graph({"x", "y"});
  graph.add({.op = "A",
             .inputs = {"x"},
             .attributes = {{"i", std::int64_t{-1}},
                            {"n", std::vector<std::int64_t>{1, 2}},
                            {"s", std::vector<std::string>{"", "t"}}},
             .domain = "d",
             .output = "y"});
  CHECK(hex(graph.message("g").bytes()) ==
        "0a 3b 0a 01 78 12 01 79 1a 01 79 22 01 41 "
        "2a 11 0a 01 69 18 ff ff ff ff ff ff ff ff ff 01 a0 01 02 "
        "2a 0a 0a 01 6e 40 01 40 02 a0 01 07 "
        "2a 0b 0a 01 73 4a 00 4a 01 74 a0 01 08 "
        "3a 01 64 "
        "12 01 67");
}

TEST_CASE("Constants of each type are initializers", "[exporters]") {
  OnnxGraph graph({});
  CHECK(graph.constant("n", {2}, std::vector<std::int64_t>{1, 300}) == "n_1");
  CHECK(graph.constant("d", {1, 1}, std::vector<double>{1}) == "d_2");
  CHECK(graph.constant("t", {1}, std::vector<std::string>{"a"}) == "t_3");
  CHECK(hex(graph.message("g").bytes()) ==
        "12 01 67 "
        "2a 0e 08 02 10 07 3a 03 01 ac 02 42 03 6e 5f 31 "
        "2a 15 08 01 08 01 10 0b 42 03 64 5f 32 52 08 00 00 00 00 00 00 f0 3f "
        "2a 0c 08 01 10 08 32 01 61 42 03 74 5f 33");
}

TEST_CASE("Inputs and outputs have a type and a shape of rows", "[exporters]") {
  OnnxGraph graph({"x", "y"});
  graph.add_input("x", OnnxType::float64, {kOnnxRows, 1}, "numeric");
  graph.add_output("y", OnnxType::string, {kOnnxRows}, "z");
  CHECK(hex(graph.message("g").bytes()) ==
        "12 01 67 "
        "5a 20 0a 01 78 12 12 0a 10 08 0b 12 0c 0a 06 12 04 72 6f 77 73 0a 02 08 01 "
        "1a 07 6e 75 6d 65 72 69 63 "
        "62 16 0a 01 79 12 0e 0a 0c 08 08 12 08 0a 06 12 04 72 6f 77 73 1a 01 7a");
}

TEST_CASE("Names within a graph are never those of inputs, outputs or one another", "[exporters]") {
  OnnxGraph graph({"Mul_1", "Mul_1_", "weights_2"});
  CHECK(graph.add({.op = "Mul", .inputs = {"Mul_1", "Mul_1"}}) == "Mul_1__");
  CHECK(graph.constant("weights", {1}, std::vector<double>{1}) == "weights_2_");
  CHECK(graph.constant("weights", {1}, std::vector<double>{1}) == "weights_3");
}
