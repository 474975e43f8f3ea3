#include "exporters/sql.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/number.hpp"
#include "core/version.hpp"
#include "exporters/refusal.hpp"
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

/// Databases bound the depth of expressions (SQLite and DuckDB to 1000), and a sum is as deep as it
/// has addends.
constexpr std::size_t kAddendsOfStage = 200;

/// SQLite's functions take no more than 127 arguments.
constexpr std::size_t kMostArguments = 100;

constexpr std::string_view kKey = "k";

struct Addend {
  std::string expression;
  std::vector<std::string> reads;
};

/// start + addends[0] + addends[1] + …, in this order.
struct Sum {
  std::string name;
  std::string start;
  std::vector<Addend> addends;
};

std::vector<std::string> numbered(const std::string& letter, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < count; ++k) names.push_back(letter + std::to_string(k + 1));
  return names;
}

/// Writes the stages from the columns of the table to the answers.
class SelectWriter {
 public:
  SelectWriter(const model::Model& model, const ExportOptions& options)
      : dialect_(sql_dialect(options.dialect)),
        model_(model),
        options_(options),
        scorer_(model),
        terms_(dialect_, model, scorer_) {
    const std::vector<std::string> parts = sql_table_parts(dialect_, options.table);
    for (const std::string& part : parts)
      table_ += (table_.empty() ? "" : ".") + sql_name(dialect_, part);
    // A stage that is called as the table would hide it.
    while (sql_identity(dialect_, parts.back()).starts_with(prefix_)) prefix_ += "_";
  }

  std::string write() {
    read_table();
    check_values();
    add_margins();
    const std::vector<std::string> answers = add_answers();
    return head() + select(answers) + "\n";
  }

 private:
  std::string number(double value) const { return sql_number(dialect_, value); }
  std::string column(std::string_view name) const { return "t." + sql_name(dialect_, name); }
  bool passes_key() const { return !options_.key.empty() && !dialect_.has_stages_of_one_row; }

  void add_stage(const std::string& name, std::vector<SqlColumn> columns,
                 std::vector<std::string> reads) {
    stages_.push_back({prefix_ + name, std::move(columns), std::move(reads)});
  }

  void read_table() {
    std::vector<SqlColumn> columns;
    for (std::size_t f = 0; f < model_.schema.features.size(); ++f) {
      columns.push_back({sql_feature(f), sql_raw_value(dialect_, model_, f,
                                                       column(model_.schema.features[f].name))});
    }
    if (passes_key()) columns.push_back({std::string(kKey), column(options_.key)});
    add_stage("input", std::move(columns), {});
  }

  void check_values() {
    std::vector<SqlColumn> columns;
    std::vector<std::string> reads;
    for (std::size_t f = 0; f < model_.schema.features.size(); ++f) {
      auto checked = sql_checked_value(dialect_, model_, f);
      if (!checked) continue;
      columns.push_back({sql_feature(f), std::move(*checked)});
      reads.push_back(sql_feature(f));
    }
    add_stage("values", std::move(columns), std::move(reads));
  }

  /// All have as many addends, those of one place with the same reads.
  void add_sums(const std::string& stage, const std::vector<Sum>& sums) {
    const std::size_t count = sums[0].addends.size();
    for (std::size_t begin = 0; begin < count; begin += kAddendsOfStage) {
      const std::size_t end = std::min(begin + kAddendsOfStage, count);
      std::vector<SqlColumn> columns;
      std::vector<std::string> reads;
      for (const Sum& sum : sums) {
        std::string text = begin == 0 ? sum.start : sum.name;
        for (std::size_t i = begin; i < end; ++i) text += "\n    + " + sum.addends[i].expression;
        columns.push_back({sum.name, std::move(text)});
        if (begin > 0) reads.push_back(sum.name);
      }
      for (std::size_t i = begin; i < end; ++i) {
        const auto& of_addend = sums[0].addends[i].reads;
        reads.insert(reads.end(), of_addend.begin(), of_addend.end());
      }
      add_stage(stage + "_" + std::to_string(begin / kAddendsOfStage + 1), std::move(columns),
                std::move(reads));
    }
  }

