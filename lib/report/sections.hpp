#pragma once

#include "report/html.hpp"
#include "report/report.hpp"

namespace mlserve::report {

/// The parts of the page, each with its heading. Each writes nothing if it has no content.

/// Metrics, scores of each class, confusion matrix.
void write_evaluation(Html& html, const Report& report);

/// ROC and precision-recall curves, calibration; predicted against actual values and residuals.
void write_plots(Html& html, const Report& report);

/// The coefficients that matter most, with their intervals.
void write_coefficients(Html& html, const Report& report);

/// The schema with small distributions.
void write_features(Html& html, const Report& report);

/// The training record and the course of the fit.
void write_training(Html& html, const Report& report);

/// A table of names and values.
void write_facts(Html& html, const std::vector<Fact>& facts);

/// "and 12 more …": what a limit left out. Nothing if `left_out` is 0.
void write_left_out(Html& html, std::size_t left_out, const std::string& what);

}  // namespace mlserve::report
