#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "server/open_inference_datatype.hpp"
#include "server/open_inference_problems.hpp"

namespace mlserve::server::open_inference {

/// An input of a request whose shape and data are of one mind. It looks into the JSON document.
struct Tensor {
  Item item;  ///< which input it is
  const Datatype* datatype = nullptr;
  std::size_t rows = 0;     ///< first dimension
  std::size_t columns = 1;  ///< second dimension, if there is one
  simdjson::dom::element shape;
  simdjson::dom::array data;
  bool is_nested = false;  ///< a list a row
  bool is_base64 = false;  ///< its strings
  /// Of base64: the strings that it stands for, null where it is none, one after another.
  std::optional<simdjson::dom::array> decoded = {};

  /// As it was written: "[2,1]".
  std::string shape_text() const;

  /// "#/inputs/0/data/3": where a value stands.
  std::string cell_pointer(std::size_t row, std::size_t column) const;
};

/// Reads an input of one or two dimensions. None when something is wrong, which is then in
/// `problems`; the values themselves are not looked at. `is_base64` is what the request says of
/// all its strings.
std::optional<Tensor> parse_tensor(simdjson::dom::object input, const Item& item, bool is_base64,
                                   ProblemList& problems);

/// What is wrong with the "parameters" of a request or an input.
struct ContentTypeProblem {
  std::string_view member;  ///< "/content_type" or nothing: where in the parameters
  std::string detail;
};

/// Finds whether "parameters" of `owner` say by their "content_type" that strings are base64, or
/// are not; `is_base64` stays as it is when they say nothing.
std::optional<ContentTypeProblem> read_content_type(simdjson::dom::object owner,
                                                    std::optional<bool>& is_base64);

/// The values of a tensor, row by row.
class CellReader {
 public:
  explicit CellReader(const Tensor& tensor);

  /// To be called once a value, and no more.
  simdjson::dom::element next();

 private:
  using Iterator = simdjson::dom::array::iterator;

  bool is_nested_;
  Iterator next_;  ///< a value, or a row of them
  Iterator cell_;  ///< within the row
  Iterator row_end_;
};

}  // namespace mlserve::server::open_inference
