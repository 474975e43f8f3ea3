#include "exporters/pmml_fields.hpp"

#include <utility>

#include "core/number.hpp"

namespace mlserve::exporters {

std::string PmmlNames::claim(std::string wanted) {
  while (!taken_.insert(wanted).second) wanted += '_';
  return wanted;
}

bool has_missing_column(const model::Model& model, std::size_t f) {
  return model.encoder[f].indicator && !model.schema.refuses_missing;
}

std::string PmmlDerivedFields::filled(std::size_t f) {
  return find(Kind::filled, f, "", "_filled");
}

std::string PmmlDerivedFields::or_zero(std::size_t f) {
  return find(Kind::or_zero, f, "", "_or_0");
}

std::string PmmlDerivedFields::missing(std::size_t f) {
  return find(Kind::missing, f, "", "_missing");
}

std::string PmmlDerivedFields::category(std::size_t f, const std::string& text) {
  return find(Kind::category, f, text, '_' + text);
}

std::string PmmlDerivedFields::find(Kind kind, std::size_t f, const std::string& text,
                                    const std::string& suffix) {
  const auto [known, is_new] = known_.emplace(std::tuple(kind, f, text), fields_.size());
  if (is_new)
    fields_.push_back({names_.claim(model_.schema.features[f].name + suffix), kind, f, text});
  return fields_[known->second].name;
}

void write_constant(XmlWriter& xml, std::string_view data_type, std::string_view text) {
  xml.open("Constant").attribute("dataType", data_type).text(text).close();
}

void PmmlDerivedFields::write(XmlWriter& xml) const {
  if (fields_.empty()) return;
  xml.open("LocalTransformations");
  for (const Field& field : fields_) {
    xml.open("DerivedField")
        .attribute("name", field.name)
        .attribute("optype", "continuous")
        .attribute("dataType", "double");
    write_expression(xml, field);
    xml.close();
  }
  xml.close();
}

void PmmlDerivedFields::write_expression(XmlWriter& xml, const Field& field) const {
  const std::string& feature = model_.schema.features[field.feature].name;
  switch (field.kind) {
    case Kind::filled:
    case Kind::or_zero: {
      const double fill = field.kind == Kind::filled ? model_.encoder[field.feature].fill : 0;
      xml.open("FieldRef")
          .attribute("field", feature)
          .attribute("mapMissingTo", format_double(fill))
          .close();
      break;
    }
    case Kind::missing:
      xml.open("Apply").attribute("function", "if");
      xml.open("Apply").attribute("function", "isMissing");
      xml.open("FieldRef").attribute("field", feature).close();
      xml.close();
      write_constant(xml, "double", "1");
      write_constant(xml, "double", "0");
      xml.close();
      break;
    case Kind::category:
      xml.open("NormDiscrete")
          .attribute("field", feature)
          .attribute("value", field.text)
          .attribute("mapMissingTo", "0")
          .close();
      break;
  }
}

}  // namespace mlserve::exporters