  /// The margins m1, …: finite or NULL.
  void add_margins() {
    margins_ = numbered("m", scorer_.intercepts().size());
    std::vector<Sum> sums;
    for (std::size_t k = 0; k < margins_.size(); ++k) {
      Sum& sum = sums.emplace_back(Sum{margins_[k], number(scorer_.intercepts()[k]), {}});
      for (std::size_t t = 0; t < scorer_.terms().size(); ++t) {
        std::vector<std::string> reads;
        for (const std::size_t f : terms_.features(t)) reads.push_back(sql_feature(f));
        sum.addends.push_back(
            {"/* " + sql_comment(scorer_.effects()[t]) + " */ " + terms_.addend(t, k),
             std::move(reads)});
      }
    }
    add_sums("sum", sums);

    std::vector<SqlColumn> columns;
    for (const std::string& margin : margins_) {
      // Infinity less itself is NaN, and of NaN neither.
      columns.push_back({margin, "CASE WHEN " + margin + " - " + margin + " = " + number(0) +
                                     " THEN " + margin + " END"});
    }
    add_stage("margins", std::move(columns), margins_);
  }

  /// Adds what the margins become; returns the names of the columns that are wanted, in their
  /// order.
  std::vector<std::string> add_answers() {
    switch (model_.estimator) {
      case model::Estimator::linear:
        return margins_;
      case model::Estimator::poisson:
        return add_count();
      default:
        return margins_.size() == 1 ? add_two_classes() : add_classes();
    }
  }

  std::vector<std::string> add_count() {
    // Beyond that exp() overflows.
    const std::string most = number(709);
    add_stage("exponents", {{"m1", "CASE WHEN m1 > " + most + " THEN " + most + " ELSE m1 END"}},
              {"m1"});
    add_stage("answers", {{"answer", sql_exp(dialect_, "m1")}}, {"m1"});
    return {"answer"};
  }

  std::vector<std::string> add_two_classes() {
    const std::string one = number(1);
    // The branch of the sigmoid decides which of exp(-m1) and exp(m1) it needs: the one that does
    // not overflow.
    add_stage("exponentials", {{"e1", sql_exp(dialect_, "-abs(m1)")}}, {"m1"});
    add_stage("probabilities",
              {{"p2", "CASE WHEN m1 >= " + number(0) + " THEN " + one + " / (" + one +
                          " + e1) ELSE e1 / (" + one + " + e1) END"}},
              {"m1", "e1"});
    const std::string threshold = number(model_.threshold);
    add_stage("answers",
              {{"answer", "CASE WHEN p2 > " + threshold + " THEN " + class_literal(1) +
                              " WHEN p2 <= " + threshold + " THEN " + class_literal(0) + " END"},
               {"p1", one + " - p2"}},
              {"p2"});
    return {"answer", "p1", "p2"};
  }

  std::vector<std::string> add_classes() {
    const std::vector<std::string> exponentials = numbered("e", margins_.size());
    const std::vector<std::string> probabilities = numbered("p", margins_.size());
    add_stage("largest", {{"largest", greatest(margins_)}}, margins_);

    std::vector<std::string> reads = margins_;
    reads.emplace_back("largest");
    add_columns("exponentials", exponentials, reads, [&](std::size_t k, const std::string&) {
      return sql_exp(dialect_, margins_[k] + " - largest");
    });

    Sum total{"total", exponentials[0], {}};
    for (std::size_t k = 1; k < exponentials.size(); ++k)
      total.addends.push_back({exponentials[k], {exponentials[k]}});
    total.addends[0].reads.push_back(exponentials[0]);
    add_sums("total", {total});

    reads = exponentials;
    reads.emplace_back("total");
    add_columns("probabilities", probabilities, reads,
                [&](std::size_t k, const std::string&) { return exponentials[k] + " / total"; });
    add_stage("best", {{"best", greatest(probabilities)}}, probabilities);

    std::string answer = "CASE best";
    for (std::size_t k = 0; k < probabilities.size(); ++k)
      answer += " WHEN " + probabilities[k] + " THEN " + class_literal(k);
    reads = probabilities;
    reads.emplace_back("best");
    add_stage("answers", {{"answer", answer + " END"}}, reads);
    std::vector<std::string> answers = {"answer"};
    answers.insert(answers.end(), probabilities.begin(), probabilities.end());
    return answers;
  }

