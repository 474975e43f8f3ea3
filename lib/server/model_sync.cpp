#include "server/model_sync.hpp"

#include <chrono>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "server/store_models.hpp"

namespace mlserve::server {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kTryAgain{1};

}  // namespace

ModelSync::ModelSync(store::Store& store, ModelRegistry& models, Executor& executor, Log& log)
    : store_(store),
      models_(models),
      executor_(executor),
      log_(log),
      source_(std::make_shared<StoreModels>(store)) {
  models_.add(source_);
  store_.database().watch([this](const store::Change& change) {
    using Kind = store::Change::Kind;
    if (change.kind == Kind::models || change.kind == Kind::unknown) {
      schedule(steady_clock::now());
    }
  });
}

ModelSync::~ModelSync() { store_.database().stop_watching(); }

void ModelSync::schedule(SteadyTime when) {
  if (!scheduled_.exchange(true)) executor_.post_at(when, [this] { run(); });
}

void ModelSync::run() {
  scheduled_ = false;
  std::optional<Error> failure;
  try {
    failure = models_.sync(*source_, Look::settled).failure;
  } catch (const Error& error) {
    failure = error;
    if (!failing_.exchange(true)) {
      log_.warning(std::string("the store's models cannot be read, tried again: ") + error.what());
    }
  }
  const bool unavailable = failure && failure->kind() == ErrorKind::unavailable;
  if (unavailable) {
    schedule(steady_clock::now() + kTryAgain);
  } else {
    failing_ = false;
  }
}

}  // namespace mlserve::server
