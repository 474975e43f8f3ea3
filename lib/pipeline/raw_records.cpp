#include "pipeline/raw_records.hpp"

#include <algorithm>
#include <cstddef>
#include <variant>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"

namespace mlserve::pipeline {
namespace {

using Json = nlohmann::ordered_json;

void append_value(data::JsonWriter& json, const RawValue& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    json.number(*number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    json.string(*text);
  } else {
    json.null();
  }
}

/// Takes the answer for one row.
void read_answer(const features::Target& target, const Json& answer, ExportAnswers& answers) {
  const Json& prediction = answer.at("prediction");
  const std::size_t classes = target.classes.size();
  if (classes == 0) {
    answers.scores.values.push_back(prediction.get<double>());
    return;
  }
  std::size_t label = 0;
  while (label < classes && Json::parse(class_json(target, label)) != prediction) ++label;
  const Json& probabilities = answer.at("probabilities");
  if (label == classes || probabilities.size() != classes)
    throw Error(ErrorKind::internal, "other classes than the model's");
  answers.labels.push_back(label);
  for (std::size_t k = classes == 2 ? 1 : 0; k < classes; ++k)
    answers.scores.values.push_back(probabilities.at(target.classes[k]).get<double>());
}

}  // namespace

std::string raw_records(const features::Schema& schema, std::span<const RawRow> rows) {
  std::string text;
  for (const RawRow& row : rows) {
    data::JsonWriter json(text);
    json.begin_object();
    for (std::size_t f = 0; f < row.size(); ++f) {
      json.key(schema.features[f].name);
      append_value(json, row[f]);
    }
    json.end_object();
    text += '\n';
  }
  return text;
}

ExportAnswers read_answers(const features::Target& target, std::string_view lines,
                           std::size_t rows) {
  ExportAnswers answers;
  answers.scores.width = target.classes.size() > 2 ? target.classes.size() : 1;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    try {
      read_answer(target, Json::parse(line), answers);
    } catch (const std::exception& error) {
      throw Error(ErrorKind::internal, "line " + std::to_string(row + 1) + " of its answers is \"" +
                                           shown(line) + "\": " + shown(error.what()));
    }
  }
  return answers;
}

}  // namespace mlserve::pipeline
