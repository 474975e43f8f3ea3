#pragma once

#include "core/error.hpp"

namespace mlserve::app {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  ///< anything that has no code of its own
inline constexpr int kWrongUsage = 2;

/// What the process ends with after an error.
constexpr int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument:
      return kWrongUsage;
    case ErrorKind::invalid_data:
      return 3;
    case ErrorKind::not_found:
    case ErrorKind::corrupt:
      return 4;
    case ErrorKind::unavailable:
      return 5;
    case ErrorKind::conflict:
    case ErrorKind::internal:
      return kFailed;
  }
  return kFailed;
}

}  // namespace mlserve::app