  /// A stage of a column for each class.
  template <class Expression>
  void add_columns(const std::string& stage, const std::vector<std::string>& names,
                   std::vector<std::string> reads, Expression expression) {
    std::vector<SqlColumn> columns;
    for (std::size_t k = 0; k < names.size(); ++k)
      columns.push_back({names[k], expression(k, names[k])});
    add_stage(stage, std::move(columns), std::move(reads));
  }

  std::string greatest(std::vector<std::string> names) const {
    while (names.size() > 1) {
      std::vector<std::string> shorter;
      for (std::size_t begin = 0; begin < names.size(); begin += kMostArguments) {
        const std::size_t end = std::min(begin + kMostArguments, names.size());
        std::string call = names[begin];
        for (std::size_t i = begin + 1; i < end; ++i) call += ", " + names[i];
        shorter.push_back(end - begin == 1 ? call
                                           : std::string(dialect_.greatest) + "(" + call + ")");
      }
      names = std::move(shorter);
    }
    return names[0];
  }

  /// Class `k` as a value of the type that the target has.
  std::string class_literal(std::size_t k) const {
    const std::string& name = model_.schema.target.classes[k];
    switch (model_.schema.target.type) {
      case features::TargetType::boolean:
        return name == "true" ? "TRUE" : "FALSE";
      case features::TargetType::integer:
        if (parse_integer(name)) return name;
        [[fallthrough]];
      case features::TargetType::real:
        if (const auto value = parse_double(name)) return number(*value);
        [[fallthrough]];
      default:
        return sql_text(dialect_, name);
    }
  }

  std::string head() const {
    const auto line = [](const std::string& text) { return "-- " + text + "\n"; };
    std::string text =
        line("Made by mlserve " + std::string(kVersion) + " for " + std::string(dialect_.name) +
             ": target " + sql_comment(model_.schema.target.name) + ".") +
        line("A row with a value that the model does not take has NULL for its answers.");
    if (dialect_.database != Dialect::sqlite) return text;
    if (model_.estimator != model::Estimator::linear)
      text += line("Needs exp(): SQLite 3.35 or later, built with SQLITE_ENABLE_MATH_FUNCTIONS.");
    return text +
           line(
               "A condition outside is met after all rows are scored; put it behind FROM in the "
               "first part.");
  }

  std::string select(std::vector<std::string> answers) const {
    const std::vector<std::string> names = sql_output_names(model_, options_);
    const std::string source = "FROM " + table_ + " AS t";
    std::vector<std::string> wanted = answers;
    const std::string last = stages_.back().name;
    if (dialect_.has_stages_of_one_row) {
      std::string inner = sql_with(dialect_, stages_, "", wanted) + "\nSELECT";
      for (std::size_t i = 0; i < answers.size(); ++i) inner += (i == 0 ? " " : ", ") + answers[i];
      for (std::string& answer : answers) answer.insert(0, "scored.");
      if (!options_.key.empty()) answers.insert(answers.begin(), column(options_.key));
      return outputs(answers, names) + source + "\nCROSS JOIN LATERAL (\n" + inner + " FROM " +
             last + ") AS scored";
    }
    if (passes_key()) {
      answers.insert(answers.begin(), std::string(kKey));
      wanted.emplace_back(kKey);
    }
    return sql_with(dialect_, stages_, source, wanted) + "\n" + outputs(answers, names) + "FROM " +
           last;
  }

  std::string outputs(const std::vector<std::string>& expressions,
                      const std::vector<std::string>& names) const {
    std::string text = "SELECT";
    for (std::size_t i = 0; i < names.size(); ++i) {
      text += (i == 0 ? "\n  " : ",\n  ") + expressions[i] + " AS " + sql_name(dialect_, names[i]);
    }
    return text + "\n";
  }

  const SqlDialect& dialect_;
  const model::Model& model_;
  const ExportOptions& options_;
  model::Scorer scorer_;
  SqlTerms terms_;
  std::string table_;                ///< as it stands behind FROM
  std::string prefix_ = "mlserve_";  ///< of the names of the stages
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
