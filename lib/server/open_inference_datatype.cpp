#include "server/open_inference_datatype.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace mlserve::server::open_inference {
namespace {

namespace dom = simdjson::dom;
using Kind = Datatype::Kind;

template <class Integer>
constexpr Datatype integers(std::string_view name) {
  using Limits = std::numeric_limits<Integer>;
  return {name, Kind::integer, static_cast<std::int64_t>(Limits::min()),
          static_cast<std::uint64_t>(Limits::max())};
}

constexpr double kLargestHalf = 65504;

constexpr std::array<Datatype, 13> kDatatypes = {
    {{"BOOL", Kind::boolean},
     integers<std::uint8_t>("UINT8"),
     integers<std::uint16_t>("UINT16"),
     integers<std::uint32_t>("UINT32"),
     integers<std::uint64_t>("UINT64"),
     integers<std::int8_t>("INT8"),
     integers<std::int16_t>("INT16"),
     integers<std::int32_t>("INT32"),
     integers<std::int64_t>("INT64"),
     {"FP16", Kind::floating, 0, 0, kLargestHalf},
     {"FP32", Kind::floating, 0, 0, std::numeric_limits<float>::max()},
     {"FP64", Kind::floating, 0, 0, std::numeric_limits<double>::max()},
     {"BYTES", Kind::text}}};

bool in_range(const Datatype& type, std::int64_t value) {
  return value >= type.minimum && (value < 0 || static_cast<std::uint64_t>(value) <= type.maximum);
}

/// Whether a number with a point is one of the integers.
bool in_range(const Datatype& type, double value) {
  constexpr double kTwoTo63 = 0x1p63;
  if (value != std::trunc(value) || value < -kTwoTo63 || value >= 2 * kTwoTo63) return false;
  return value < kTwoTo63 ? in_range(type, static_cast<std::int64_t>(value))
                          : static_cast<std::uint64_t>(value) <= type.maximum;
}

bool holds_number(const Datatype& type, double value) {
  return type.kind == Kind::floating && std::abs(value) <= type.largest;
}

}  // namespace

bool Datatype::holds(dom::element value) const noexcept {
  switch (value.type()) {
    case dom::element_type::NULL_VALUE:
      return true;
    case dom::element_type::BOOL:
      return kind == Kind::boolean;
    case dom::element_type::STRING:
      return kind == Kind::text;
    case dom::element_type::INT64: {
      const std::int64_t number = value.get_int64().value_unsafe();
      return kind == Kind::integer ? in_range(*this, number)
                                   : holds_number(*this, static_cast<double>(number));
    }
    case dom::element_type::UINT64: {  // beyond INT64
      const std::uint64_t number = value.get_uint64().value_unsafe();
      return kind == Kind::integer ? number <= maximum
                                   : holds_number(*this, static_cast<double>(number));
    }
    case dom::element_type::DOUBLE: {
      const double number = value.get_double().value_unsafe();
      return kind == Kind::integer ? in_range(*this, number) : holds_number(*this, number);
    }
    default:
      return false;
  }
}

const Datatype* find_datatype(std::string_view name) {
  for (const Datatype& type : kDatatypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

std::string datatype_names() {
  std::string names;
  for (const Datatype& type : kDatatypes) {
    if (!names.empty()) names += ", ";
    names += type.name;
  }
  return names;
}

}  // namespace mlserve::server::open_inference
