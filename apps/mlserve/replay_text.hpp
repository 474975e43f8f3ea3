#pragma once

#include <string>

#include "pipeline/replay.hpp"

namespace mlserve::app {

/// The result of a replay for people.
std::string replay_text(const pipeline::ReplayResult& result);

/// 0.0512 -> "5.12 %".
std::string percent(double share);

}  // namespace mlserve::app
