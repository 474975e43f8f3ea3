#pragma once

#include <chrono>
#include <string>

#include "store/database.hpp"

namespace mlserve::store {

/// Ends the running attempt of a job that the caller has locked: notes the reason, and puts the job
/// back into its place in the queue, or fails it after `max_attempts`.
void end_attempt(Connection& connection, const std::string& job, const std::string& reason,
                 int max_attempts, std::chrono::milliseconds time_to_live);

}  // namespace mlserve::store
