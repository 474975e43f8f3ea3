#include "server/open_inference_rows.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base64.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"

namespace mlserve::server::open_inference {
namespace {

namespace dom = simdjson::dom;
using features::type_in_words;

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
