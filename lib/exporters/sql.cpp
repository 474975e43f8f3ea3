#include "exporters/sql.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "core/version.hpp"
#include "exporters/refusal.hpp"
#include "exporters/sql_answers.hpp"
#include "exporters/sql_dialect.hpp"
#include "exporters/sql_names.hpp"
#include "exporters/sql_stages.hpp"
#include "exporters/sql_terms.hpp"
#include "exporters/sql_values.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {
namespace {

constexpr Limits kLimits = {
    .format = kSqlStatement,
    .text = "no function that databases share splits a text into words",
    .date = "each database reads the spellings of dates in its own way",
    .refuses_missing = {},
};

/// SQLite joins no more than 64 tables.
constexpr std::size_t kMostJoins = 60;

/// What the key is called in the stages.
constexpr const char* kKey = "k";

/// The start of the names of stages. One that is called as the table would hide it.
std::string stage_prefix(const SqlDialect& dialect, const std::string& table) {
  std::string prefix = "mlserve_";
  while (sql_identity(dialect, table).starts_with(prefix)) prefix += "_";
  return prefix;
}

class SelectWriter {
 public:
  SelectWriter(const model::Model& model, const ExportOptions& options)
      : dialect_(sql_dialect(options.dialect)),
        model_(model),
        options_(options),
        table_(sql_table_parts(dialect_, options.table)),
        prefix_(stage_prefix(dialect_, table_.back())),
        scorer_(model),
        terms_(dialect_, model, scorer_, prefix_ + "weights_") {}

  std::string write() {
    read_table();
    if (!dialect_.has_stages_of_one_row) join_weights();
    check_values();
    add_margins();
    std::vector<std::string> answers = add_answers(dialect_, model_, prefix_, margins_, stages_);
    return head() + (dialect_.has_stages_of_one_row ? select_with_lateral_join(std::move(answers))
                                                    : select_in_stages(std::move(answers)));
  }

 private:
  std::string column(std::string_view name) const { return "t." + sql_name(dialect_, name); }
  std::string raw_value(std::size_t f) const {
    return sql_raw_value(dialect_, model_, f, column(model_.schema.features[f].name));
  }

  // Stages.

  void read_table() {
    SqlStage& stage = stages_.emplace_back();
    stage.name = prefix_ + "input";
    for (std::size_t f = 0; f < model_.schema.features.size(); ++f)
      stage.columns.push_back({sql_feature(f), raw_value(f)});
    if (dialect_.has_stages_of_one_row) {
      for (const SqlWeights* weights : terms_.tables()) add_columns(*weights, stage);
    } else if (!options_.key.empty()) {
      stage.columns.push_back({kKey, column(options_.key)});
    }
  }

  static void add_columns(const SqlWeights& weights, SqlStage& stage) {
    for (SqlColumn& added : weights.columns()) stage.columns.push_back(std::move(added));
  }

  void join_weights() {
    const std::vector<const SqlWeights*> tables = terms_.tables();
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (i % kMostJoins == 0)
        stages_.emplace_back().name = prefix_ + "joined_" + std::to_string(i / kMostJoins + 1);
      SqlStage& stage = stages_.back();
      std::vector<std::string> values;
      for (const std::size_t f : tables[i]->features()) values.push_back(sql_feature(f));
      stage.joins += tables[i]->join(values);
      stage.reads.insert(stage.reads.end(), values.begin(), values.end());
      add_columns(*tables[i], stage);
    }
  }

  void check_values() {
    SqlStage stage;
    stage.name = prefix_ + "values";
    for (std::size_t f = 0; f < model_.schema.features.size(); ++f) {
      auto checked = sql_checked_value(dialect_, model_, f);
      if (!checked) continue;
      stage.columns.push_back({sql_feature(f), std::move(*checked)});
      stage.reads.push_back(sql_feature(f));
    }
    if (!stage.columns.empty()) stages_.push_back(std::move(stage));
  }

