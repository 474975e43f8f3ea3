#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/model.hpp"

namespace mlserve::exporters {

/// A text that a value of a categorical feature may have, and its code (features::kMissing or
/// kFirstCategory + k).
struct Spelling {
  std::string text;
  std::uint32_t code;
};

/// Whether answers depend on a value of feature `f` being missing rather than unknown: it has a
/// missing indicator, or the model refuses missing values. In a model that does not care, both add
/// nothing.
bool tells_missing(const model::Model& model, std::size_t f);

/// All texts by which exports know the values of categorical feature `f`, each once, in order of
/// their bytes. They are the categories; of those that spell a number also how programs write it,
/// for columns of numbers are turned into text in many ways: in decimals, with zeros up to six of
/// them
/// ("3", "3.", "3.00", "0.5", ".5"), and with an exponent where that is no longer ("1e+05",
/// "1.0e-05", "1E-05"); and where `tells_missing`, the markers of missing values ("NA"), the empty
/// text among them. Any other text is unknown.
///
/// Exports know less here than `mlserve predict`, to which "+3" and "3e0" are "3" as well, even if
/// such a spelling stood in the file of the training.
std::vector<Spelling> spellings(const model::Model& model, std::size_t f);

}  // namespace mlserve::exporters
