#include "exporters/sql_names.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"
#include "exporters/refusal.hpp"

namespace mlserve::exporters {
namespace {

[[noreturn]] void refuse_table(std::string_view table, std::string_view why) {
  throw Error(ErrorKind::invalid_argument,
              "no table can be called '" + shown(table) + "': " + std::string(why));
}

/// The part at the start of `rest`, which moves behind it, up to a dot or the end.
std::string take_part(std::string_view table, std::string_view& rest) {
  std::string part;
  if (!rest.starts_with('"')) {
    part = rest.substr(0, rest.find('.'));
    rest.remove_prefix(part.size());
    return part;
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"' && !rest.substr(i + 1).starts_with('"')) {
      rest.remove_prefix(i + 1);
      if (!rest.empty() && rest[0] != '.') refuse_table(table, "text after a closing quote");
      return part;
    }
    part += rest[i];
    if (rest[i] == '"') ++i;  // a doubled one
  }
  refuse_table(table, "its quote is not closed");
}

void require_columns(const SqlDialect& dialect, const model::Model& model, const std::string& key) {
  std::map<std::string, std::string_view> taken;
  for (const features::Feature& feature : model.schema.features) {
    const auto [same, is_new] = taken.emplace(sql_identity(dialect, feature.name), feature.name);
    if (is_new) continue;
    refuse(kSqlStatement, "both '" + shown(same->second) + "' and '" + shown(feature.name) + "'",
           std::string(dialect.name) + " takes them for one column");
  }
  if (!key.empty()) taken.emplace(sql_identity(dialect, key), key);
  if (taken.size() > dialect.max_columns) {
    refuse(kSqlStatement, std::to_string(taken.size()) + " columns",
           "a table of " + std::string(dialect.name) + " has at most " +
               std::to_string(dialect.max_columns));
  }
}

}  // namespace

std::vector<std::string> sql_table_parts(const SqlDialect& dialect, std::string_view table) {
  std::vector<std::string> parts;
  std::string_view rest = table;
  while (true) {
    parts.push_back(take_part(table, rest));
    if (parts.back().empty()) refuse_table(table, "a part of it is empty");
    if (rest.empty()) break;
    rest.remove_prefix(1);
  }
  if (parts.size() > dialect.max_table_parts) {
    refuse_table(table, std::string(dialect.name) + " has at most " +
                            std::to_string(dialect.max_table_parts) +
                            " parts in a name (a part with a dot needs double quotes)");
  }
  if (!dialect.own_tables.empty() && ascii_lower(parts.back()).starts_with(dialect.own_tables)) {
    refuse_table(table, "names that begin with '" + std::string(dialect.own_tables) + "' are " +
                            std::string(dialect.name) + "'s own");
  }
  return parts;
}

std::vector<std::string> sql_output_names(const model::Model& model, const ExportOptions& options) {
  std::vector<std::string> names;
  if (!options.key.empty()) names.push_back(options.key);
  names.emplace_back("prediction");
  for (const std::string& of_class : model.schema.target.classes)
    names.push_back("probability_" + of_class);
  return names;
}

void require_distinct_names(const SqlDialect& dialect, const model::Model& model,
                            const ExportOptions& options) {
  require_columns(dialect, model, options.key);
  std::set<std::string> seen;
  for (const std::string& name : sql_output_names(model, options)) {
    if (seen.insert(sql_identity(dialect, name)).second) continue;
    throw Error(ErrorKind::invalid_argument,
                (options.key.empty() ? "" : "--key: ") +
                    ("the output would have two columns '" + shown(name) + "'"));
  }
}

}  // namespace mlserve::exporters
