#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/input.hpp"
#include "model/model.hpp"

namespace mlserve::pipeline {

struct ReplayOptions {
  std::string name;  ///< of the model whose requests count; empty: all are of one model
  /// Predicted numbers are the same when they differ by no more, relative to the recorded one.
  double tolerance = 1e-6;
  std::size_t examples = 5;  ///< rows that are kept for having changed most
};

/// A recorded row and how the new model answers it.
struct ReplayedRow {
  enum class Outcome { same, changed, refused };

  Outcome outcome = Outcome::same;
  std::string request_id;
  std::uint64_t row = 0;   ///< in the request, from 0
  std::string input;       ///< the recording that it stands in
  std::uint64_t line = 0;  ///< there, 1-based
  std::string recorded;    ///< the class, or the number
  std::string answer;      ///< the new model's; empty when it refuses the row
  std::string reason;      ///< why it does
  double difference = 0;   ///< of the numbers, or the largest of the probabilities of a class
  /// Of the classes of the new model; empty of one of numbers, the second also of a refused row.
  std::vector<double> recorded_probabilities;
  std::vector<double> probabilities;
};

/// Recorded rows that the new model refuses for one reason.
struct Refused {
  std::uint64_t rows = 0;
  std::string first;  ///< where: "requests.jsonl:3"
};

struct ReplayResult {
  std::string name;                               ///< of the model that answered
  std::map<std::string, std::uint64_t> versions;  ///< of it, with their rows
  std::string first_time;                         ///< of the requests, RFC 3339
  std::string last_time;
  std::uint64_t requests = 0;
  std::uint64_t other_lines = 0;    ///< of other models: passed over
  std::uint64_t damaged_lines = 0;  ///< that are no JSON: passed over

  std::uint64_t rows = 0;
  std::uint64_t same = 0;
  std::uint64_t changed = 0;
  std::uint64_t refused = 0;
  double largest_difference = 0;
  double mean_difference = 0;  ///< of the rows that are not refused
  /// Of a classifier: how many rows of a recorded class have which class now.
  std::map<std::pair<std::string, std::string>, std::uint64_t> classes;

  std::vector<ReplayedRow> examples;        ///< the largest difference first
  std::map<std::string, Refused> refusals;  ///< by reason, a few of them
  std::uint64_t refused_otherwise = 0;      ///< rows of further reasons
  std::set<std::string> omitted;            ///< fields that were not recorded
  std::set<std::string> omitted_features;   ///< those of them that the new model would use

  /// Of rows that changed or are refused; 0 without rows.
  double changed_share() const noexcept;
};

/// Scores the records of `recordings` (RECORDING.md) with `model`, as `predict` would, and compares
/// the answers with the recorded ones, in constant memory. `take`, if any, is given each row.
///
/// Throws Error(invalid_argument) when they are of several models and no name is given, with their
/// names, and when one predicts classes and the other numbers; Error(invalid_data) for a line that
/// is JSON, but no recording, and when there is no row of the model at all.
ReplayResult replay(const model::Model& model, std::span<const data::Input> recordings,
                    const ReplayOptions& options,
                    const std::function<void(const ReplayedRow&)>& take = {});

}  // namespace mlserve::pipeline
