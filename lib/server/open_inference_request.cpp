#include "server/open_inference_request.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "core/text.hpp"
#include "features/boolean_text.hpp"

namespace mlserve::server::open_inference {
namespace {

namespace dom = simdjson::dom;
using features::Feature;
using features::type_in_words;

/// Names that are looked at for one that was meant: a request may have a million.
constexpr std::size_t kMaxUnknownNames = 100;

/// Whether a number or a truth value says something of the feature: a category may be one.
bool takes_numbers(const Feature& feature) {
  if (!feature.is_categorical()) return feature.is_number() && !feature.is_date();
  return std::ranges::any_of(feature.categories, [](const std::string& category) {
    return features::category_number(category) || features::parse_boolean(category);
  });
}

std::string join_names(const std::vector<Output>& outputs) {
  std::string names;
  for (const Output output : outputs) {
    if (!names.empty()) names += ", ";
    names += output_name(output);
  }
  return names;
}

/// Reads the members of a request.
class RequestParser {
 public:
  RequestParser(const features::Schema& schema, const features::JsonRowBuilder& builder,
                ProblemList& problems)
      : schema_(schema), builder_(builder), problems_(problems) {}

  InferRequest parse(dom::object members) {
    read_id(members);
    read_parameters(members);
    read_inputs(members);
    read_outputs(members);
    return std::move(request_);
  }

 private:
  void fail(std::string pointer, std::string_view subject, dom::element got,
            std::string_view expected) {
    problems_.add(std::move(pointer), subject,
                  "is " + std::string(type_in_words(got)) + ", not " + std::string(expected));
  }

  void read_id(dom::object members) {
    dom::element id;
    if (members["id"].get(id) != simdjson::SUCCESS || id.is_null()) return;
    std::string_view text;
    if (id.get(text) == simdjson::SUCCESS) {
      request_.id = text;
    } else {
      fail("#/id", "'id'", id, "a string");
    }
  }

  void read_parameters(dom::object members) {
    std::optional<bool> is_base64;
    if (const auto problem = read_content_type(members, is_base64)) {
      problems_.add("#/parameters" + std::string(problem->member), "", problem->detail);
    }
    is_base64_ = is_base64.value_or(false);
  }

  void read_inputs(dom::object members) {
    dom::element list;
    if (members["inputs"].get(list) != simdjson::SUCCESS) {
      problems_.add("#", "the body", "has no 'inputs'");
      return;
    }
    dom::array inputs;
    if (list.get(inputs) != simdjson::SUCCESS) {
      fail("#/inputs", "'inputs'", list, "a list");
      return;
    }
    if (read_matrix(inputs)) return;
    const std::size_t features = schema_.features.size();
    seen_.assign(features, false);
    request_.inputs.reserve(features);
    request_.header.names.reserve(features);
    request_.header.features.reserve(features);
    std::size_t index = 0;
    for (const dom::element input : inputs) read_column(input, index++);
    require_all_features();
    require_same_rows();
  }

  /// The name of an input or an output, which must be an object.
  bool read_name(dom::element value, Item& item, dom::object& members) {
    if (value.get(members) != simdjson::SUCCESS) {
      fail(item.pointer(), item.subject(), value, "an object");
      return false;
    }
    dom::element name;
    if (members["name"].get(name) != simdjson::SUCCESS) {
      problems_.add(item, "", "", "has no 'name'");
      return false;
    }
    if (name.get(item.name) == simdjson::SUCCESS) return true;
    fail(item.pointer() + "/name", item.subject() + ": the name", name, "a string");
    return false;
  }

  /// A single input with a column for each feature is all of them, whatever its name. One of
  /// another width is taken for a matrix, too, and refused as such, unless its name or its one
  /// column say that it is meant to be a feature.
  bool read_matrix(dom::array inputs) {
    auto it = inputs.begin();
    if (!(it != inputs.end())) return false;
    const dom::element only = *it;
    ++it;
    if (it != inputs.end()) return false;
    std::uint64_t columns = 0;
    if (only.at_pointer("/shape/1").get(columns) != simdjson::SUCCESS) return false;
    std::string_view name;
    const bool is_feature = only["name"].get(name) == simdjson::SUCCESS && builder_.find(name);
    if (is_feature && (columns != schema_.features.size() || columns == 1)) return false;
    if (!is_feature && columns == 1 && schema_.features.size() > 1) return false;
    add_matrix(only);
    return true;
  }

