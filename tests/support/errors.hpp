#pragma once

#include <optional>
#include <string>

#include "core/error.hpp"

namespace mlserve::testing {

/// The Error that `call` throws, or none.
template <class Call>
std::optional<Error> error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// The kind of it, to compare in one CHECK: an optional that is empty equals no kind.
template <class Call>
std::optional<ErrorKind> error_kind_of(Call&& call) {
  const std::optional<Error> error = error_of(call);
  if (!error) return std::nullopt;
  return error->kind();
}

}  // namespace mlserve::testing
