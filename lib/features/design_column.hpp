#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "features/encoder.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

/// What a column of the design matrix takes from one feature.
struct ColumnPart {
  enum class Kind {
    number,      ///< the value itself
    missing,     ///< 1 where there is no value
    category,    ///< 1 for category `index`
    infrequent,  ///< 1 for any of the rare categories
    date_part,   ///< calendar part `index` (DatePart)
    word         ///< TF-IDF weight of word `index`
  };

  std::size_t feature = 0;
  Kind kind = Kind::number;
  std::size_t index = 0;
};

/// One column of the design matrix, named as pandas.get_dummies does: "Age", "Sex_male",
/// "Age_missing", "When_year", "Age:Sex_male". Inside, a column is known by its parts: two features
/// may share a joined name.
struct DesignColumn {
  std::string name;
  ColumnPart part;
  std::optional<ColumnPart> times;  ///< the other factor, for an interaction
};

/// The codes of a categorical feature (or of any, for `missing`) that a part stands for.
std::vector<std::uint32_t> codes_of(const ColumnPart& part, const Encoder& encoder);

/// How many columns the design matrix has, without making them.
std::size_t number_of_columns(const Schema& schema, const Encoder& encoder);

/// All columns of the design matrix in their order: by name, then in the order of their making
/// (features, then interactions).
std::vector<DesignColumn> design_columns(const Schema& schema, const Encoder& encoder);

}  // namespace mlserve::features
