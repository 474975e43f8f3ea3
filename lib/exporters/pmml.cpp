#include "exporters/pmml.hpp"

#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "core/number.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "exporters/pmml_fields.hpp"
#include "exporters/pmml_tables.hpp"
#include "exporters/pmml_verification.hpp"
#include "exporters/refusal.hpp"
#include "exporters/spellings.hpp"
#include "exporters/xml_writer.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;
using features::TargetType;

constexpr Limits kLimits = {
    .format = kPmmlDocument,
    .text =
        "PMML's TextIndex counts words, but leaves it to each scorer what a letter and its lower "
        "case "
        "are, and has no weights that are scaled to the length of a text",
    .date =
        "PMML gives the parts of a date only as text in the format of each scorer, and does not "
        "say "
        "how it reads a time with an offset",
    .refuses_missing = {},
};

/// The largest mean of a count: Scorer cuts its margin at 709, where exp is about to overflow.
const double kLargestMean = std::exp(709.0);

/// `text` is the name, class or whatever `what` calls it, of `owner`.
void require_characters(const std::string& what, std::string_view text,
                        const std::string& owner = "") {
  if (find_invalid_xml(text) == std::string_view::npos) return;
  refuse(kPmmlDocument, what + " '" + shown(text) + "'" + owner,
         "XML 1.0 has no way to write one of its characters");
}

void require_characters(const model::Model& model) {
  for (const Feature& feature : model.schema.features) {
    require_characters("the name", feature.name);
    if (!feature.is_categorical()) continue;
    for (const std::string& category : feature.categories)
      require_characters("the category", category, " of '" + shown(feature.name) + "'");
  }
  require_characters("the name", model.schema.target.name);
  for (const std::string& name : model.schema.target.classes) require_characters("the class", name);
  require_characters("the time", model.training.created_at);
}

std::string_view class_type(TargetType type) {
  switch (type) {
    case TargetType::integer:
      return "integer";
    case TargetType::real:
      return "double";
    case TargetType::boolean:
      return "boolean";
    case TargetType::string:
      break;
  }
  return "string";
}

/// Attributes of a field.
struct FieldType {
  std::string_view optype;
  std::string_view data_type;
};
constexpr FieldType kNumber = {"continuous", "double"};
constexpr FieldType kText = {"categorical", "string"};

class PmmlWriter {
 public:
  explicit PmmlWriter(const model::Model& model)
      : model_(model), features_(model.schema.features), classes_(model.schema.target.classes) {
    for (const Feature& feature : features_) names_.claim(feature.name);
    target_ = names_.claim(model.schema.target.name);
    outputs_.prediction = names_.claim("prediction");
    for (const std::string& name : classes_)
      outputs_.probabilities.push_back(names_.claim("probability_" + name));
  }

  std::string write() {
    xml_.open("PMML").attribute("xmlns", "http://www.dmg.org/PMML-4_4").attribute("version", "4.4");
    write_header();
    write_data_dictionary();
    write_model();
    xml_.close();
    return std::move(xml_).take();
  }

 private:
  bool is_classification() const { return !classes_.empty(); }

  void write_header() {
    xml_.open("Header");
    xml_.open("Application").attribute("name", "mlserve").attribute("version", kVersion).close();
    if (!model_.training.created_at.empty())
      xml_.open("Timestamp").text(model_.training.created_at).close();
    xml_.close();
  }

  void write_data_dictionary() {
    xml_.open("DataDictionary").attribute("numberOfFields", std::to_string(features_.size() + 1));
    for (std::size_t f = 0; f < features_.size(); ++f) {
      const bool is_categorical = features_[f].is_categorical();
      open_field("DataField", features_[f].name, is_categorical ? kText : kNumber);
      if (is_categorical) write_categories(f);
      xml_.close();
    }
    open_field("DataField", target_, target_type());
    for (const std::string& name : classes_) xml_.open("Value").attribute("value", name).close();
    xml_.close();
    xml_.close();
  }

  void write_categories(std::size_t f) {
    for (const auto& [text, code] : spellings(model_, f)) {
      xml_.open("Value").attribute("value", text);
      if (code == features::kMissing) xml_.attribute("property", "missing");
      xml_.close();
    }
  }

