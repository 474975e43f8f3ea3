#include "pipeline/replay.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "features/json_rows.hpp"
#include "features/parsed_rows.hpp"
#include "model/scorer.hpp"
#include "pipeline/prediction_writer.hpp"
#include "pipeline/recording.hpp"

namespace mlserve::pipeline {
namespace {

using Outcome = ReplayedRow::Outcome;

/// Reasons that are told apart; clients find ever new nonsense.
constexpr std::size_t kMaxReasons = 20;

/// How far two numbers are apart; nothing is far from nothing, and anything from it.
double distance(double a, double b) {
  if (std::isfinite(a) && std::isfinite(b)) return std::abs(a - b);
  return std::isfinite(a) == std::isfinite(b) ? 0 : std::numeric_limits<double>::infinity();
}

/// "" for what no number can be.
std::string text_of(double number) { return std::isfinite(number) ? format_double(number) : ""; }

/// The classes of a recording, as those of the new model number them.
class ClassMap {
 public:
  explicit ClassMap(const std::vector<std::string>& to) : to_(to) {}

  /// The recorded classes, from now on.
  void start(const std::vector<std::string>& from) {
    if (from == from_) return;
    from_ = from;
    to_of_.clear();
    for (const std::string& name : from) {
      const auto found = std::ranges::find(to_, name);
      to_of_.push_back(found == to_.end() ? std::optional<std::size_t>()
                                          : static_cast<std::size_t>(found - to_.begin()));
    }
  }

  /// Probabilities of the recorded classes as those of the new ones; 0 where there was no such one.
  std::vector<double> mapped(std::span<const double> recorded) const {
    std::vector<double> mapped(to_.size(), 0);
    for (std::size_t k = 0; k < recorded.size(); ++k) {
      if (to_of_[k]) mapped[*to_of_[k]] = recorded[k];
    }
    return mapped;
  }

  /// The largest probability of a recorded class that the new model does not have.
  double largest_without(std::span<const double> recorded) const {
    double largest = 0;
    for (std::size_t k = 0; k < recorded.size(); ++k) {
      if (!to_of_[k]) largest = std::max(largest, recorded[k]);
    }
    return largest;
  }

 private:
  const std::vector<std::string>& to_;
  std::vector<std::string> from_;
  std::vector<std::optional<std::size_t>> to_of_;
};

/// Counts rows into a result.
class Tally {
 public:
  Tally(std::size_t examples, ReplayResult& result) : examples_(examples), result_(result) {}

  void add(const ReplayedRow& row) {
    ++result_.rows;
    switch (row.outcome) {
      case Outcome::same:
        ++result_.same;
        break;
      case Outcome::changed:
        ++result_.changed;
        break;
      case Outcome::refused:
        ++result_.refused;
        return refuse(row);
    }
    sum_ += row.difference;
    result_.largest_difference = std::max(result_.largest_difference, row.difference);
    if (!row.probabilities.empty()) ++result_.classes[{row.recorded, row.answer}];
    if (row.difference > 0 || row.outcome == Outcome::changed) keep(row);
  }

  void finish() {
    const std::uint64_t scored = result_.rows - result_.refused;
    if (scored > 0) result_.mean_difference = sum_ / static_cast<double>(scored);
    std::ranges::sort_heap(result_.examples, further);
  }

 private:
  static bool further(const ReplayedRow& a, const ReplayedRow& b) {
    return a.difference > b.difference;
  }

  void refuse(const ReplayedRow& row) {
    const auto found = result_.refusals.find(row.reason);
    if (found != result_.refusals.end()) {
      ++found->second.rows;
    } else if (result_.refusals.size() < kMaxReasons) {
      result_.refusals[row.reason] = {1, row.input + ":" + std::to_string(row.line)};
    } else {
      ++result_.refused_otherwise;
    }
  }

  /// The examples are a heap with the smallest difference on top.
  void keep(const ReplayedRow& row) {
    std::vector<ReplayedRow>& heap = result_.examples;
    if (examples_ == 0) return;
    if (heap.size() == examples_) {
      if (row.difference <= heap.front().difference) return;
      std::ranges::pop_heap(heap, further);
      heap.pop_back();
    }
    heap.push_back(row);
    std::ranges::push_heap(heap, further);
  }

  const std::size_t examples_;
  ReplayResult& result_;
  double sum_ = 0;  ///< of the differences
};

/// One run over some recordings.
class Run {
 public:
  Run(const model::Model& model, const ReplayOptions& options,
      const std::function<void(const ReplayedRow&)>& take)
      : model_(model),
        options_(options),
        take_(take),
        scorer_(model),
        parser_(model.schema),
        class_map_(model.schema.target.classes),
        tally_(options.examples, result_) {
    result_.name = options.name;
  }

  void read(const data::Input& input) {
    RecordingReader reader(input.open(), input.name);
    Recording recording;
    row_.input = input.name;
    while (reader.next(recording)) {
      row_.line = reader.line();
      if (is_of_model(recording)) compare(recording);
    }
    result_.damaged_lines += reader.damaged();
  }

  ReplayResult finish() {
    tally_.finish();
    for (const std::string& name : result_.omitted) {
      if (model_.schema.find(name)) result_.omitted_features.insert(name);
    }
    return std::move(result_);
  }

