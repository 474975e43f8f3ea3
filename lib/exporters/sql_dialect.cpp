#include "exporters/sql_dialect.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "exporters/refusal.hpp"

namespace mlserve::exporters {
namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

constexpr SqlDialect kSqlite = {.database = Dialect::sqlite,
                                .name = "SQLite",
                                .double_type = "REAL",
                                .text_type = "TEXT",
                                .bytewise = " COLLATE BINARY",
                                .infinity = "9e999",
                                .has_untyped_columns = true,
                                .raises_underflow = false,
                                .greatest = "max",
                                .stage = "AS",
                                .fence = "LIMIT -1 OFFSET 0",
                                .has_stages_of_one_row = false,
                                .folds_case = true,
                                .has_empty_names = true,
                                .max_name_bytes = kUnlimited,
                                .max_table_parts = 2,
                                .own_tables = "sqlite_",
                                .max_columns = 2000};

constexpr SqlDialect kPostgresql = {.database = Dialect::postgresql,
                                    .name = "PostgreSQL",
                                    .double_type = "double precision",
                                    .text_type = "text",
                                    .bytewise = " COLLATE \"C\"",
                                    .infinity = "float8 'Infinity'",
                                    .has_untyped_columns = false,
                                    .raises_underflow = true,
                                    .greatest = "greatest",
                                    .stage = "AS",
                                    .fence = "OFFSET 0",
                                    .has_stages_of_one_row = true,
                                    .folds_case = false,
                                    .has_empty_names = false,
                                    .max_name_bytes = 63,
                                    .max_table_parts = 3,
                                    .own_tables = {},
                                    .max_columns = 1600};

// Its optimizer does not copy expressions, so that nothing has to be fenced.
constexpr SqlDialect kDuckdb = {.database = Dialect::duckdb,
                                .name = "DuckDB",
                                .double_type = "DOUBLE",
                                .text_type = "VARCHAR",
                                .bytewise = " COLLATE C",
                                .infinity = "CAST('Infinity' AS DOUBLE)",
                                .has_untyped_columns = false,
                                .raises_underflow = false,
                                .greatest = "greatest",
                                .stage = "AS NOT MATERIALIZED",
                                .fence = "",
                                .has_stages_of_one_row = false,
                                .folds_case = true,
                                .has_empty_names = false,
                                .max_name_bytes = kUnlimited,
                                .max_table_parts = 3,
                                .own_tables = {},
                                .max_columns = kUnlimited};

/// `text` in quotes, those in it doubled.
std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

void refuse_nul(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    refuse(kSqlStatement, "'" + shown(text) + "'", "it has a NUL byte");
}

/// SQLite's own parser of decimals errs by less than a tenth of a double's last bit, so that it
/// finds a double by a text that is nearer to it than that; the shortest text may be half a bit
/// off.
std::string near_decimal(double value) {
  constexpr int kDigits = 18;  // of which SQLite regards all
  std::array<char, 32> text;   // the longest: "-2.22507385850720138e-308"
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value,
                                          std::chars_format::scientific, kDigits - 1);
  return {text.data(), end};
}

/// A length of at most `max_bytes` that ends no character in its middle.
std::size_t whole_characters(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text.size();
  const auto is_inside = [&](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  std::size_t length = max_bytes;
  while (length > 0 && is_inside(length)) --length;
  return length;
}

}  // namespace

const SqlDialect& sql_dialect(Dialect dialect) {
  switch (dialect) {
    case Dialect::postgresql:
      return kPostgresql;
    case Dialect::duckdb:
      return kDuckdb;
    default:
      return kSqlite;
  }
}

std::string sql_name(const SqlDialect& dialect, std::string_view name) {
  refuse_nul(name);
  if (name.empty() && !dialect.has_empty_names)
    refuse(kSqlStatement, "the name ''", std::string(dialect.name) + " has no empty names");
  return quoted(name, '"');
}

std::string sql_identity(const SqlDialect& dialect, std::string_view name) {
  const std::string_view kept = name.substr(0, whole_characters(name, dialect.max_name_bytes));
  return dialect.folds_case ? ascii_lower(kept) : std::string(kept);
}

std::string sql_text(const SqlDialect& dialect, std::string_view text) {
  refuse_nul(text);
  std::string literal = quoted(text, '\'');
  // Whether PostgreSQL takes a backslash for itself between plain quotes is a setting.
  if (dialect.database != Dialect::postgresql || text.find('\\') == std::string_view::npos)
    return literal;
  std::string escaped = "E";
  for (const char c : literal) {
    if (c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string sql_number(const SqlDialect& dialect, double value) {
  constexpr double kSmallest = 1e-170;  // times 1e-150, that is a double
  if (dialect.raises_underflow && std::abs(value) < kSmallest) value = 0;
  std::string decimal = format_double(value);
  if (dialect.database == Dialect::postgresql) return "float8 '" + decimal + "'";
  const bool is_integer = decimal.find_first_of(".e") == std::string::npos;
  if (dialect.database == Dialect::sqlite) {
    decimal = is_integer ? decimal + ".0" : near_decimal(value);
  } else if (decimal.find('e') == std::string::npos) {
    decimal += "e0";  // without an exponent it would be a DECIMAL
  }
  return value < 0 ? "(" + decimal + ")" : decimal;
}

std::string sql_factor(const SqlDialect& dialect, const std::string& number) {
  if (!dialect.raises_underflow) return number;
  return "CASE WHEN abs(" + number + ") < " + sql_number(dialect, 1e-150) + " THEN " +
         sql_number(dialect, 0) + " ELSE " + number + " END";
}

std::string sql_exp(const SqlDialect& dialect, const std::string& argument) {
  std::string call = "exp(" + argument + ")";
  if (!dialect.raises_underflow) return call;
  return "CASE WHEN " + argument + " < " + sql_number(dialect, -708) + " THEN " +
         sql_number(dialect, 0) + " ELSE " + call + " END";
}

std::string sql_comment(std::string_view text) {
  constexpr std::size_t kMaxBytes = 60;
  std::string safe;
  for (const char c : text.substr(0, kMaxBytes)) {
    safe += is_alphanumeric(c) || c == ' ' || c == '.' || c == ':' ? c : '_';
  }
  return safe;
}

}  // namespace mlserve::exporters
