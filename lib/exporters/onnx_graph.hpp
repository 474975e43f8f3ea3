#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "exporters/protobuf_writer.hpp"

namespace mlserve::exporters {

/// TensorProto.DataType of onnx.proto.
enum class OnnxType : std::int64_t { int64 = 7, string = 8, float64 = 11 };

/// Sizes by axis; kOnnxRows is as many as there are rows, known when the graph is run.
using OnnxShape = std::vector<std::int64_t>;
inline constexpr std::int64_t kOnnxRows = -1;

/// Values row after row, of the type that the vector says.
using OnnxValues =
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

OnnxType onnx_type(const OnnxValues& values);

struct OnnxAttribute {
  std::string_view name;
  std::variant<std::int64_t, std::vector<std::int64_t>, std::vector<std::string>> value;
};

struct OnnxNode {
  std::string_view op;
  std::vector<std::string> inputs;  ///< names of tensors
  std::vector<OnnxAttribute> attributes = {};
  std::string_view domain = {};  ///< of the operator; empty: ONNX's own
  std::string output = {};       ///< name of the one output; empty: a new name
};

/// Puts a GraphProto together. Tensors are known by their names; those that the graph gives never
/// are the name of an input or output, whatever that is.
class OnnxGraph {
 public:
  /// `public_names` are the inputs and outputs, all different and none empty.
  explicit OnnxGraph(const std::vector<std::string>& public_names)
      : taken_(public_names.begin(), public_names.end()) {}

  void add_input(const std::string& name, OnnxType type, const OnnxShape& shape,
                 std::string_view description);
  void add_output(const std::string& name, OnnxType type, const OnnxShape& shape,
                  std::string_view description);

  /// A tensor of constants, called by `role` or something like it; its name. The type and number of
  /// `values` are those of the shape.
  std::string constant(std::string_view role, const OnnxShape& shape, const OnnxValues& values);
  /// A node, its inputs being there; the name of its output.
  std::string add(const OnnxNode& node);

  /// GraphProto.
  ProtobufWriter message(std::string_view name) const;

 private:
  std::string new_name(std::string_view role);

  std::unordered_set<std::string> taken_;
  std::size_t named_ = 0;
  ProtobufWriter nodes_, constants_, inputs_, outputs_;  ///< each with its field of GraphProto
};

}  // namespace mlserve::exporters