  void write_model() {
    const bool is_count = model_.estimator == model::Estimator::poisson;
    xml_.open("RegressionModel")
        .attribute("functionName", is_classification() ? "classification" : "regression")
        .attribute("algorithmName", estimator_name(model_.estimator))
        .attribute("targetFieldName", target_)
        .attribute("normalizationMethod", classes_.size() == 2  ? "logit"
                                          : is_classification() ? "softmax"
                                          : is_count            ? "exp"
                                                                : "none");
    write_mining_schema();
    write_output();
    write_targets();
    PmmlDerivedFields derived(model_, names_);
    const std::vector<PmmlTable> tables = make_tables(model_, derived);
    derived.write(xml_);
    write_tables(tables);
    write_verification(xml_, model_, outputs_);
    xml_.close();
  }

  void write_mining_schema() {
    xml_.open("MiningSchema");
    for (std::size_t f = 0; f < features_.size(); ++f) {
      xml_.open("MiningField")
          .attribute("name", features_[f].name)
          .attribute("usageType", "active");
      if (model_.schema.refuses_missing) {
        xml_.attribute("missingValueTreatment", "returnInvalid");
      } else if (features_[f].is_number() && !has_missing_column(model_, f)) {
        xml_.attribute("missingValueReplacement", model_.encoder[f].fill)
            .attribute("missingValueTreatment", "asValue");
      }
      // An unknown category matches no predictor.
      if (features_[f].is_categorical()) xml_.attribute("invalidValueTreatment", "asIs");
      xml_.close();
    }
    xml_.open("MiningField").attribute("name", target_).attribute("usageType", "target").close();
    xml_.close();
  }

  void write_output() {
    const bool has_threshold = classes_.size() == 2 && model_.threshold != 0.5;
    xml_.open("Output");
    if (!has_threshold) {
      open_field("OutputField", outputs_.prediction, target_type());
      xml_.attribute("feature", "predictedValue").close();
    }
    for (std::size_t k = 0; k < classes_.size(); ++k) {
      open_field("OutputField", outputs_.probabilities[k], kNumber);
      xml_.attribute("feature", "probability").attribute("value", classes_[k]).close();
    }
    if (has_threshold) {
      open_field("OutputField", outputs_.prediction, target_type());
      xml_.attribute("feature", "transformedValue");
      write_threshold();
      xml_.close();
    }
    xml_.close();
  }

  void write_threshold() {
    xml_.open("Apply").attribute("function", "if");
    xml_.open("Apply").attribute("function", "greaterThan");
    xml_.open("FieldRef").attribute("field", outputs_.probabilities[1]).close();
    write_constant(xml_, kNumber.data_type, format_double(model_.threshold));
    xml_.close();
    write_constant(xml_, target_type().data_type, classes_[1]);
    write_constant(xml_, target_type().data_type, classes_[0]);
    xml_.close();
  }

  void write_targets() {
    xml_.open("Targets");
    xml_.open("Target").attribute("field", target_).attribute("optype", target_type().optype);
    if (model_.estimator == model::Estimator::poisson) xml_.attribute("max", kLargestMean);
    for (const std::string& name : classes_)
      xml_.open("TargetValue").attribute("value", name).close();
    xml_.close();
    xml_.close();
  }

  /// With "logit" the first table has the equation, and the other class the rest.
  void write_tables(const std::vector<PmmlTable>& tables) {
    if (classes_.size() == 2) {
      const std::size_t first = equation_of_first_class(model_) ? 0 : 1;
      write_table(xml_, tables[0], classes_[first]);
      write_table(xml_, {}, classes_[1 - first]);
      return;
    }
    for (std::size_t k = 0; k < tables.size(); ++k)
      write_table(xml_, tables[k], is_classification() ? classes_[k] : "");
  }

  FieldType target_type() const {
    if (!is_classification()) return kNumber;
    return {"categorical", class_type(model_.schema.target.type)};
  }

  void open_field(std::string_view element, std::string_view name, const FieldType& type) {
    xml_.open(element)
        .attribute("name", name)
        .attribute("optype", type.optype)
        .attribute("dataType", type.data_type);
  }

  const model::Model& model_;
  const std::vector<Feature>& features_;
  const std::vector<std::string>& classes_;
  PmmlNames names_;
  std::string target_;
  PmmlOutputs outputs_;
  XmlWriter xml_;
};

}  // namespace

std::string pmml(const model::Model& model, const ExportOptions&) {
  require_within(kLimits, model);
  require_characters(model);
  return PmmlWriter(model).write();
}

}  // namespace mlserve::exporters
