#include "exporters/onnx_graph.hpp"

namespace mlserve::exporters {
namespace {

// Field numbers of onnx-ml.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto).
namespace graph_field {
enum : std::uint32_t { node = 1, name = 2, initializer = 5, input = 11, output = 12 };
}
namespace node_field {
enum : std::uint32_t { input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7 };
}
namespace attribute_field {
enum : std::uint32_t { name = 1, i = 3, ints = 8, strings = 9, type = 20 };
}
namespace tensor_field {
enum : std::uint32_t {
  dims = 1,
  data_type = 2,
  string_data = 6,
  int64_data = 7,
  name = 8,
  double_data = 10
};
}
namespace value_info_field {
enum : std::uint32_t { name = 1, type = 2, doc_string = 3 };
}
namespace type_field {
enum : std::uint32_t { tensor_type = 1 };
}
namespace tensor_type_field {
enum : std::uint32_t { elem_type = 1, shape = 2 };
}
namespace shape_field {
enum : std::uint32_t { dim = 1 };
}
namespace dimension_field {
enum : std::uint32_t { dim_value = 1, dim_param = 2 };
}

/// AttributeProto.AttributeType.
enum class AttributeType : std::int64_t { integer = 2, ints = 7, strings = 8 };

/// ValueInfoProto.
ProtobufWriter value_info(const std::string& name, OnnxType element, const OnnxShape& shape,
                          std::string_view description) {
  ProtobufWriter sizes;
  for (const std::int64_t size : shape) {
    ProtobufWriter dimension;
    if (size == kOnnxRows) {
      dimension.text(dimension_field::dim_param, "rows");
    } else {
      dimension.integer(dimension_field::dim_value, size);
    }
    sizes.message(shape_field::dim, dimension);
  }
  ProtobufWriter tensor;
  tensor.integer(tensor_type_field::elem_type, static_cast<std::int64_t>(element));
  tensor.message(tensor_type_field::shape, sizes);
  ProtobufWriter type;
  type.message(type_field::tensor_type, tensor);
  ProtobufWriter info;
  info.text(value_info_field::name, name);
  info.message(value_info_field::type, type);
  info.text(value_info_field::doc_string, description);
  return info;
}

/// Writes the value of an attribute and tells its type.
class AttributeValue {
 public:
  explicit AttributeValue(ProtobufWriter& out) : out_(out) {}

  AttributeType operator()(std::int64_t value) const {
    out_.integer(attribute_field::i, value);
    return AttributeType::integer;
  }
  AttributeType operator()(const std::vector<std::int64_t>& values) const {
    for (const std::int64_t value : values) out_.integer(attribute_field::ints, value);
    return AttributeType::ints;
  }
  AttributeType operator()(const std::vector<std::string>& values) const {
    for (const std::string& value : values) out_.text(attribute_field::strings, value);
    return AttributeType::strings;
  }

 private:
  ProtobufWriter& out_;
};

/// AttributeProto.
ProtobufWriter attribute_message(const OnnxAttribute& attribute) {
  ProtobufWriter message;
  message.text(attribute_field::name, attribute.name);
  const AttributeType type = std::visit(AttributeValue(message), attribute.value);
  message.integer(attribute_field::type, static_cast<std::int64_t>(type));
  return message;
}

/// TensorProto.
ProtobufWriter tensor_message(const std::string& name, const OnnxShape& shape,
                              const OnnxValues& values) {
  ProtobufWriter message;
  for (const std::int64_t size : shape) message.integer(tensor_field::dims, size);
  message.integer(tensor_field::data_type, static_cast<std::int64_t>(onnx_type(values)));
  // By the numbers of the fields: 6 and 7, the name, 10.
  if (const auto* texts = std::get_if<std::vector<std::string>>(&values)) {
    for (const std::string& text : *texts) message.text(tensor_field::string_data, text);
  }
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&values))
    message.packed(tensor_field::int64_data, *integers);
  message.text(tensor_field::name, name);
  if (const auto* numbers = std::get_if<std::vector<double>>(&values))
    message.packed(tensor_field::double_data, *numbers);
  return message;
}

}  // namespace

OnnxType onnx_type(const OnnxValues& values) {
  if (std::holds_alternative<std::vector<double>>(values)) return OnnxType::float64;
  if (std::holds_alternative<std::vector<std::int64_t>>(values)) return OnnxType::int64;
  return OnnxType::string;
}

void OnnxGraph::add_input(const std::string& name, OnnxType type, const OnnxShape& shape,
                          std::string_view description) {
  inputs_.message(graph_field::input, value_info(name, type, shape, description));
}

void OnnxGraph::add_output(const std::string& name, OnnxType type, const OnnxShape& shape,
                           std::string_view description) {
  outputs_.message(graph_field::output, value_info(name, type, shape, description));
}

std::string OnnxGraph::constant(std::string_view role, const OnnxShape& shape,
                                const OnnxValues& values) {
  std::string name = new_name(role);
  constants_.message(graph_field::initializer, tensor_message(name, shape, values));
  return name;
}

std::string OnnxGraph::add(const OnnxNode& node) {
  std::string output = node.output.empty() ? new_name(node.op) : node.output;
  ProtobufWriter message;
  for (const std::string& input : node.inputs) message.text(node_field::input, input);
  message.text(node_field::output, output);
  message.text(node_field::name, output);
  message.text(node_field::op_type, node.op);
  for (const OnnxAttribute& attribute : node.attributes)
    message.message(node_field::attribute, attribute_message(attribute));
  if (!node.domain.empty()) message.text(node_field::domain, node.domain);
  nodes_.message(graph_field::node, message);
  return output;
}

ProtobufWriter OnnxGraph::message(std::string_view name) const {
  ProtobufWriter message = nodes_;
  message.text(graph_field::name, name);
  message.append(constants_);
  message.append(inputs_);
  message.append(outputs_);
  return message;
}

std::string OnnxGraph::new_name(std::string_view role) {
  std::string name = std::string(role) + "_" + std::to_string(++named_);
  while (!taken_.insert(name).second) name += '_';
  return name;
}

}  // namespace mlserve::exporters
