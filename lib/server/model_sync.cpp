#include "server/model_sync.hpp"

#include <exception>
#include <memory>
#include <utility>

#include "core/error.hpp"
#include "model/model_file.hpp"

namespace mlserve::server {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kTryAgain{1};

std::string title(const store::ModelVersion& version) {
  return "model '" + version.name + "' version " + std::to_string(version.version);
}

}  // namespace

ModelSync::ModelSync(store::Store& store, ModelRegistry& models, Executor& executor, Log& log)
    : store_(store), models_(models), executor_(executor), log_(log) {
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
  const std::lock_guard lock(mutex_);
  try {
    adopt_all();
    failing_ = false;
  } catch (const Error& error) {
    if (!std::exchange(failing_, true)) {
      log_.warning(std::string("the store's models cannot be read, tried again: ") + error.what());
    }
    schedule(steady_clock::now() + kTryAgain);
  }
}

void ModelSync::adopt_all() {
  for (const store::ModelVersion& version : store_.models().serving()) {
    const auto seen = seen_.find(version.name);
    if (seen == seen_.end() || seen->second != version.version) adopt(version);
  }
}

void ModelSync::adopt(const store::ModelVersion& version) {
  try {
    const std::string text = store_.models().text(version.checksum);
    const bool was_file = models_.put(std::make_shared<const ServedModel>(
        version.name, std::to_string(version.version), model::from_text(text, title(version))));
    log_.info(title(version) + " of the store serves now" +
              (was_file ? ", in the place of the file's" : ""));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable) throw;
    log_.error(std::string("not served, what was there goes on: ") + error.what());
  }
  seen_[version.name] = version.version;
}

}  // namespace mlserve::server
