#pragma once

#include "report/report.hpp"

namespace mlserve::testing {

/// Reports as training could make them, filled by formulas: two classes with folds and inference.
report::Report two_class_report();

/// Nine classes with UTF-8 names of any kind, 60 coefficients, no inference.
report::Report several_class_report();

/// Regression with 3,000 predictions and a coefficient that could not be estimated.
report::Report regression_report();

/// Every name, label, value and note is `text`.
report::Report report_of(const std::string& text);

}  // namespace mlserve::testing
