#pragma once

#include <functional>

#include "server/executor.hpp"
#include "server/http.hpp"
#include "server/job_watch.hpp"

namespace mlserve::server {

/// What a client waits for.
struct LongPoll {
  SteadyTime until;  ///< then it is told how things are, whatever has happened

  /// Has the alarm called when there may be news. Called once.
  std::function<JobWatch::Subscription(JobWatch::Alarm)> subscribe;

  enum class Occasion { begin, alarm, time };
  struct Look {
    Response response;
    bool final = false;  ///< nothing is waited for any more
  };
  /// How things are; on the executor, at the beginning, after alarms and when the time is over.
  std::function<Look(Occasion)> look;
};

/// The connection is parked, without any thread, until there is a final look or the time is over.
/// When the server stops, the client gets the latest look there was.
Outcome long_poll(Executor& executor, LongPoll poll);

}  // namespace mlserve::server
