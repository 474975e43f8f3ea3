#include "store/postgres_values.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "core/error.hpp"
#include "core/number.hpp"

namespace mlserve::store {
namespace {

// Types by their numbers in every server's catalogue (pg_type.dat).
constexpr Oid kUnknown = 0;  // the server infers it
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kFloat8 = 701;
constexpr Oid kVarchar = 1043;
constexpr Oid kVoid = 2278;

constexpr int kTextFormat = 0;
constexpr int kBinaryFormat = 1;

/// Integers come with the highest byte first.
template <class Unsigned>
Unsigned from_network(std::string_view bytes) {
  Unsigned value = 0;
  for (const char byte : bytes)
    value = static_cast<Unsigned>(value << 8U) | static_cast<std::uint8_t>(byte);
  return value;
}

Row::Value read_value(Oid type, std::string_view bytes) {
  switch (type) {
    case kBool:
      return std::int64_t{bytes.front() != 0};
    case kInt4:
      return std::int64_t{std::bit_cast<std::int32_t>(from_network<std::uint32_t>(bytes))};
    case kInt8:
      return std::bit_cast<std::int64_t>(from_network<std::uint64_t>(bytes));
    case kFloat8:
      return std::bit_cast<double>(from_network<std::uint64_t>(bytes));
    case kText:
    case kVarchar:
    case kBytea:
    case kVoid:
      return std::string(bytes);
    default:
      throw Error(ErrorKind::internal, "a result has a column of type " + std::to_string(type));
  }
}

Row read_row(const PGresult& result, int row) {
  const Libpq& pq = libpq();
  std::vector<Row::Value> values;
  const int columns = pq.PQnfields(&result);
  values.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    if (pq.PQgetisnull(&result, row, column)) {
      values.emplace_back();
      continue;
    }
    const auto length = static_cast<std::size_t>(pq.PQgetlength(&result, row, column));
    values.push_back(
        read_value(pq.PQftype(&result, column), {pq.PQgetvalue(&result, row, column), length}));
  }
  return Row(std::move(values));
}

/// "INSERT 0 1", "UPDATE 3"; a SELECT, which has a count of rows, too, changes none.
std::int64_t changed_rows(PGresult& result) {
  if (std::string_view(libpq().PQcmdStatus(&result)).starts_with("SELECT")) return 0;
  return parse_integer(libpq().PQcmdTuples(&result)).value_or(0);
}

// What PostgreSQL's float8 reads: also "inf" and "nan".
std::string shortest(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

}  // namespace

PostgresParameters::PostgresParameters(std::initializer_list<Parameter> parameters) {
  texts_.reserve(parameters.size());
  for (const Parameter& parameter : parameters) add(parameter);
}

void PostgresParameters::add(const Parameter& parameter) {
  if (const auto* const integer = std::get_if<std::int64_t>(&parameter)) {
    add_text(std::to_string(*integer));
  } else if (const auto* const real = std::get_if<double>(&parameter)) {
    add_text(shortest(*real));
  } else if (const auto* const text = std::get_if<std::string_view>(&parameter)) {
    if (text->find('\0') != std::string_view::npos)
      throw Error(ErrorKind::invalid_data, "PostgreSQL cannot hold text with a NUL byte");
    add_text(std::string(*text));
  } else if (const auto* const bytes = std::get_if<Bytes>(&parameter)) {
    // A null pointer is NULL, whatever its length.
    const std::string_view present = bytes->bytes.data() == nullptr ? "" : bytes->bytes;
    add_value(kBytea, kBinaryFormat, present.data(), present.size());
  } else {
    add_value(kUnknown, kTextFormat, nullptr, 0);
  }
}

void PostgresParameters::add_text(std::string text) {
  texts_.push_back(std::move(text));
  add_value(kUnknown, kTextFormat, texts_.back().c_str(), 0);
}

void PostgresParameters::add_value(Oid type, int format, const char* value, std::size_t length) {
  types_.push_back(type);
  formats_.push_back(format);
  values_.push_back(value);
  lengths_.push_back(static_cast<int>(length));
}

Result read_result(PGresult& result) {
  Result read;
  read.changed = changed_rows(result);
  const int rows = libpq().PQntuples(&result);
  read.rows.reserve(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) read.rows.push_back(read_row(result, row));
  return read;
}

}  // namespace mlserve::store
