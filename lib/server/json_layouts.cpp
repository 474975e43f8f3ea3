#include "server/json_layouts.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "features/json_rows.hpp"
#include "server/json_body.hpp"

namespace mlserve::server {
namespace {

namespace dom = simdjson::dom;
using features::JsonHeader;
using features::JsonRowBuilder;
using features::ValueForm;
using Scratch = ServedModel::Scratch;
using Values = std::vector<dom::element>;

void copy(dom::array list, Values& values) {
  values.clear();
  for (const dom::element value : list) values.push_back(value);
}

/// Where a field stands among the names of a header.
std::string column_number(const std::vector<std::string>& names, std::string_view field) {
  return std::to_string(std::ranges::find(names, field) - names.begin());
}

JsonHeader require_header(const JsonRowBuilder& builder, std::vector<std::string> names,
                          std::string_view member) {
  try {
    return builder.header(std::move(names));
  } catch (const Error& error) {
    throw Error(error.kind(), "'" + std::string(member) + "' " + error.what());
  }
}

/// Pandas' names of columns may be numbers.
std::string column_name(dom::element name) {
  return name.is_string() ? std::string(name.get_string().value_unsafe()) : simdjson::minify(name);
}

/// The columns of an object of lists.
struct Columns {
  std::vector<std::string> names;
  std::vector<Values> values;

  explicit Columns(dom::object object) {
    for (const auto [name, value] : object) {
      names.emplace_back(name);
      copy(require_list(value, name), values.emplace_back());
      if (values.back().size() != rows()) {
        throw Malformed("column '" + shown(name) + "' has " + std::to_string(values.back().size()) +
                        " values, '" + shown(names.front()) + "' has " + std::to_string(rows()));
      }
    }
  }

  std::size_t rows() const { return values.empty() ? 0 : values.front().size(); }
};

RowPointer append_columns(const RowsMember& member, ValueForm form, Scratch& scratch,
                          std::size_t max_rows) {
  const Columns columns(require_object(member.value, member.name));
  const JsonRowBuilder& builder = scratch.parser.builder();
  const JsonHeader header = require_header(builder, columns.names, member.name);
  Values row(columns.names.size());
  for (std::size_t i = 0; i < columns.rows() && !scratch.parsed.is_enough(max_rows); ++i) {
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = columns.values[c][i];
    builder.append_values(header, row, scratch.parsed, form);
  }
  return [name = member.name](std::size_t i, std::string_view field) {
    return field.empty() ? json_pointer({name}) : json_pointer({name, field, std::to_string(i)});
  };
}

}  // namespace

RowPointer append_rows(const RowsMember& member, ValueForm form, Scratch& scratch,
                       std::size_t max_rows) {
  const dom::array rows = require_list(member.value, member.name);
  const JsonRowBuilder& builder = scratch.parser.builder();
  const JsonHeader header = builder.feature_order();
  Values values;
  for (const dom::element row : rows) {
    if (scratch.parsed.is_enough(max_rows)) break;
    if (row.is_object()) {
      builder.append_record(row, scratch.parsed, form);
    } else {
      if (row.is_array()) {
        copy(row.get_array(), values);
      } else {
        values.assign(1, row);
      }
      builder.append_values(header, values, scratch.parsed, form);
    }
  }
  return [name = member.name, rows, names = header.names](std::size_t i, std::string_view field) {
    const std::string number = std::to_string(i);
    const dom::element row = rows.at(i).value();
    if (field.empty() || !(row.is_object() || row.is_array())) return json_pointer({name, number});
    if (row.is_object()) return json_pointer({name, number, field});
    return json_pointer({name, number, column_number(names, field)});
  };
}

RowPointer append_records(const RowsMember& member, ValueForm form, Scratch& scratch,
                          std::size_t max_rows, const dom::object* shared) {
  for (const dom::element record : require_list(member.value, member.name)) {
    if (scratch.parsed.is_enough(max_rows)) break;
    scratch.parser.builder().append_record(record, scratch.parsed, form, shared);
  }
  return [name = member.name](std::size_t i, std::string_view field) {
    const std::string number = std::to_string(i);
    return field.empty() ? json_pointer({name, number}) : json_pointer({name, number, field});
  };
}

RowPointer append_columns_or_rows(const RowsMember& member, ValueForm form, Scratch& scratch,
                                  std::size_t max_rows) {
  return member.value.is_object() ? append_columns(member, form, scratch, max_rows)
                                  : append_rows(member, form, scratch, max_rows);
}

RowPointer append_split(const RowsMember& table, Scratch& scratch, std::size_t max_rows) {
  const dom::object parts = require_object(table.value, table.name);
  const auto columns = member(parts, "columns");
  const auto data = member(parts, "data");
  if (!columns || !data) throw Malformed("'" + table.name + "' lacks 'columns' or 'data'");
  std::vector<std::string> names;
  for (const dom::element name : require_list(*columns, "columns")) {
    names.push_back(column_name(name));
  }
  const JsonRowBuilder& builder = scratch.parser.builder();
  const JsonHeader header = require_header(builder, std::move(names), table.name);
  Values values;
  for (const dom::element row : require_list(*data, "data")) {
    if (scratch.parsed.is_enough(max_rows)) break;
    dom::array list;
    if (row.get(list) != simdjson::SUCCESS) {
      scratch.parsed.append_bad("is not a list but " + std::string(features::type_in_words(row)));
      continue;
    }
    copy(list, values);
    builder.append_values(header, values, scratch.parsed);
  }
  return [name = table.name, names = header.names](std::size_t i, std::string_view field) {
    const std::string number = std::to_string(i);
    if (field.empty()) return json_pointer({name, "data", number});
    return json_pointer({name, "data", number, column_number(names, field)});
  };
}

}  // namespace mlserve::server
