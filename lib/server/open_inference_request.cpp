#include "server/open_inference_request.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <string>
#include <utility>

#include "core/base64.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"
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
  if (!feature.is_categorical())
    return feature.is_number() && feature.kind != features::FeatureKind::date;
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

  InferRequest parse(dom::element body) {
    dom::object members;
    if (body.get(members) != simdjson::SUCCESS) {
      fail("#", "the body", body, "an object");
      return {};
    }
    read_id(members);
    if (const auto problem = read_content_type(members, is_base64_)) {
      problems_.add("#/parameters" + std::string(problem->member), "", problem->detail);
    }
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

  /// One input that is no feature, or has as many columns as there are features, is all of them.
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
  bool is_base64_ = false;
  std::vector<bool> seen_;            ///< by feature: it has an input
  std::size_t expected_ = 0;          ///< the feature that comes next, probably
  std::vector<std::string> unknown_;  ///< names of inputs that are no features
};

/// A null to stand where a value is no good.
dom::element null_value() {
  static dom::parser parser;
  static const dom::element null = parser.parse(std::string("null")).value();
  return null;
}

std::string in_words(dom::element value) {
  if (value.is_array() || value.is_object() || value.is_bool()) {
    return std::string(type_in_words(value));
  }
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return "\"" + shown(text) + "\"";
  return simdjson::minify(value);
}

std::string in_row(const Tensor& input, std::size_t row) {
  return input.item.subject() + ", row " + std::to_string(row) + ":";
}

/// The text of a base64 string, if it is one.
std::optional<std::string> decoded_text(dom::element value) {
  std::string_view encoded;
  if (value.get(encoded) != simdjson::SUCCESS) return std::nullopt;
  auto text = decode_base64(encoded);
  if (text && find_invalid_utf8(*text) != std::string_view::npos) return std::nullopt;
  return text;
}

/// Puts the decoded values of `input` into a list.
void write_decoded(const Tensor& input, data::JsonWriter& json, ProblemList& problems) {
  CellReader cells(input);
  json.begin_array();
  for (std::size_t i = 0; i < input.rows * input.columns; ++i) {
    const dom::element value = cells.next();
    const auto text = decoded_text(value);
    if (text) {
      json.string(*text);
      continue;
    }
    json.null();
    if (value.is_null()) continue;
    const std::size_t row = i / input.columns;
    problems.add(input.cell_pointer(row, i % input.columns), in_row(input, row),
                 in_words(value) + " is not UTF-8 text in base64");
  }
  json.end_array();
}

}  // namespace

std::string_view output_name(Output output) {
  return output == Output::predict ? "predict" : "predict_proba";
}

std::vector<Output> outputs_of(const features::Target& target) {
  if (target.classes.empty()) return {Output::predict};
  return {Output::predict, Output::predict_proba};
}

InferRequest parse_request(dom::element body, const features::Schema& schema,
                           const features::JsonRowBuilder& builder, ProblemList& problems) {
  return RequestParser(schema, builder, problems).parse(body);
}

void decode_base64_inputs(InferRequest& request, features::JsonDocument& decoded,
                          ProblemList& problems) {
  if (std::ranges::none_of(request.inputs, &Tensor::is_base64)) return;
  std::string text;
  data::JsonWriter json(text);
  json.begin_array();
  for (const Tensor& input : request.inputs) {
    if (input.is_base64) write_decoded(input, json, problems);
  }
  json.end_array();
  auto next = decoded.read(text).get_array().value_unsafe().begin();
  for (Tensor& input : request.inputs) {
    if (!input.is_base64) continue;
    input.decoded = (*next).get_array().value_unsafe();
    ++next;
  }
}

void append_rows(const InferRequest& request, const features::JsonRowBuilder& builder,
                 features::ParsedRows& out) {
  std::vector<CellReader> readers;
  readers.reserve(request.inputs.size());
  for (const Tensor& input : request.inputs) readers.emplace_back(input);
  std::vector<dom::element> values(request.header.names.size());
  for (std::size_t row = 0; row < request.rows; ++row) {
    if (out.problems.size() >= features::ParsedRows::kMaxProblems) return;
    std::size_t column = 0;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      const Tensor& input = request.inputs[i];
      for (std::size_t c = 0; c < input.columns; ++c, ++column) {
        values[column] = readers[i].next();
        if (input.datatype->holds(values[column])) continue;
        out.problems.push_back(
            {out.rows.size(), request.header.names[column],
             in_words(values[column]) + " is not " + std::string(input.datatype->name)});
        values[column] = null_value();
      }
    }
    builder.append_values(request.header, values, out);
  }
}

void add_row_problems(const InferRequest& request, const std::vector<features::RowProblem>& rows,
                      ProblemList& problems) {
  const std::vector<std::string>& names = request.header.names;
  const bool is_matrix = request.inputs.size() < names.size();
  for (const features::RowProblem& problem : rows) {
    const auto column =
        static_cast<std::size_t>(std::ranges::find(names, problem.field) - names.begin());
    assert(column < names.size());  // each row has all its values
    const Tensor& input = request.inputs[is_matrix ? 0 : column];
    problems.add(input.cell_pointer(problem.row, is_matrix ? column : 0),
                 in_row(input, problem.row), problem.detail);
  }
}

}  // namespace mlserve::server::open_inference
