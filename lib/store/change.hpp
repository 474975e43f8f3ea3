#pragma once

#include <functional>
#include <string>

namespace mlserve::store {

/// Something happened in a database, by whichever process.
struct Change {
  enum class Kind {
    queued,   ///< a job waits for a worker: new, again, or handed back
    started,  ///< a job was claimed
    ended,    ///< a job succeeded, failed or was cancelled
    models,   ///< a model has a new version
    unknown   ///< news may have been missed (watching began, the connection was lost): look at all
  };
  Kind kind = Kind::unknown;
  std::string job;  ///< its id, for the first three
};

/// Called on the database's own thread: short, never throwing, never calling back into it.
using ChangeListener = std::function<void(const Change&)>;

}  // namespace mlserve::store