  void add_matrix(dom::element input) {
    Item item{"inputs"};
    dom::object members;
    if (!read_name(input, item, members)) return;
    auto tensor = parse_tensor(members, item, is_base64_, problems_);
    if (!tensor) return;
    request_.header = builder_.feature_order();
    const std::size_t width = schema_.features.size();
    if (tensor->columns != width) {
      problems_.add(item, "/shape", ": the shape",
                    tensor->shape_text() + " is not [n," + std::to_string(width) +
                        "], a column for each of " + shown(join(request_.header.names), 200));
    }
    const auto misfit = std::ranges::find_if_not(schema_.features, takes_numbers);
    if (tensor->datatype->kind != Datatype::Kind::text && misfit != schema_.features.end()) {
      problems_.add(item, "/datatype", ":",
                    std::string(tensor->datatype->name) + " does not hold the values of '" +
                        shown(misfit->name) + "': send one input a feature, or BYTES");
    }
    request_.rows = tensor->rows;
    request_.inputs.push_back(*tensor);
  }

  void read_column(dom::element input, std::size_t index) {
    Item item{"inputs", index};
    dom::object members;
    if (!read_name(input, item, members)) return;
    const auto feature = builder_.find(item.name, expected_);
    if (!feature) {
      if (unknown_.size() < kMaxUnknownNames) unknown_.emplace_back(item.name);
      return;
    }
    if (seen_[*feature]) {
      problems_.add(item, "/name", "", "stands twice");
      return;
    }
    seen_[*feature] = true;
    expected_ = *feature + 1;
    auto tensor = parse_tensor(members, item, is_base64_, problems_);
    if (!tensor) return;
    if (tensor->columns != 1) {
      problems_.add(item, "/shape", ": the shape",
                    tensor->shape_text() + " is neither [n] nor [n,1]");
      return;
    }
    request_.inputs.push_back(*tensor);
    request_.header.names.emplace_back(item.name);
    request_.header.features.emplace_back(feature);
  }

  void require_all_features() {
    for (std::size_t f = 0; f < seen_.size(); ++f) {
      if (seen_[f]) continue;
      const std::string& name = schema_.features[f].name;
      std::string detail = "there is no input '" + shown(name) + "'";
      const auto meant = nearest_name(name, unknown_);
      if (meant) detail += "; did you mean it by '" + shown(*meant) + "'?";
      problems_.add("#/inputs", "", std::move(detail));
    }
  }

  void require_same_rows() {
    if (request_.inputs.empty()) return;
    const Tensor& first = request_.inputs.front();
    request_.rows = first.rows;
    for (const Tensor& input : request_.inputs) {
      if (input.rows == first.rows) continue;
      problems_.add(input.item, "/shape", "",
                    "has " + std::to_string(input.rows) + (input.rows == 1 ? " row" : " rows") +
                        ", but " + first.item.subject() + " has " + std::to_string(first.rows));
    }
  }

  void read_outputs(dom::object members) {
    const std::vector<Output> known = outputs_of(schema_.target);
    dom::element list;
    dom::array outputs;
    if (members["outputs"].get(list) == simdjson::SUCCESS && !list.is_null()) {
      if (list.get(outputs) != simdjson::SUCCESS) {
        fail("#/outputs", "'outputs'", list, "a list");
        return;
      }
      std::size_t index = 0;
      for (const dom::element output : outputs) read_output(output, index++, known);
    }
    if (request_.outputs.empty()) request_.outputs.push_back(Output::predict);
  }

  void read_output(dom::element output, std::size_t index, const std::vector<Output>& known) {
    Item item{"outputs", index};
    dom::object members;
    if (!read_name(output, item, members)) return;
    const auto wanted = std::ranges::find(known, item.name, output_name);
    if (wanted == known.end()) {
      problems_.add(item.pointer() + "/name", "",
                    "there is no output '" + shown(item.name) + "'; there " +
                        (known.size() == 1 ? "is " : "are ") + join_names(known));
    } else if (std::ranges::find(request_.outputs, *wanted) != request_.outputs.end()) {
      problems_.add(item, "/name", "", "stands twice");
    } else {
      request_.outputs.push_back(*wanted);
    }
  }

  const features::Schema& schema_;
  const features::JsonRowBuilder& builder_;
  ProblemList& problems_;
  InferRequest request_;
  bool is_base64_ = false;            ///< strings, where an input does not say it
  std::vector<bool> seen_;            ///< by feature: it has an input
  std::size_t expected_ = 0;          ///< the feature that comes next, probably
  std::vector<std::string> unknown_;  ///< names of inputs that are no features
};

}  // namespace

std::string_view output_name(Output output) {
  return output == Output::predict ? "predict" : "predict_proba";
}

std::vector<Output> outputs_of(const features::Target& target) {
  if (target.classes.empty()) return {Output::predict};
  return {Output::predict, Output::predict_proba};
}

InferRequest parse_request(dom::object body, const features::Schema& schema,
                           const features::JsonRowBuilder& builder, ProblemList& problems) {
  return RequestParser(schema, builder, problems).parse(body);
}

}  // namespace mlserve::server::open_inference
