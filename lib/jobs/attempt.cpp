#include "jobs/attempt.hpp"

#include <exception>
#include <new>
#include <utility>
#include <variant>

#include "core/error.hpp"
#include "core/text.hpp"
#include "jobs/parameters.hpp"
#include "jobs/predict_job.hpp"
#include "jobs/train_job.hpp"

namespace mlserve::jobs {
namespace {

/// Why the work did not succeed.
struct WorkFailure {
  std::string reason;
  bool again = true;  ///< another attempt may succeed
};

using Outcome = std::variant<WorkDone, WorkFailure>;

/// The same input and model would fail again.
bool may_pass(ErrorKind kind) {
  return kind == ErrorKind::unavailable || kind == ErrorKind::internal;
}

WorkDone work(store::Store& store, ModelCache& models, HeldJob& held, unsigned threads) {
  const std::string& kind = held.job().kind;
  if (kind == kPredict) return run_predict_job(store.jobs(), models, held, threads);
  if (kind == kTrain) return run_train_job(store.jobs(), store.models(), held, threads);
  throw Error(ErrorKind::invalid_data, "no worker knows the kind of job '" + shown(kind) + "'");
}

/// What an attempt that was ended from outside throws, goes on.
Outcome outcome(store::Store& store, ModelCache& models, HeldJob& held, unsigned threads) {
  try {
    return work(store, models, held, threads);
  } catch (const AttemptEnded&) {
    throw;
  } catch (const Error& error) {
    return WorkFailure{error.what(), may_pass(error.kind())};
  } catch (const std::bad_alloc&) {
    return WorkFailure{"out of memory"};
  } catch (const std::exception& error) {
    return WorkFailure{std::string("unexpected: ") + error.what()};
  }
}

AttemptReport lost() { return {"lost", "the lease ran out or the job was cancelled"}; }

AttemptReport finish(store::JobStore& jobs, HeldJob& held, WorkDone done,
                     const WorkerOptions& options) {
  done.result.time_to_live = options.result_ttl;
  const bool held_to_the_end =
      held.patiently([&] { return jobs.finish(held.attempt(), done.result); });
  return held_to_the_end ? AttemptReport{"succeeded", "", done.rows} : lost();
}

AttemptReport fail(store::JobStore& jobs, HeldJob& held, const WorkFailure& failure,
                   const WorkerOptions& options) {
  const int attempts = failure.again ? options.max_attempts : 0;
  const bool held_to_the_end = held.patiently(
      [&] { return jobs.fail(held.attempt(), failure.reason, attempts, options.result_ttl); });
  if (!held_to_the_end) return lost();
  return {held.job().attempts < attempts ? "to be tried again" : "failed", failure.reason};
}

}  // namespace

AttemptReport run_attempt(store::Store& store, ModelCache& models, HeldJob& held,
                          const WorkerOptions& options) {
  try {
    Outcome ended = outcome(store, models, held, options.threads);
    held.set_finishing();
    if (auto* done = std::get_if<WorkDone>(&ended))
      return finish(store.jobs(), held, std::move(*done), options);
    return fail(store.jobs(), held, std::get<WorkFailure>(ended), options);
  } catch (const AttemptEnded&) {
    if (held.ended() == HeldJob::End::lost) return lost();
    const bool back = give_back(store.jobs(), held);
    return {back ? "handed back" : "left", "the worker stops"};
  } catch (const std::exception& error) {
    // The store refuses the attempt's last word, so that its lease will run out.
    return {"left", error.what()};
  }
}

bool give_back(store::JobStore& jobs, const HeldJob& held) {
  try {
    return jobs.give_back(held.attempt());
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace mlserve::jobs
