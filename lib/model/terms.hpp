#pragma once

#include <vector>

#include "features/encoded_rows.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"

namespace mlserve::model {

/// The terms of a model, one a feature and one an interaction, with the weights of its columns.
std::vector<Scorer::Term> compile_terms(const Model& model);

/// margins += what the term gives for each row; `margins` has `width` numbers a row.
void add_term(const Scorer::TermBody& term, const features::EncodedRows& rows, std::size_t width,
              std::vector<double>& margins);

}  // namespace mlserve::model
