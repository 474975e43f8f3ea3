#include "jobs/predict_job.hpp"

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "data/json_writer.hpp"
#include "jobs/blob.hpp"
#include "jobs/parameters.hpp"
#include "model/bounded_json.hpp"
#include "model/scorer.hpp"
#include "pipeline/describe.hpp"
#include "pipeline/predict_file.hpp"
#include "pipeline/prediction_writer.hpp"

namespace mlserve::jobs {
namespace {

using pipeline::FileFormat;

constexpr const char* kWithoutRows = "without_rows";
constexpr int kMaxSummaryDepth = 8;

/// What each format has of no rows: the lines cannot tell.
void write_without_rows(data::JsonWriter& json, const model::Model& model,
                        const PredictParameters& parameters) {
  const model::Scorer scorer(model);
  json.begin_object();
  for (const FileFormat format : {FileFormat::json, FileFormat::jsonl, FileFormat::csv}) {
    const pipeline::PredictionFormatter formatter(
        model, scorer, {format, parameters.probabilities, parameters.explain, {}});
    json.key(pipeline::format_name(format)).string(formatter.without_rows());
  }
  json.end_object();
}

std::string summary_json(const model::Model& model, const PredictParameters& parameters,
                         const pipeline::PredictSummary& summary) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("rows").integer(static_cast<long long>(summary.rows)).key("warnings");
  pipeline::write_value_warnings(json, model.schema, summary.warnings);
  if (summary.rows == 0) write_without_rows(json.key(kWithoutRows), model, parameters);
  json.end_object();
  return text;
}

}  // namespace

WorkDone run_predict_job(store::JobStore& jobs, ModelCache& models, HeldJob& held,
                         unsigned threads) {
  const PredictParameters parameters = predict_parameters(held.job().parameters);
  const ModelCache::Handle model =
      held.patiently([&] { return models.find(held.job().model_checksum); });
  pipeline::PredictOptions options;
  options.input_format = parameters.format;
  options.format = FileFormat::jsonl;
  options.probabilities = parameters.probabilities;
  options.explain = parameters.explain;
  options.threads = threads;
  options.progress = held.progress();
  ResultSink sink(jobs, held);
  const pipeline::PredictSummary summary =
      pipeline::predict_rows(*model, body_input(jobs, held), options, sink);
  WorkDone done;
  sink.hand_over(done.result);
  done.result.summary = summary_json(*model, parameters, summary);
  done.rows = summary.rows;
  return done;
}

pipeline::PredictionStream open_predictions(store::JobStore& jobs, const store::Job& job,
                                            FileFormat format) {
  pipeline::KeptPredictions kept;
  try {
    const auto summary = model::parse_bounded<nlohmann::json>(job.summary, kMaxSummaryDepth);
    summary.at("rows").get_to(kept.rows);
    if (kept.rows == 0)
      summary.at(kWithoutRows).at(pipeline::format_name(format)).get_to(kept.without_rows);
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::corrupt, "job " + job.id + " has no summary of predictions");
  }
  kept.open = [&jobs, blob = job.result] { return open_blob(jobs, blob); };
  return {std::move(kept), format};
}

}  // namespace mlserve::jobs
