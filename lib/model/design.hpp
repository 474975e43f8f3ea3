#pragma once

#include "estimators/design_matrix.hpp"
#include "features/encoded_rows.hpp"
#include "features/encoder.hpp"
#include "features/schema.hpp"

namespace mlserve::model {

/// The design matrix of `rows` with the columns `design_columns(schema)`: missing numbers are the
/// encoder's fill values, missing and unknown categories all zeros. It looks into `rows`, which
/// must outlive it.
estimators::DesignMatrix design_matrix(const features::Schema& schema,
                                       const features::Encoder& encoder,
                                       const features::EncodedRows& rows);

}  // namespace mlserve::model