 private:
  bool is_of_model(const Recording& recording) {
    if (recording.model != result_.name && !options_.name.empty()) {
      ++result_.other_lines;
      return false;
    }
    if (result_.requests > 0 && recording.model != result_.name) {
      throw Error(ErrorKind::invalid_argument,
                  place() + ": has answers of '" + shown(recording.model) +
                      "', the lines before of '" + shown(result_.name) +
                      "'; choose one with --name");
    }
    result_.name = recording.model;
    if (recording.classes.empty() != model_.schema.target.classes.empty()) {
      throw Error(ErrorKind::invalid_argument,
                  place() + ": has " + (recording.classes.empty() ? "numbers" : "classes") +
                      " as answers, the new model predicts " +
                      (recording.classes.empty() ? "classes" : "numbers"));
    }
    return true;
  }

  void compare(const Recording& recording) {
    count(recording);
    score(recording.records);
    class_map_.start(recording.classes);
    row_.request_id = recording.request_id;
    auto problem = parsed_.problems.begin();
    for (std::size_t i = 0; i < recording.records.size(); ++i) {
      row_.row = recording.first_row + i;
      begin_row(recording, i);
      if (problem != parsed_.problems.end() && problem->row == i) {
        refuse(*problem);
        while (problem != parsed_.problems.end() && problem->row == i) ++problem;
      } else if (recording.classes.empty()) {
        compare_numbers(recording.values[i], scored_.scores.row(i)[0]);
      } else {
        compare_classes(recording.row(i), scored_.scores.row(i));
      }
      tally_.add(row_);
      if (take_) take_(row_);
    }
  }

  void count(const Recording& recording) {
    result_.requests += recording.first_row == 0;
    result_.versions[recording.version] += recording.records.size();
    result_.omitted.insert(recording.omitted.begin(), recording.omitted.end());
    if (result_.first_time.empty() || recording.time < result_.first_time)
      result_.first_time = recording.time;
    result_.last_time = std::max(result_.last_time, recording.time);
  }

  void score(const std::vector<std::string>& records) {
    parsed_.start(model_.schema);
    for (const std::string& record : records) parser_.parse(record, parsed_);
    score_rows(scorer_, parsed_.rows, false, scored_);
  }

  /// What is known of a row without the new model.
  void begin_row(const Recording& recording, std::size_t i) {
    const bool is_number = recording.classes.empty();
    row_.recorded =
        is_number ? text_of(recording.values[i]) : recording.classes[recording.labels[i]];
    row_.recorded_probabilities =
        is_number ? std::vector<double>() : class_map_.mapped(recording.row(i));
    row_.answer.clear();
    row_.reason.clear();
    row_.difference = 0;
    row_.probabilities.clear();
  }

  void refuse(const features::RowProblem& problem) {
    row_.outcome = Outcome::refused;
    if (!problem.field.empty()) row_.reason = "field '" + shown(problem.field) + "': ";
    row_.reason += problem.detail;
  }

  void compare_numbers(double recorded, double answer) {
    row_.answer = text_of(answer);
    row_.difference = distance(recorded, answer);
    // Nothing is as large as infinity, and no difference larger than it allows.
    const bool is_same = row_.difference <= options_.tolerance * std::abs(recorded) &&
                         std::isfinite(row_.difference);
    row_.outcome = is_same || row_.difference == 0 ? Outcome::same : Outcome::changed;
  }

  void compare_classes(std::span<const double> recorded, std::span<const double> scores) {
    const std::vector<std::string>& classes = model_.schema.target.classes;
    row_.answer = classes[scorer_.label(scores)];
    row_.outcome = row_.answer == row_.recorded ? Outcome::same : Outcome::changed;
    row_.difference = class_map_.largest_without(recorded);
    for (std::size_t k = 0; k < classes.size(); ++k) {
      row_.probabilities.push_back(model::probability(scores, k));
      row_.difference = std::max(row_.difference,
                                 distance(row_.recorded_probabilities[k], row_.probabilities[k]));
    }
  }

  std::string place() const { return row_.input + ":" + std::to_string(row_.line); }

  const model::Model& model_;
  const ReplayOptions& options_;
  const std::function<void(const ReplayedRow&)>& take_;
  const model::Scorer scorer_;
  features::JsonRowParser parser_;
  features::ParsedRows parsed_;
  ScoredRows scored_;
  ClassMap class_map_;
  ReplayedRow row_;
  ReplayResult result_;
  Tally tally_;
};

}  // namespace

double ReplayResult::changed_share() const noexcept {
  return rows == 0 ? 0 : static_cast<double>(changed + refused) / static_cast<double>(rows);
}

ReplayResult replay(const model::Model& model, std::span<const data::Input> recordings,
                    const ReplayOptions& options,
                    const std::function<void(const ReplayedRow&)>& take) {
  Run run(model, options, take);
  for (const data::Input& recording : recordings) run.read(recording);
  ReplayResult result = run.finish();
  if (result.rows > 0) return result;
  const std::string of_model =
      options.name.empty() ? "" : " of the model '" + shown(options.name) + "'";
  throw Error(ErrorKind::invalid_data,
              data::input_name(recordings) + ": has no recorded request" + of_model);
}

}  // namespace mlserve::pipeline
