#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "exporters/xml_writer.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The names of the fields of a PMML document, which must differ, wherever they are defined.
class PmmlNames {
 public:
  /// `wanted`, with as many "_" behind it as it takes to differ from all names before.
  std::string claim(std::string wanted);

 private:
  std::set<std::string> taken_;
};

/// Whether answers of the document depend on a column that says where feature `f` is missing. They
/// do not in a model that refuses such rows.
bool has_missing_column(const model::Model& model, std::size_t f);

/// A constant of an expression, as PMML spells values of `data_type`.
void write_constant(XmlWriter& xml, std::string_view data_type, std::string_view text);

/// The fields that predictors want beside the features themselves, each made when it is first asked
/// for. `model` and `names` outlive it.
class PmmlDerivedFields {
 public:
  PmmlDerivedFields(const model::Model& model, PmmlNames& names) : model_(model), names_(names) {}

  /// Names of fields of numbers:
  /// Number `f`, its fill value where it is missing.
  std::string filled(std::size_t f);
  /// Number `f`, 0 where it is missing.
  std::string or_zero(std::size_t f);
  /// 1 where feature `f` is missing, else 0.
  std::string missing(std::size_t f);
  /// 1 where categorical feature `f` is spelled `text`, else 0, as for a missing one.
  std::string category(std::size_t f, const std::string& text);

  /// LocalTransformations with all of them in the order of their making; nothing when there are
  /// none.
  void write(XmlWriter& xml) const;

 private:
  enum class Kind { filled, or_zero, missing, category };
  struct Field {
    std::string name;
    Kind kind;
    std::size_t feature;
    std::string text;  ///< of a category
  };

  std::string find(Kind kind, std::size_t f, const std::string& text, const std::string& suffix);
  void write_expression(XmlWriter& xml, const Field& field) const;

  const model::Model& model_;
  PmmlNames& names_;
  std::vector<Field> fields_;
  std::map<std::tuple<Kind, std::size_t, std::string>, std::size_t> known_;
};

}  // namespace mlserve::exporters
