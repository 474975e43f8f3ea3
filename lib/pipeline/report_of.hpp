#pragma once

#include "pipeline/train.hpp"
#include "report/report.hpp"

namespace mlserve::pipeline {

/// What the HTML report of a training says: schema, metrics, curves, coefficients, record.
report::Report report_of(const TrainResult& result);

}  // namespace mlserve::pipeline
