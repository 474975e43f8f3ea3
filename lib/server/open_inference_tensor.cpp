#include "server/open_inference_tensor.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "core/text.hpp"
#include "features/json_row_builder.hpp"

namespace mlserve::server::open_inference {
namespace {

namespace dom = simdjson::dom;
using features::type_in_words;

/// Only base64 makes a difference here; the others say into what a Python server turns a tensor.
constexpr std::array<std::string_view, 5> kContentTypes = {"np", "pd", "str", "base64", "datetime"};

std::string quoted(dom::element value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return "\"" + shown(text) + "\"";
  return std::string(type_in_words(value));
}

/// Reads the members of one input.
class TensorParser {
 public:
  TensorParser(dom::object input, const Item& item, ProblemList& problems)
      : input_(input), problems_(problems) {
    tensor_.item = item;
  }

  std::optional<Tensor> parse(bool is_base64) {
    const bool has_shape = read_shape();
    const bool has_datatype = read_datatype();
    const bool has_data = read_data() && has_shape && agrees_with_shape();
    if (!read_parameters(has_datatype, is_base64) || !has_shape || !has_datatype || !has_data) {
      return std::nullopt;
    }
    return tensor_;
  }

 private:
  bool fail(std::string_view member, std::string_view words, std::string detail) {
    problems_.add(tensor_.item, member, words, std::move(detail));
    return false;
  }

  bool find(std::string_view name, dom::element& value) {
    if (input_[name].get(value) == simdjson::SUCCESS) return true;
    return fail("", "", "has no '" + std::string(name) + "'");
  }

  bool read_shape() {
    if (!find("shape", tensor_.shape)) return false;
    const auto no_shape = [this] {
      return fail("/shape", ": the shape", "is not a list of integers from 0 on");
    };
    dom::array list;
    if (tensor_.shape.get(list) != simdjson::SUCCESS) return no_shape();
    std::array<std::uint64_t, 2> dimensions = {0, 1};
    for (const dom::element item : list) {
      std::uint64_t dimension = 0;
      if (item.get(dimension) != simdjson::SUCCESS) return no_shape();
      if (rank_ < dimensions.size()) dimensions[rank_] = dimension;
      ++rank_;
    }
    if (rank_ != 1 && rank_ != 2) {
      return fail("/shape", ": the shape", tensor_.shape_text() + " is neither [n] nor [n,1]");
    }
    tensor_.rows = dimensions[0];
    tensor_.columns = dimensions[1];
    return true;
  }

  bool read_datatype() {
    dom::element value;
    if (!find("datatype", value)) return false;
    std::string_view name;
    if (value.get(name) == simdjson::SUCCESS) tensor_.datatype = find_datatype(name);
    return tensor_.datatype != nullptr ||
           fail("/datatype", ":", quoted(value) + " is none of " + datatype_names());
  }

  bool read_data() {
    dom::element value;
    if (!find("data", value)) return false;
    if (value.get(tensor_.data) == simdjson::SUCCESS) return true;
    return fail("/data", ": the data", "is " + std::string(type_in_words(value)) + ", not a list");
  }

  bool agrees_with_shape() {
    const auto begin = tensor_.data.begin();
    tensor_.is_nested = begin != tensor_.data.end() && (*begin).is_array();
    std::uint64_t count = 0;
    bool is_even = true;
    for (const dom::element item : tensor_.data) {
      is_even = is_even && (tensor_.is_nested ? is_row(item) : !item.is_array());
      ++count;
    }
    if (!is_even || (tensor_.is_nested && count != tensor_.rows)) {
      return fail("/data", ": the data",
                  "is nested otherwise than the shape " + tensor_.shape_text() + " says");
    }
    if (tensor_.is_nested || count == cells()) return true;
    return fail("/data", ": the data",
                "has " + std::to_string(count) + (count == 1 ? " value" : " values") +
                    ", but the shape " + tensor_.shape_text() + " has " + std::to_string(cells()));
  }

  bool is_row(dom::element item) const {
    dom::array row;
    if (rank_ != 2 || item.get(row) != simdjson::SUCCESS) return false;
    std::uint64_t count = 0;
    for (const dom::element cell : row) {
      if (cell.is_array()) return false;
      ++count;
    }
    return count == tensor_.columns;
  }

  /// Values by the shape; the largest number, if they are more.
  std::uint64_t cells() const {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t columns = tensor_.columns;
    return columns != 0 && tensor_.rows > kMost / columns ? kMost : tensor_.rows * columns;
  }

  bool read_parameters(bool has_datatype, bool is_base64) {
    std::optional<bool> own;
    if (const auto problem = read_content_type(input_, own)) {
      return fail("/parameters" + std::string(problem->member), ":", problem->detail);
    }
    const bool is_text = has_datatype && tensor_.datatype->kind == Datatype::Kind::text;
    if (has_datatype && !is_text && own == true) {
      return fail("/parameters/content_type", ":", "base64 wants the datatype BYTES");
    }
    tensor_.is_base64 = is_text && own.value_or(is_base64);
    return true;
  }

  dom::object input_;
  ProblemList& problems_;
  Tensor tensor_;
  std::size_t rank_ = 0;
};

}  // namespace

std::string Tensor::shape_text() const { return shown(simdjson::minify(shape)); }

std::string Tensor::cell_pointer(std::size_t row, std::size_t column) const {
  std::string pointer = item.pointer() + "/data/";
  if (!is_nested) return pointer + std::to_string(row * columns + column);
  return pointer + std::to_string(row) + "/" + std::to_string(column);
}

std::optional<Tensor> parse_tensor(dom::object input, const Item& item, bool is_base64,
                                   ProblemList& problems) {
  return TensorParser(input, item, problems).parse(is_base64);
}

std::optional<ContentTypeProblem> read_content_type(dom::object owner,
                                                    std::optional<bool>& is_base64) {
  dom::element parameters;
  if (owner["parameters"].get(parameters) != simdjson::SUCCESS || parameters.is_null()) return {};
  dom::object members;
  if (parameters.get(members) != simdjson::SUCCESS) {
    return ContentTypeProblem{
        "", "'parameters' is " + std::string(type_in_words(parameters)) + ", not an object"};
  }
  dom::element type;
  if (members["content_type"].get(type) != simdjson::SUCCESS || type.is_null()) return {};
  std::string_view name;
  if (type.get(name) != simdjson::SUCCESS ||
      std::ranges::find(kContentTypes, name) == kContentTypes.end()) {
    return ContentTypeProblem{"/content_type",
                              quoted(type) + " is none of np, pd, str, base64, datetime"};
  }
  is_base64 = name == "base64";
  return {};
}

CellReader::CellReader(const Tensor& tensor)
    : is_nested_(tensor.is_nested && !tensor.decoded),
      next_(tensor.decoded.value_or(tensor.data).begin()),
      cell_(next_),
      row_end_(next_) {}

dom::element CellReader::next() {
  Iterator* at = &next_;
  if (is_nested_) {
    if (!(cell_ != row_end_)) {
      const dom::array row = (*next_).get_array().value_unsafe();
      ++next_;
      cell_ = row.begin();
      row_end_ = row.end();
    }
    at = &cell_;
  }
  const dom::element value = **at;
  ++*at;
  return value;
}

}  // namespace mlserve::server::open_inference
