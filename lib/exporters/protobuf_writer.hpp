#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mlserve::exporters {

/// A message in the wire format of protobuf, field after field. Fields written in the order of
/// their numbers give the bytes that protobuf's own libraries give. A message has less than 2 GiB.
class ProtobufWriter {
 public:
  /// An int32, int64 or enum.
  void integer(std::uint32_t field, std::int64_t value);
  /// A string (which is UTF-8) or bytes.
  void text(std::uint32_t field, std::string_view bytes);
  void message(std::uint32_t field, const ProtobufWriter& message);
  /// A repeated double or int64 that is packed; without values nothing is written.
  void packed(std::uint32_t field, std::span<const double> values);
  void packed(std::uint32_t field, std::span<const std::int64_t> values);
  /// All fields of a message of the same type.
  void append(const ProtobufWriter& fields) { bytes_ += fields.bytes_; }

  const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace mlserve::exporters
