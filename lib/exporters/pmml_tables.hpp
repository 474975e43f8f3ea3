#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/pmml_fields.hpp"
#include "exporters/xml_writer.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// What messages call the format.
inline constexpr std::string_view kPmmlDocument = "a PMML document";

/// One RegressionTable: a linear function of fields. PMML wants its predictors by their kinds; of
/// one kind they stand in the order of the Scorer.
struct PmmlTable {
  struct Numeric {
    std::string field;
    double coefficient;
  };
  struct Categorical {
    std::string field;
    std::string value;
    double coefficient;
  };
  struct Product {
    std::string a, b;  ///< fields of numbers
    double coefficient;
  };

  double intercept = 0;
  std::vector<Numeric> numeric;
  std::vector<Categorical> categorical;
  std::vector<Product> products;
};

/// The tables of the margins of `model`, which has neither texts nor dates; the fields that they
/// need are made in `derived`. Of two classes the only table is that of the first one: the margin
/// with the opposite sign. Throws Error(invalid_argument) for a coefficient that is beyond a
/// double.
std::vector<PmmlTable> make_tables(const model::Model& model, PmmlDerivedFields& derived);

/// `target_category` is empty without classes.
void write_table(XmlWriter& xml, const PmmlTable& table, const std::string& target_category);

}  // namespace mlserve::exporters
