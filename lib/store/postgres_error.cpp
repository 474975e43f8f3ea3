#include "store/postgres_error.hpp"

#include <algorithm>
#include <array>

namespace mlserve::store {
namespace {

/// A SQLSTATE, or the beginning of several.
struct StateMeaning {
  std::string_view state;
  ErrorKind kind;
  std::string_view words;  ///< for people, before the server's own
};

constexpr std::array kMeanings = {
    StateMeaning{"25006", ErrorKind::unavailable, "the database is read-only"},
    StateMeaning{"3F000", ErrorKind::unavailable, "the search path names no schema of this user"},
    StateMeaning{"42501", ErrorKind::unavailable, "the database user may not do this"},
    StateMeaning{"53100", ErrorKind::unavailable, "the disk of the database is full"},
    StateMeaning{"53300", ErrorKind::unavailable, "the database has too many connections"},
    StateMeaning{"53", ErrorKind::unavailable, "the database is short of resources"},
    StateMeaning{"55P03", ErrorKind::unavailable, "another transaction holds a lock"},
    StateMeaning{"57014", ErrorKind::unavailable, "the database took too long"},
    StateMeaning{"58", ErrorKind::unavailable, "the system of the database fails"},
    StateMeaning{"22021", ErrorKind::invalid_data, "text is not UTF-8"},
    StateMeaning{"XX001", ErrorKind::corrupt, "the database is damaged"},
    StateMeaning{"XX002", ErrorKind::corrupt, "the database is damaged"},
};

// Connection failures, the operator's interventions (a shutdown, a crash; but not a cancelled
// statement), a session that idled in a transaction: the process was paused.
bool means_lost(std::string_view state) {
  return state.starts_with("08") || state.starts_with("57P") || state == "25P03";
}

bool means_conflict(std::string_view state) { return state == "40001" || state == "40P01"; }

}  // namespace

void throw_postgres_error(const std::string& database, const PostgresFailure& failure) {
  const std::string message = database + ": " + failure.message;
  if (!failure.connected || means_lost(failure.state)) throw ConnectionLost(message);
  if (means_conflict(failure.state)) throw TransactionConflict(message);
  const auto* const meaning = std::find_if(
      kMeanings.begin(), kMeanings.end(),
      [&](const StateMeaning& known) { return failure.state.starts_with(known.state); });
  if (meaning != kMeanings.end()) {
    throw Error(meaning->kind,
                database + ": " + std::string(meaning->words) + ": " + failure.message);
  }
  throw Error(ErrorKind::internal, message + " (SQLSTATE " + std::string(failure.state) + ")");
}

}  // namespace mlserve::store
