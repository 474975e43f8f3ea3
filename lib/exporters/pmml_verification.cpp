#include "exporters/pmml_verification.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/number.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {
namespace {

using Cells = std::vector<std::optional<std::string>>;  ///< by field, none where missing

/// Relative, of numbers that are not below kZero. The rest of a probability near 1 has few digits,
/// so that small ones are only compared with 0.
constexpr double kPrecision = 1e-9;
constexpr double kZero = 1e-6;

/// A value of a golden record as it stands in PMML; a truth value is a number there.
std::optional<std::string> cell(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  if (value.is_number()) return format_double(value.get<double>());
  return std::nullopt;
}

/// The inputs of a golden row, then prediction and probabilities.
Cells cells_of(const model::Model& model, const model::Scorer& scorer,
               const model::GoldenRow& row) {
  Cells cells;
  const auto record = nlohmann::json::parse(row.record);
  for (const features::Feature& feature : model.schema.features)
    cells.push_back(cell(record.value(feature.name, nlohmann::json())));
  const std::vector<std::string>& classes = model.schema.target.classes;
  if (classes.empty()) {
    cells.push_back(format_double(row.scores[0]));
    return cells;
  }
  cells.push_back(classes[scorer.label(row.scores)]);
  if (classes.size() == 2) cells.push_back(format_double(1 - row.scores[0]));
  for (const double score : row.scores) cells.push_back(format_double(score));
  return cells;
}

/// Whether PMML's tables can have the row: not with one cell alone, nor with a character beyond
/// XML, which an unknown category may have.
bool fits(const Cells& cells) {
  std::size_t present = 0;
  for (const auto& cell : cells) {
    if (!cell) continue;
    if (find_invalid_xml(*cell) != std::string_view::npos) return false;
    ++present;
  }
  return present >= 2;
}

std::string column(std::size_t i) { return "c" + std::to_string(i + 1); }

void write_fields(XmlWriter& xml, const std::vector<std::string>& names, std::size_t inputs) {
  xml.open("VerificationFields");
  for (std::size_t i = 0; i < names.size(); ++i) {
    xml.open("VerificationField").attribute("field", names[i]).attribute("column", column(i));
    if (i >= inputs) xml.attribute("precision", kPrecision).attribute("zeroThreshold", kZero);
    xml.close();
  }
  xml.close();
}

}  // namespace

void write_verification(XmlWriter& xml, const model::Model& model, const PmmlOutputs& outputs) {
  const model::Scorer scorer(model);
  std::vector<Cells> rows;
  for (const model::GoldenRow& row : model.golden_rows) {
    Cells cells = cells_of(model, scorer, row);
    if (fits(cells)) rows.push_back(std::move(cells));
  }
  if (rows.empty()) return;
  std::vector<std::string> names = model.schema.feature_names();
  names.push_back(outputs.prediction);
  names.insert(names.end(), outputs.probabilities.begin(), outputs.probabilities.end());
  xml.open("ModelVerification")
      .attribute("recordCount", std::to_string(rows.size()))
      .attribute("fieldCount", std::to_string(names.size()));
  write_fields(xml, names, model.schema.features.size());
  xml.open("InlineTable");
  for (const Cells& cells : rows) {
    xml.open("row");
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (cells[i]) xml.open(column(i)).text(*cells[i]).close();
    xml.close();
  }
  xml.close();
  xml.close();
}

}  // namespace mlserve::exporters
