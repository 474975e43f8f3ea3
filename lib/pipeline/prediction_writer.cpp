#include "pipeline/prediction_writer.hpp"

#include <cmath>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/csv_writer.hpp"
#include "data/json_writer.hpp"
#include "model/scorer.hpp"

namespace mlserve::pipeline {
namespace {

using State = ScoredRows::State;

std::string csv_field(std::string_view text) {
  std::string field;
  data::append_csv_field(field, text);
  return field;
}

void append_kept_json(const features::KeptValue& value, std::string& out) {
  if (value.is_text) {
    append_json_string(out, value.text);
  } else {
    out += value.text.empty() ? "null" : value.text;
  }
}

/// A number that overflowed, from inputs near the largest ones, is as good as none.
void append_number(double value, FileFormat format, std::string& out) {
  if (std::isfinite(value)) {
    append_double(out, value);
  } else if (format != FileFormat::csv) {
    out += "null";
  }
}

/// Adds one item to the inside of a JSON list.
std::string& next_item(std::string& list) {
  if (!list.empty()) list += ',';
  return list;
}

void join(std::string& list, const std::string& items) {
  if (!items.empty()) next_item(list) += items;
}

/// What the columns of the output are called, in their order.
std::vector<std::string> column_names(const model::Model& model, const model::Scorer& scorer,
                                      const OutputLayout& layout) {
  std::vector<std::string> names = layout.kept;
  names.emplace_back("prediction");
  if (layout.format != FileFormat::csv) {
    if (layout.probabilities) names.emplace_back("probabilities");
    if (layout.explanations) names.emplace_back("explanations");
    return names;
  }
  const std::vector<std::string>& classes = model.schema.target.classes;
  if (layout.probabilities) {
    for (const std::string& name : classes) names.push_back("probability_" + name);
  }
  if (!layout.explanations) return names;
  const auto add = [&](const std::string& name) {
    if (scorer.intercepts().size() == 1) {
      names.push_back(name);
    } else {
      for (const std::string& of_class : classes)
        names.push_back(std::string(name).append("_").append(of_class));
    }
  };
  add("baseline");
  for (const std::string& effect : scorer.effects()) add("contribution_" + effect);
  return names;
}

void require_distinct(const std::vector<std::string>& names) {
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (seen.insert(name).second) continue;
    throw Error(ErrorKind::invalid_argument,
                "--keep: the output would have two columns '" + shown(name) + "'");
  }
}

}  // namespace

void PredictionText::append(const PredictionText& next) {
  rows += next.rows;
  join(predictions, next.predictions);
  join(probabilities, next.probabilities);
  join(explanations, next.explanations);
  kept.resize(next.kept.size());
  for (std::size_t k = 0; k < kept.size(); ++k) join(kept[k], next.kept[k]);
}

void score_rows(const model::Scorer& scorer, const features::EncodedRows& rows, bool explain,
                ScoredRows& scored) {
  scorer.score(rows, scored.scores);
  if (explain) scorer.explain(rows, scored.explanation);
  scored.states.assign(rows.size(), State::scored);
}

PredictionFormatter::PredictionFormatter(const model::Model& model, const model::Scorer& scorer,
                                         OutputLayout layout)
    : scorer_(scorer),
      layout_(std::move(layout)),
      names_(column_names(model, scorer, layout_)),
      classes_(model.schema.target.classes) {
  require_distinct(names_);
  if (layout_.probabilities && classes_.empty())
    throw Error(ErrorKind::invalid_argument, "a model of numbers has no probabilities");
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    class_labels_.push_back(layout_.format == FileFormat::csv
                                ? csv_field(classes_[k])
                                : features::class_json(model.schema.target, k));
  }
}

void PredictionFormatter::format(const features::ParsedRows& parsed, const ScoredRows& scored,
                                 PredictionText& text) const {
  text.rows.clear();
  text.predictions.clear();
  text.probabilities.clear();
  text.explanations.clear();
  text.kept.assign(layout_.kept.size(), {});
  for (std::size_t i = 0; i < scored.states.size(); ++i) {
    if (scored.states[i] == State::skipped) continue;
    const Row row{parsed, scored, i};
    switch (layout_.format) {
      case FileFormat::csv:
        append_csv(row, text.rows);
        break;
      case FileFormat::jsonl:
        append_line(row, text.rows);
        break;
      case FileFormat::json:
        append_items(row, text);
        break;
    }
  }
}

std::string PredictionFormatter::header() const {
  if (layout_.format != FileFormat::csv) return {};
  std::string line;
  for (const std::string& name : names_) {
    if (&name != names_.data()) line += ',';
    data::append_csv_field(line, name);
  }
  return line + '\n';
}

void PredictionFormatter::append_prediction(const Row& row, std::string& out) const {
  if (row.is_null()) {
    if (layout_.format != FileFormat::csv) out += "null";
  } else if (classes_.empty()) {
    append_number(row.scored.scores.row(row.index)[0], layout_.format, out);
  } else {
    out += class_labels_[scorer_.label(row.scored.scores.row(row.index))];
  }
}

