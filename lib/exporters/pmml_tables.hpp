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

/// Of which of two classes PMML computes the probability; the other one has the rest, to fewer
/// digits. PMML does not say who wins a tie; scorers take the class of the first table that has the
/// largest probability. So the first table is that of the first class, and a tie is decided as the
/// Scorer does. Another threshold than 0.5 is compared with the probability of the second class,
/// which then has the first table.
bool equation_of_first_class(const model::Model& model);

/// The tables of the margins of `model`, which has neither texts nor dates; the fields that they
/// need are made in `derived`. Of two classes there is one table, of the first class (the margin
/// with the opposite sign) or of the second. Throws Error(invalid_argument) for a coefficient that
/// is beyond a double.
std::vector<PmmlTable> make_tables(const model::Model& model, PmmlDerivedFields& derived);

/// `target_category` is empty without classes.
void write_table(XmlWriter& xml, const PmmlTable& table, const std::string& target_category);

}  // namespace mlserve::exporters
