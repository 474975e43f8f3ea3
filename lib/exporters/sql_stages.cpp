#include "exporters/sql_stages.hpp"

#include <cstddef>
#include <set>

#include "exporters/refusal.hpp"

namespace mlserve::exporters {
namespace {

/// Gives every stage the columns that it only passes on.
void pass_on(std::vector<SqlStage>& stages, const std::vector<std::string>& also) {
  std::set<std::string> wanted(also.begin(), also.end());
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

std::string sql_with(const SqlDialect& dialect, std::vector<SqlStage> stages,
                     const std::string& source, const std::vector<std::string>& also) {
  pass_on(stages, also);
  std::string text = "WITH";
  std::string from = source;
  for (const SqlStage& stage : stages) {
    if (stage.columns.size() > dialect.max_columns) {
      refuse(kSqlStatement, "this model",
             std::string(dialect.name) + " has at most " + std::to_string(dialect.max_columns) +
                 " columns in a subselect");
    }
    text += (&stage == &stages.front() ? " " : ",\n") + stage.name + " " +
            std::string(dialect.stage) + " (\n  SELECT";
    const char* separator = "\n    ";
    for (const auto& [name, expression] : stage.columns) {
      text += separator + expression;
      if (expression != name) text += " AS " + name;
      separator = ",\n    ";
    }
    if (!from.empty()) text += "\n  " + from;
    if (!dialect.fence.empty()) text += "\n  " + std::string(dialect.fence);
    text += ")";
    from = "FROM " + stage.name;
  }
  return text;
}

}  // namespace mlserve::exporters
