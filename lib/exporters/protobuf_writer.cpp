#include "exporters/protobuf_writer.hpp"

#include <bit>
#include <cstddef>

namespace mlserve::exporters {
namespace {

// https://protobuf.dev/programming-guides/encoding/
enum class WireType : std::uint32_t { varint = 0, length_delimited = 2 };

/// Seven bits a byte, the lowest first; the highest bit of a byte says that more follow.
void append_varint(std::string& bytes, std::uint64_t value) {
  constexpr std::uint64_t kMore = 0x80;
  while (value >= kMore) {
    bytes += static_cast<char>(value | kMore);
    value >>= 7;
  }
  bytes += static_cast<char>(value);
}

void append_fixed64(std::string& bytes, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(value >> shift);
}

void append_tag(std::string& bytes, std::uint32_t field, WireType type) {
  append_varint(bytes, field << 3 | static_cast<std::uint32_t>(type));
}

}  // namespace

void ProtobufWriter::integer(std::uint32_t field, std::int64_t value) {
  append_tag(bytes_, field, WireType::varint);
  append_varint(bytes_, static_cast<std::uint64_t>(value));
}

void ProtobufWriter::text(std::uint32_t field, std::string_view bytes) {
  append_tag(bytes_, field, WireType::length_delimited);
  append_varint(bytes_, bytes.size());
  bytes_ += bytes;
}

void ProtobufWriter::message(std::uint32_t field, const ProtobufWriter& message) {
  text(field, message.bytes_);
}

void ProtobufWriter::packed(std::uint32_t field, std::span<const double> values) {
  if (values.empty()) return;
  append_tag(bytes_, field, WireType::length_delimited);
  append_varint(bytes_, values.size_bytes());
  for (const double value : values) append_fixed64(bytes_, std::bit_cast<std::uint64_t>(value));
}

void ProtobufWriter::packed(std::uint32_t field, std::span<const std::int64_t> values) {
  if (values.empty()) return;
  std::string varints;
  for (const std::int64_t value : values) append_varint(varints, static_cast<std::uint64_t>(value));
  text(field, varints);
}

}  // namespace mlserve::exporters
