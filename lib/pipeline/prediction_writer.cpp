#include "pipeline/prediction_writer.hpp"

#include <set>
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

using State = ScoredRow::State;

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

/// Adds one item to the inside of a JSON list.
std::string& next_item(std::string& list) {
  if (!list.empty()) list += ',';
  return list;
}

void join(std::string& list, const std::string& items) {
  if (!items.empty()) next_item(list) += items;
}

/// What the columns of the output are called, in their order.
std::vector<std::string> column_names(const model::Model& model, const OutputLayout& layout) {
  std::vector<std::string> names = layout.kept;
  names.emplace_back("prediction");
  if (!layout.probabilities) return names;
  if (layout.format != FileFormat::csv) {
    names.emplace_back("probabilities");
    return names;
  }
  for (const std::string& name : model.schema.target.classes)
    names.push_back("probability_" + name);
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
  join(predictions, next.predictions);
  join(probabilities, next.probabilities);
  kept.resize(next.kept.size());
  for (std::size_t k = 0; k < kept.size(); ++k) join(kept[k], next.kept[k]);
}

PredictionFormatter::PredictionFormatter(const model::Model& model, OutputLayout layout)
    : layout_(std::move(layout)),
      names_(column_names(model, layout_)),
      classes_(model.schema.target.classes) {
  require_distinct(names_);
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    class_labels_.push_back(layout_.format == FileFormat::csv
                                ? csv_field(classes_[k])
                                : features::class_json(model.schema.target, k));
  }
}

void PredictionFormatter::format(const features::ParsedRows& parsed,
                                 const std::vector<ScoredRow>& scored, PredictionText& text) const {
  text.rows.clear();
  text.predictions.clear();
  text.probabilities.clear();
  text.kept.assign(layout_.kept.size(), {});
  for (std::size_t row = 0; row < scored.size(); ++row) {
    if (scored[row].state == State::skipped) continue;
    switch (layout_.format) {
      case FileFormat::csv:
        append_csv(parsed, row, scored[row], text.rows);
        break;
      case FileFormat::jsonl:
        append_line(parsed, row, scored[row], text.rows);
        break;
      case FileFormat::json:
        append_items(parsed, row, scored[row], text);
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

std::string_view PredictionFormatter::label(const ScoredRow& scored) const {
  if (scored.state == State::null) {
    if (layout_.format != FileFormat::csv) return "null";
    return names_.size() > 1 ? "" : "\"\"";  // nothing at all would be a blank line
  }
  return class_labels_[model::Scorer::label(scored.probability)];
}

void PredictionFormatter::append_csv(const features::ParsedRows& parsed, std::size_t row,
                                     const ScoredRow& scored, std::string& out) const {
  for (std::size_t k = 0; k < layout_.kept.size(); ++k) {
    data::append_csv_field(out, parsed.kept[row][k].text);
    out += ',';
  }
  out += label(scored);
  if (layout_.probabilities) {
    out += ',';
    if (scored.state == State::scored) append_double(out, 1 - scored.probability);
    out += ',';
    if (scored.state == State::scored) append_double(out, scored.probability);
  }
  out += '\n';
}

void PredictionFormatter::append_line(const features::ParsedRows& parsed, std::size_t row,
                                      const ScoredRow& scored, std::string& out) const {
  out += '{';
  for (std::size_t k = 0; k < layout_.kept.size(); ++k) {
    append_json_string(out, layout_.kept[k]);
    out += ':';
    append_kept_json(parsed.kept[row][k], out);
    out += ',';
  }
  out += "\"prediction\":";
  out += label(scored);
  if (layout_.probabilities) {
    out += ",\"probabilities\":";
    append_probabilities(scored, out);
  }
  out += "}\n";
}

void PredictionFormatter::append_items(const features::ParsedRows& parsed, std::size_t row,
                                       const ScoredRow& scored, PredictionText& text) const {
  next_item(text.predictions) += label(scored);
  if (layout_.probabilities) append_probabilities(scored, next_item(text.probabilities));
  for (std::size_t k = 0; k < layout_.kept.size(); ++k) {
    append_kept_json(parsed.kept[row][k], next_item(text.kept[k]));
  }
}

void PredictionFormatter::append_probabilities(const ScoredRow& scored, std::string& out) const {
  if (scored.state == State::null) {
    out += "null";
    return;
  }
  data::JsonWriter json(out);
  json.begin_object();
  json.key(classes_[0]).number(1 - scored.probability);
  json.key(classes_[1]).number(scored.probability);
  json.end_object();
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
  json.end_object();
  text += '\n';
  return text;
}

}  // namespace mlserve::pipeline
