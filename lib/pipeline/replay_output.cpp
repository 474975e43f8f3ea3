#include "pipeline/replay_output.hpp"

#include <cmath>
#include <span>
#include <string_view>

#include "core/number.hpp"
#include "core/text.hpp"
#include "data/csv_writer.hpp"
#include "data/json_writer.hpp"

namespace mlserve::pipeline {
namespace {

using Outcome = ReplayedRow::Outcome;

void append_number(double number, std::string& out) {
  if (std::isfinite(number)) append_double(out, number);
}

void write_count(data::JsonWriter& json, std::string_view key, std::uint64_t count) {
  json.key(key).integer(static_cast<long long>(count));
}

template <class Texts>
void write_texts(data::JsonWriter& json, std::string_view key, const Texts& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

void write_example(data::JsonWriter& json, const ReplayedRow& row) {
  json.begin_object().key("request_id").string(row.request_id);
  write_count(json, "row", row.row);
  json.key("file").string(row.input);
  write_count(json, "line", row.line);
  json.key("recorded").string(row.recorded).key("new").string(row.answer);
  json.key("difference").number(row.difference).end_object();
}

}  // namespace

ReplayFormatter::ReplayFormatter(const features::Target& target, FileFormat format)
    : target_(target), format_(format) {
  for (std::size_t k = 0; k < target.classes.size(); ++k)
    class_json_[target.classes[k]] = features::class_json(target, k);
}

std::string ReplayFormatter::header() const {
  if (format_ != FileFormat::csv) return {};
  std::string line = "request_id,row,recorded,new,difference,reason";
  for (const std::string_view kind : {"recorded", "new"}) {
    for (const std::string& name : target_.classes) {
      line += ',';
      data::append_csv_field(line, std::string(kind) + "_probability_" + name);
    }
  }
  return line + '\n';
}

void ReplayFormatter::append(const ReplayedRow& row, std::string& out) const {
  if (format_ == FileFormat::csv) {
    append_csv(row, out);
  } else {
    append_json(row, out);
  }
  out += '\n';
}

void ReplayFormatter::append_csv(const ReplayedRow& row, std::string& out) const {
  data::append_csv_field(out, row.request_id);
  out.append(",").append(std::to_string(row.row)).append(",");
  data::append_csv_field(out, row.recorded);
  out += ',';
  data::append_csv_field(out, row.answer);
  out += ',';
  if (row.outcome != Outcome::refused) append_number(row.difference, out);
  out += ',';
  data::append_csv_field(out, row.reason);
  for (const double probability : row.recorded_probabilities) {
    out += ',';
    append_number(probability, out);
  }
  for (const double probability : row.probabilities) {
    out += ',';
    append_number(probability, out);
  }
  if (row.probabilities.empty()) out.append(target_.classes.size(), ',');
}

void ReplayFormatter::append_json(const ReplayedRow& row, std::string& out) const {
  data::JsonWriter json(out);
  const auto write_probabilities = [&](std::string_view key, std::span<const double> numbers) {
    if (numbers.empty()) return;
    json.key(key).begin_object();
    for (std::size_t k = 0; k < numbers.size(); ++k)
      json.key(target_.classes[k]).number(numbers[k]);
    json.end_object();
  };
  json.begin_object().key("request_id").string(row.request_id);
  write_count(json, "row", row.row);
  json.key("recorded").raw(answer_json(row.recorded));
  if (row.outcome == Outcome::refused) {
    json.key("reason").string(row.reason);
  } else {
    json.key("new").raw(answer_json(row.answer)).key("difference").number(row.difference);
  }
  write_probabilities("recorded_probabilities", row.recorded_probabilities);
  write_probabilities("new_probabilities", row.probabilities);
  json.end_object();
}

/// A class as the new model's answers have it, a number as it is.
std::string ReplayFormatter::answer_json(const std::string& answer) const {
  if (target_.classes.empty()) return answer.empty() ? "null" : answer;
  const auto found = class_json_.find(answer);
  return found == class_json_.end() ? json_string(answer) : found->second;
}

std::string replay_json(const ReplayResult& result) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("model").string(result.name).key("versions").begin_object();
  for (const auto& [version, rows] : result.versions) write_count(json, version, rows);
  json.end_object();
  json.key("first_time").string(result.first_time).key("last_time").string(result.last_time);
  write_count(json, "requests", result.requests);
  write_count(json, "rows", result.rows);
  write_count(json, "same", result.same);
  write_count(json, "changed", result.changed);
  write_count(json, "refused", result.refused);
  json.key("changed_share").number(result.changed_share());
  json.key("largest_difference").number(result.largest_difference);
  json.key("mean_difference").number(result.mean_difference);
  json.key("classes").begin_array();
  for (const auto& [classes, rows] : result.classes) {
    json.begin_object().key("recorded").string(classes.first).key("new").string(classes.second);
    write_count(json, "rows", rows);
    json.end_object();
  }
  json.end_array().key("refusals").begin_array();
  for (const auto& [reason, refused] : result.refusals) {
    json.begin_object().key("reason").string(reason);
    write_count(json, "rows", refused.rows);
    json.key("first").string(refused.first).end_object();
  }
  json.end_array();
  write_count(json, "refused_for_other_reasons", result.refused_otherwise);
  json.key("examples").begin_array();
  for (const ReplayedRow& row : result.examples) write_example(json, row);
  json.end_array();
  write_texts(json, "omitted", result.omitted);
  write_texts(json, "omitted_features", result.omitted_features);
  write_count(json, "lines_of_other_models", result.other_lines);
  write_count(json, "damaged_lines", result.damaged_lines);
  json.end_object();
  return text + "\n";
}

}  // namespace mlserve::pipeline
