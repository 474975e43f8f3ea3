#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/progress.hpp"
#include "data/input.hpp"
#include "features/encoded_rows.hpp"
#include "features/infer.hpp"
#include "features/row_groups.hpp"
#include "pipeline/splits.hpp"
#include "pipeline/train_options.hpp"

namespace mlserve::pipeline {

/// How much each group of equal rows counts in some part of the data.
struct PartWeights {
  std::vector<double> counts;   ///< rows, those of sample weight 0 left out
  std::vector<double> weights;  ///< sum of their sample weights
};

/// Labelled rows, ready to be learned from: encoded, equal ones once.
struct TrainingData {
  TrainOptions options;  ///< nothing left open that the file decides
  std::string source;
  std::string data_hash;
  features::InferredSchema inferred;  ///< `targets` by row
  features::RowGroups groups;
  features::EncodedRows rows;          ///< by group
  std::vector<double> targets;         ///< by group
  std::vector<double> sample_weights;  ///< by row; empty: 1 each

  const features::Schema& schema() const noexcept { return inferred.schema; }
  std::uint64_t rows_with_target() const noexcept {
    return inferred.targets.size() - inferred.rows_without_target;
  }

  /// The classes as strata, or all rows as one.
  Strata strata() const;

  PartWeights all() const;
  /// The rows whose part is `fold`.
  PartWeights inside(const std::vector<Fold>& parts, Fold fold) const;
  /// The rows of all other parts.
  PartWeights outside(const std::vector<Fold>& parts, Fold fold) const;
};

/// Reads CSV inputs and infers their schema; tells `progress` how much of them is read. Throws as
/// `train`.
TrainingData read_training_data(const std::vector<data::Input>& inputs, const TrainOptions& options,
                                const Progress& progress = {});

/// What is known of files before anything is encoded.
struct FileSchema {
  std::vector<std::string> columns;  ///< all of them, in the order of the first file
  features::InferredSchema inferred;
};

/// Throws as `train`; `options.progress` is told of the reading.
FileSchema infer_files(const std::vector<data::Input>& inputs, const TrainOptions& options);

}  // namespace mlserve::pipeline
