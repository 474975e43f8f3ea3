#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

namespace mlserve::server::open_inference {

/// A datatype of tensors, and which JSON values it holds.
struct Datatype {
  enum class Kind : unsigned char { boolean, integer, floating, text };

  std::string_view name;  ///< "INT64"
  Kind kind;
  std::int64_t minimum = 0;   ///< of an integer
  std::uint64_t maximum = 0;  ///< of an integer
  double largest = 0;         ///< magnitude of a floating number

  /// Null, which is a missing value, is held by all; an integer may be written as 22.0. A number is
  /// not rounded to the type's precision: 0.1 stays the double 0.1 in FP32.
  bool holds(simdjson::dom::element value) const noexcept;
};

/// None (null) if it is none of the 13 of the protocol.
const Datatype* find_datatype(std::string_view name);

/// "BOOL, UINT8, …", for messages.
std::string datatype_names();

}  // namespace mlserve::server::open_inference
