#include "exporters/sql_stages.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "exporters/refusal.hpp"

namespace mlserve::exporters {
namespace {

/// Databases bound the depth of expressions (SQLite and DuckDB to 1000), and a sum is as deep as it
/// has addends.
constexpr std::size_t kAddendsOfStage = 100;

/// Gives every stage the columns that it only passes on.
void pass_on(std::vector<SqlStage>& stages, std::span<const std::string> last) {
  std::set<std::string> wanted(last.begin(), last.end());
  for (std::size_t i = stages.size(); i-- > 0;) {
    SqlStage& stage = stages[i];
    for (const SqlColumn& column : stage.columns) wanted.erase(column.name);
    if (i > 0) {
      for (const std::string& name : wanted) stage.columns.push_back({name, name});
    }
    wanted.insert(stage.reads.begin(), stage.reads.end());
  }
}

}  // namespace

std::vector<std::string> sql_stages(const SqlDialect& dialect, std::vector<SqlStage> stages,
                                    const std::string& source,
                                    std::span<const std::string> wanted) {
  pass_on(stages, wanted);
  std::vector<std::string> parts;
  std::string from = source;
  for (const SqlStage& stage : stages) {
    if (stage.columns.size() > dialect.max_columns) {
      refuse(kSqlStatement, "this model",
             std::string(dialect.name) + " has at most " + std::to_string(dialect.max_columns) +
                 " columns in a subselect");
    }
    std::string text = stage.name + " " + std::string(dialect.stage) + " (\n  SELECT";
    const char* separator = "\n    ";
    for (const auto& [name, expression] : stage.columns) {
      text += separator + expression;
      if (expression != name) text += " AS " + name;
      separator = ",\n    ";
    }
    if (!from.empty()) text += "\n  " + from;
    text += stage.joins;
    if (!dialect.fence.empty()) text += "\n  " + std::string(dialect.fence);
    parts.push_back(text + ")");
    from = "FROM " + stage.name;
  }
  return parts;
}

std::string sql_with(std::span<const std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "WITH " : ",\n") + part;
  return text.empty() ? text : text + "\n";
}

void add_sums(const std::string& stage, const std::vector<SqlSum>& sums,
              std::vector<SqlStage>& stages) {
  const std::size_t count = sums[0].addends.size();
  for (std::size_t begin = 0; begin < count; begin += kAddendsOfStage) {
    const std::size_t end = std::min(begin + kAddendsOfStage, count);
    SqlStage& added = stages.emplace_back();
    added.name = stage + "_" + std::to_string(begin / kAddendsOfStage + 1);
    for (const SqlSum& sum : sums) {
      std::string text = begin == 0 ? sum.start : sum.name;
      for (std::size_t i = begin; i < end; ++i) text += "\n    + " + sum.addends[i].expression;
      added.columns.push_back({sum.name, std::move(text)});
      if (begin > 0) added.reads.push_back(sum.name);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const std::vector<std::string>& reads = sums[0].addends[i].reads;
      added.reads.insert(added.reads.end(), reads.begin(), reads.end());
    }
  }
}

}  // namespace mlserve::exporters
