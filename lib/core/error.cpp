#include "core/error.hpp"

#include <cerrno>
#include <system_error>

namespace mlserve {

Error system_error(ErrorKind kind, const std::string& what, int error_number) {
  const std::string reason = std::generic_category().message(error_number);
  return Error(error_number == ENOENT ? ErrorKind::not_found : kind, what + ": " + reason);
}

}  // namespace mlserve
