#include "jobs/train_job.hpp"

#include <string>

#include "data/json_writer.hpp"
#include "jobs/blob.hpp"
#include "jobs/parameters.hpp"
#include "model/model_file.hpp"
#include "pipeline/describe.hpp"
#include "pipeline/train.hpp"

namespace mlserve::jobs {

WorkDone run_train_job(store::JobStore& jobs, store::ModelStore& models, HeldJob& held,
                       unsigned threads) {
  const std::string& name = held.job().model;
  const TrainParameters parameters = train_parameters(held.job().parameters);
  pipeline::TrainOptions options = train_options(parameters);
  options.threads = threads;
  options.progress = held.progress();
  pipeline::TrainResult trained = pipeline::train({body_input(jobs, held)}, options);

  const std::string text = model::to_text(trained.model);
  trained.model.checksum = model::checksum_in(text);
  held.patiently([&] { models.publish(trained.model.checksum, text); });
  ResultSink sink(jobs, held);
  sink.write(pipeline::train_json(trained, name));

  WorkDone done;
  sink.hand_over(done.result);
  done.rows = trained.model.training.rows;
  data::JsonWriter json(done.result.summary);
  json.begin_object().key("rows").integer(static_cast<long long>(done.rows));
  json.key("model").string(name).key("checksum").string(trained.model.checksum).end_object();
  done.result.version = store::NewVersion{name, trained.model.checksum, parameters.promote};
  return done;
}

}  // namespace mlserve::jobs
