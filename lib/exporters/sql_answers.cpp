#include "exporters/sql_answers.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/number.hpp"

namespace mlserve::exporters {
namespace {

/// SQLite's functions take no more than 127 arguments.
constexpr std::size_t kMostArguments = 100;

using Names = std::vector<std::string>;

std::string greatest(const SqlDialect& dialect, Names names) {
  while (names.size() > 1) {
    Names shorter;
    for (std::size_t begin = 0; begin < names.size(); begin += kMostArguments) {
      const std::size_t end = std::min(begin + kMostArguments, names.size());
      std::string list = names[begin];
      for (std::size_t i = begin + 1; i < end; ++i) list += ", " + names[i];
      shorter.push_back(end - begin == 1 ? list : std::string(dialect.greatest) + "(" + list + ")");
    }
    names = std::move(shorter);
  }
  return names[0];
}

/// Class `k` as a value of the type that the target has.
std::string class_value(const SqlDialect& dialect, const features::Target& target, std::size_t k) {
  const std::string& name = target.classes[k];
  if (target.type == features::TargetType::string) return sql_text(dialect, name);
  if (target.type == features::TargetType::boolean) return name == "true" ? "TRUE" : "FALSE";
  if (target.type == features::TargetType::integer && parse_integer(name)) return name;
  const auto number = parse_double(name);
  return number ? sql_number(dialect, *number) : sql_text(dialect, name);
}

class AnswerStages {
 public:
  AnswerStages(const SqlDialect& dialect, const model::Model& model, const std::string& prefix,
               const Names& margins, std::vector<SqlStage>& stages)
      : dialect_(dialect), model_(model), prefix_(prefix), margins_(margins), stages_(stages) {}

  Names add() {
    switch (model_.estimator) {
      case model::Estimator::linear:
        return margins_;
      case model::Estimator::poisson:
        return add_count();
      default:
        return margins_.size() == 1 ? add_two_classes() : add_classes();
    }
  }

 private:
  std::string number(double value) const { return sql_number(dialect_, value); }
  std::string class_of(std::size_t k) const {
    return class_value(dialect_, model_.schema.target, k);
  }
  void add_stage(const std::string& name, std::vector<SqlColumn> columns, Names reads) {
    stages_.push_back({prefix_ + name, std::move(columns), std::move(reads)});
  }

  /// A column for each class: `name`1 and so on.
  template <class Expression>
  Names add_columns(const std::string& stage, const std::string& name, Names reads,
                    Expression expression) {
    std::vector<SqlColumn> columns;
    Names names;
    for (std::size_t k = 0; k < margins_.size(); ++k) {
      names.push_back(name + std::to_string(k + 1));
      columns.push_back({names[k], expression(k)});
    }
    add_stage(stage, std::move(columns), std::move(reads));
    return names;
  }

  Names add_count() {
    // Beyond that exp() overflows.
    const std::string most = number(709);
    const std::string& margin = margins_[0];
    add_stage("exponents",
              {{margin, "CASE WHEN " + margin + " > " + most + " THEN " + most + " ELSE " + margin +
                            " END"}},
              {margin});
    add_stage("answers", {{"answer", sql_exp(dialect_, margin)}}, {margin});
    return {"answer"};
  }

  Names add_two_classes() {
    const std::string one = number(1);
    const std::string& margin = margins_[0];
    add_stage("exponentials", {{"e", sql_exp(dialect_, "-abs(" + margin + ")")}}, {margin});
    // In the branch that does not overflow: exp(-margin) or exp(margin).
    add_stage("probabilities",
              {{"p2", "CASE WHEN " + margin + " >= " + number(0) + " THEN " + one + " / (" + one +
                          " + e) ELSE e / (" + one + " + e) END"}},
              {margin, "e"});
    const std::string threshold = number(model_.threshold);
    add_stage("answers",
              {{"answer", "CASE WHEN p2 > " + threshold + " THEN " + class_of(1) +
                              " WHEN p2 <= " + threshold + " THEN " + class_of(0) + " END"},
               {"p1", one + " - p2"}},
              {"p2"});
    return {"answer", "p1", "p2"};
  }

  Names add_classes() {
    add_stage("largest", {{"largest", greatest(dialect_, margins_)}}, margins_);
    Names reads = margins_;
    reads.emplace_back("largest");
    const Names exponentials = add_columns("exponentials", "e", reads, [&](std::size_t k) {
      return sql_exp(dialect_, margins_[k] + " - largest");
    });

    SqlSum total{"total", exponentials[0], {}};
    for (std::size_t k = 1; k < exponentials.size(); ++k)
      total.addends.push_back({exponentials[k], {exponentials[k]}});
    total.addends[0].reads.push_back(exponentials[0]);
    add_sums(prefix_ + "total", {total}, stages_);

    reads = exponentials;
    reads.emplace_back("total");
    const Names probabilities = add_columns(
        "probabilities", "p", reads, [&](std::size_t k) { return exponentials[k] + " / total"; });
    add_prediction(probabilities);
    Names answers = {"answer"};
    answers.insert(answers.end(), probabilities.begin(), probabilities.end());
    return answers;
  }

  /// The first of the most probable classes.
  void add_prediction(const Names& probabilities) {
    add_stage("best", {{"best", greatest(dialect_, probabilities)}}, probabilities);
    std::string first = "CASE best";
    for (std::size_t k = 0; k < probabilities.size(); ++k)
      first += " WHEN " + probabilities[k] + " THEN " + class_of(k);
    Names reads = probabilities;
    reads.emplace_back("best");
    add_stage("answers", {{"answer", first + " END"}}, std::move(reads));
  }

  const SqlDialect& dialect_;
  const model::Model& model_;
  const std::string& prefix_;
  const Names& margins_;
  std::vector<SqlStage>& stages_;
};

}  // namespace

std::vector<std::string> add_answers(const SqlDialect& dialect, const model::Model& model,
                                     const std::string& prefix,
                                     const std::vector<std::string>& margins,
                                     std::vector<SqlStage>& stages) {
  return AnswerStages(dialect, model, prefix, margins, stages).add();
}

}  // namespace mlserve::exporters
