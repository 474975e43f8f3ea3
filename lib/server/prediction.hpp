#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "features/parsed_rows.hpp"
#include "pipeline/prediction_writer.hpp"
#include "pipeline/recording.hpp"
#include "pipeline/row_reader.hpp"
#include "server/http.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// A scratch of the model for as long as a request lasts, its rows started; they capture records if
/// the request is to be recorded.
class ScratchLease {
 public:
  ScratchLease(const Request& request, const ServedModel& served);
  ~ScratchLease();
  ScratchLease(const ScratchLease&) = delete;
  ScratchLease& operator=(const ScratchLease&) = delete;

  ServedModel::Scratch& operator*() const { return *scratch_; }
  ServedModel::Scratch* operator->() const { return scratch_.get(); }

 private:
  const ServedModel& served_;
  std::unique_ptr<ServedModel::Scratch> scratch_;
  bool keep_;
};

/// What an answer says of its rows.
struct PredictionWish {
  pipeline::OutputLayout layout;
  bool warnings = false;  ///< counts of missing, unknown and out-of-range values by feature
};

/// One request's way from parsed rows through the scorer to their text, for every protocol: they
/// differ in how they parse rows and in what they write around the text.
///
///   ScratchLease scratch(request, served);
///   …parse the body into scratch->parsed, no further than ParsedRows::is_enough(max_rows)…
///   Prediction prediction(request, served, *scratch, wish, max_rows);
///   prediction.score();
///   if (!prediction.problems().empty()) return refuse_problems(…);
///   return prediction.answer("application/json", …prediction.text()…);
class Prediction {
 public:
  /// Borrows all but `wish`. Throws Error(invalid_argument) when probabilities are asked of a model
  /// that has none.
  Prediction(const Request& request, const ServedModel& served, ServedModel::Scratch& scratch,
             PredictionWish wish, std::size_t max_rows);

  /// Scores the rows in the scratch, which follow those of the call before, and has the model's
  /// monitor count them. Once a row has a problem, nothing is scored any more. Throws TooManyRows,
  /// Error(unavailable) after the deadline.
  void score();

  /// Parses and scores a body of CSV or NDJSON, block by block. Throws Malformed, WrongHeader, and
  /// as `score`.
  void score_body(pipeline::FileFormat format);

  /// Of all rows, numbered from the first of the body.
  const std::vector<features::RowProblem>& problems() const noexcept { return problems_; }

  std::size_t rows() const noexcept { return rows_; }
  const pipeline::PredictionFormatter& formatter() const noexcept { return formatter_; }

  /// Of all rows, by the wish's layout.
  const pipeline::PredictionText& text() const noexcept { return text_; }

  /// By feature, when asked for.
  const std::vector<features::ValueWarnings>& warnings() const noexcept { return warnings_; }

  /// The response to a request that was predicted; it took the time since the construction. Call
  /// once: its rows are recorded, if wanted.
  Response answer(std::string content_type, std::string body);

 private:
  const Request& request_;
  const ServedModel& served_;
  ServedModel::Scratch& scratch_;
  PredictionWish wish_;
  std::size_t max_rows_;
  pipeline::PredictionFormatter formatter_;
  pipeline::PredictionText text_;
  std::vector<features::RowProblem> problems_;
  std::vector<features::ValueWarnings> warnings_;
  std::unique_ptr<pipeline::Recording> recording_;  ///< null: nobody wants it
  std::size_t rows_ = 0;
  SteadyTime begin_ = std::chrono::steady_clock::now();
};

}  // namespace mlserve::server
