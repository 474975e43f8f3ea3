#pragma once

#include <stdexcept>
#include <string>

namespace mlserve {

/// What a caller can do about an error; `apps` makes exit codes of it, the server statuses.
enum class ErrorKind {
  invalid_argument,  ///< a wrong option or call: change the command
  invalid_data,      ///< the input is bad at the named place: change the data
  not_found,         ///< a file, model or job is not there
  corrupt,           ///< a file or model is there but cannot be read or trusted
  conflict,          ///< the state of the thing forbids it now
  unavailable,       ///< a server, port or database is not reachable
  internal           ///< our own mistake, or the machine's (disk full)
};

/// The one exception of the project. `what()` is one line that names the thing and the place:
/// `train.csv:17: column 'Age': "x" is not a number`.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

/// Error that ends with the system's reason for `error_number` (an errno):
/// `cannot open data.csv: No such file or directory`. ENOENT is `not_found`, else `kind`.
Error system_error(ErrorKind kind, const std::string& what, int error_number);

}  // namespace mlserve