void PredictionFormatter::append_csv(const Row& row, std::string& out) const {
  const std::size_t begin = out.size();
  for (std::size_t k = 0; k < layout_.kept.size(); ++k) {
    data::append_csv_field(out, row.parsed.kept[row.index][k].text);
    out += ',';
  }
  append_prediction(row, out);
  if (row.is_null()) {
    out.append(names_.size() - layout_.kept.size() - 1, ',');
  } else {
    if (layout_.probabilities) append_csv_probabilities(row, out);
    if (layout_.explanations) append_csv_explanation(row, out);
  }
  if (out.size() == begin) out += "\"\"";  // nothing at all would be a blank line
  out += '\n';
}

void PredictionFormatter::append_csv_probabilities(const Row& row, std::string& out) const {
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    out += ',';
    append_number(model::probability(row.scored.scores.row(row.index), k), FileFormat::csv, out);
  }
}

void PredictionFormatter::append_csv_explanation(const Row& row, std::string& out) const {
  const model::Explanation& explanation = row.scored.explanation;
  const auto add = [&out](double value) {
    out += ',';
    append_number(value, FileFormat::csv, out);
  };
  for (const double value : explanation.baseline) add(value);
  for (const std::vector<double>& contributions : explanation.contributions) {
    for (std::size_t k = 0; k < explanation.width; ++k)
      add(contributions[row.index * explanation.width + k]);
  }
}

void PredictionFormatter::append_line(const Row& row, std::string& out) const {
  out += '{';
  for (std::size_t k = 0; k < layout_.kept.size(); ++k) {
    append_json_string(out, layout_.kept[k]);
    out += ':';
    append_kept_json(row.parsed.kept[row.index][k], out);
    out += ',';
  }
  out += R"("prediction":)";
  append_prediction(row, out);
  if (layout_.probabilities) {
    out += R"(,"probabilities":)";
    append_probabilities(row, out);
  }
  if (layout_.explanations) {
    out += R"(,"explanations":)";
    append_explanation(row, out);
  }
  out += "}\n";
}

void PredictionFormatter::append_items(const Row& row, PredictionText& text) const {
  append_prediction(row, next_item(text.predictions));
  if (layout_.probabilities) append_probabilities(row, next_item(text.probabilities));
  if (layout_.explanations) append_explanation(row, next_item(text.explanations));
  for (std::size_t k = 0; k < layout_.kept.size(); ++k)
    append_kept_json(row.parsed.kept[row.index][k], next_item(text.kept[k]));
}

void PredictionFormatter::append_probabilities(const Row& row, std::string& out) const {
  if (row.is_null()) {
    out += "null";
    return;
  }
  const std::span<const double> scores = row.scored.scores.row(row.index);
  const ProbabilityForm form = layout_.probability_form;
  data::JsonWriter json(out);
  if (form == ProbabilityForm::by_class) {
    json.begin_object();
    for (std::size_t k = 0; k < classes_.size(); ++k)
      json.key(classes_[k]).number(model::probability(scores, k));
    json.end_object();
    return;
  }
  if (form != ProbabilityForm::flat) json.begin_array();
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    if (form == ProbabilityForm::pairs) json.begin_array().string(classes_[k]);
    json.number(model::probability(scores, k));
    if (form == ProbabilityForm::pairs) json.end_array();
  }
  if (form != ProbabilityForm::flat) json.end_array();
}

void PredictionFormatter::append_explanation(const Row& row, std::string& out) const {
  if (row.is_null()) {
    out += "null";
    return;
  }
  const model::Explanation& explanation = row.scored.explanation;
  data::JsonWriter json(out);
  // One number, or of several classes one a class.
  const auto write = [&](const double* margins) {
    if (explanation.width == 1) {
      json.number(*margins);
      return;
    }
    json.begin_object();
    for (std::size_t k = 0; k < explanation.width; ++k) json.key(classes_[k]).number(margins[k]);
    json.end_object();
  };
  json.begin_object().key("baseline");
  write(explanation.baseline.data());
  json.key("contributions").begin_object();
  for (std::size_t e = 0; e < explanation.contributions.size(); ++e) {
    json.key(scorer_.effects()[e]);
    write(explanation.contributions[e].data() + row.index * explanation.width);
  }
  json.end_object().end_object();
}

std::string PredictionFormatter::without_rows() const {
  return layout_.format == FileFormat::json ? document({}) : header();
}

std::string PredictionFormatter::document(const PredictionText& all) const {
  std::string text;
  data::JsonWriter json(text);
  const auto add_list = [&json](const std::string& name, std::string_view items) {
    json.key(name).begin_array().raw(items).end_array();
  };
  json.begin_object();
  for (std::size_t k = 0; k < layout_.kept.size(); ++k) {
    add_list(layout_.kept[k], k < all.kept.size() ? all.kept[k] : std::string_view());
  }
  add_list("prediction", all.predictions);
  if (layout_.probabilities) add_list("probabilities", all.probabilities);
  if (layout_.explanations) add_list("explanations", all.explanations);
  json.end_object();
  text += '\n';
  return text;
}

}  // namespace mlserve::pipeline
