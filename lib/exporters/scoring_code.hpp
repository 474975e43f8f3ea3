#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/model.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {

/// A constant table of numbers, so many a line.
struct NumberTable {
  std::string name;
  std::size_t width;  ///< numbers a line
  std::vector<double> values;
  std::vector<std::string> notes;  ///< one a line, as the data has it, for comments; or none
};

/// Scorer's arithmetic as statements that C, C++ and JavaScript read alike. They add the terms to
/// `margin`; with several margins, to that of number `k`. By the number f of a feature they read
///
///     x<f>                a number (NaN where missing), or the code of a category
///     date_<f>            the calendar parts of a date, `date_2.day_of_week`, filled where missing
///     is_missing_<f>      of a date or text with a missing indicator
///     x<f>, norm_<f>      how often each useful word (word_tables.hpp) stands in a text, and what
///                         these counts times `idf_<f>` are divided by; `w` counts words
///
/// and call `isnan`.
struct ScoringCode {
  std::vector<NumberTable> tables;
  std::vector<std::string> statements;  ///< one a line
};

/// `literal` spells a number in the language.
ScoringCode scoring_code(const model::Model& model, const model::Scorer& scorer,
                         std::string (*literal)(double));

/// Whether the statements read `is_missing_<f>`.
bool reads_missing(const model::Model& model, std::size_t f);

}  // namespace mlserve::exporters
