#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as one self-contained C99 file, which takes raw values, texts and dates included, and
/// repeats Scorer's arithmetic term by term. `predict(const struct mlserve_row *row, …)` gives
///
///     of two classes      int, the class; the probability of class 1 goes to `double *probability`
///     of several classes  int, the class; `double *probabilities` has room for all of them
///     else                double
///
/// A row that cannot be scored gives -1 and NAN. It allocates nothing and may be called on several
/// threads at once. Compiles without a warning under -Wall -Wextra -Werror -pedantic, as C++ as
/// well; needs only the math library. Names and categories from the data stand in it escaped, never
/// as code. Throws Error(invalid_argument) for a text of more than 100,000 words, and for a
/// category or word of more than 4,095 bytes.
std::string c_source(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
