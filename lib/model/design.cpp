#include "model/design.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace mlserve::model {

estimators::DesignMatrix design_matrix(const features::Schema& schema,
                                       const features::Encoder& encoder,
                                       const features::EncodedRows& rows) {
  using estimators::Index;
  const std::vector<features::DesignColumn> columns = features::design_columns(schema);
  estimators::DesignMatrix matrix(static_cast<Index>(rows.size()),
                                  static_cast<Index>(columns.size()));
  std::vector<std::vector<Index>> column_of_code(schema.features.size());
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    column_of_code[f].assign(features::kFirstCategory + schema.features[f].categories.size(), -1);
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto [name, f, category] = columns[c];
    if (category < 0) {
      matrix.add(estimators::DesignMatrix::Numeric{rows.columns()[f].numbers, static_cast<Index>(c),
                                                   encoder.fill_values()[f]});
    } else {
      column_of_code[f][features::kFirstCategory + static_cast<std::size_t>(category)] =
          static_cast<Index>(c);
    }
  }
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    if (!schema.features[f].is_categorical()) continue;
    matrix.add(estimators::DesignMatrix::Indicators{rows.columns()[f].codes,
                                                    std::move(column_of_code[f])});
  }
  return matrix;
}

}  // namespace mlserve::model