  /// Finite or NULL.
  void add_margins() {
    std::vector<SqlSum> sums;
    SqlStage margins{prefix_ + "margins", {}, {}};
    for (std::size_t k = 0; k < scorer_.intercepts().size(); ++k) {
      const std::string& margin = margins_.emplace_back("m" + std::to_string(k + 1));
      SqlSum& sum = sums.emplace_back();
      sum.name = margin;
      sum.start = sql_number(dialect_, scorer_.intercepts()[k]);
      for (std::size_t t = 0; t < scorer_.terms().size(); ++t) {
        sum.addends.push_back(
            {"/* " + sql_comment(scorer_.effects()[t]) + " */ " + terms_.addend(t, k),
             terms_.reads(t)});
      }
      // Infinity less itself is NaN, and of that neither.
      std::string finite = "CASE WHEN ";
      finite.append(margin).append(" - ").append(margin).append(" = ");
      finite.append(sql_number(dialect_, 0)).append(" THEN ").append(margin).append(" END");
      margins.columns.push_back({margin, std::move(finite)});
    }
    margins.reads = margins_;
    add_sums(prefix_ + "sum", sums, stages_);
    stages_.push_back(std::move(margins));
  }

  // The statement.

  std::string head() const {
    const auto line = [](const std::string& text) { return "-- " + text + "\n"; };
    const std::string database(dialect_.name);
    std::string text =
        line("Made by mlserve " + std::string(kVersion) + " for " + database + ": target " +
             sql_comment(model_.schema.target.name) + ".") +
        line("A row with a value that the model does not take has NULL for its answers.");
    if (dialect_.database != Dialect::sqlite) return text;
    if (model_.estimator != model::Estimator::linear)
      text += line("Needs exp(): SQLite 3.35 or later, built with SQLITE_ENABLE_MATH_FUNCTIONS.");
    return text + line(
                      "To score some of the rows, put a WHERE behind \"AS t\": from outside it "
                      "comes too late.");
  }

  std::string source() const {
    std::string name;
    for (const std::string& part : table_)
      name += (name.empty() ? "" : ".") + sql_name(dialect_, part);
    return "FROM " + name + " AS t";
  }

  std::string select_in_stages(std::vector<std::string> answers) const {
    if (!options_.key.empty()) answers.insert(answers.begin(), kKey);
    std::vector<std::string> parts;
    for (const SqlWeights* weights : terms_.tables()) parts.push_back(weights->table());
    for (std::string& stage : sql_stages(dialect_, stages_, source(), answers))
      parts.push_back(std::move(stage));
    return sql_with(parts) + outputs(answers) + "\nFROM " + stages_.back().name + "\n";
  }

  std::string select_with_lateral_join(std::vector<std::string> answers) const {
    std::vector<std::string> parts;
    std::string joins;
    for (const SqlWeights* weights : terms_.tables()) {
      parts.push_back(weights->table());
      std::vector<std::string> values;
      for (const std::size_t f : weights->features()) values.push_back(raw_value(f));
      joins += weights->join(values);
    }
    const std::string stages = sql_with(sql_stages(dialect_, stages_, "", answers));
    std::string list;
    for (std::string& answer : answers) {
      list += (list.empty() ? "" : ", ") + answer;
      answer.insert(0, "scored.");
    }
    if (!options_.key.empty()) answers.insert(answers.begin(), column(options_.key));
    return sql_with(parts) + outputs(answers) + "\n" + source() + joins +
           "\nCROSS JOIN LATERAL (\n" + stages + "SELECT " + list + " FROM " + stages_.back().name +
           ") AS scored\n";
  }

  /// SELECT of these expressions, called as the outputs are.
  std::string outputs(const std::vector<std::string>& expressions) const {
    const std::vector<std::string> names = sql_output_names(model_, options_);
    std::string text = "SELECT";
    for (std::size_t i = 0; i < names.size(); ++i)
      text += (i == 0 ? "\n  " : ",\n  ") + expressions[i] + " AS " + sql_name(dialect_, names[i]);
    return text;
  }

  const SqlDialect& dialect_;
  const model::Model& model_;
  const ExportOptions& options_;
  std::vector<std::string> table_;  ///< the parts of its name
  std::string prefix_;              ///< of the names of stages and tables of weights
  model::Scorer scorer_;
  SqlTerms terms_;
  std::vector<std::string> margins_;
  std::vector<SqlStage> stages_;
};

}  // namespace

std::string sql_select(const model::Model& model, const ExportOptions& options) {
  require_within(kLimits, model);
  require_distinct_names(sql_dialect(options.dialect), model, options);
  return SelectWriter(model, options).write();
}

}  // namespace mlserve::exporters
