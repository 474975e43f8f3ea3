#include "store/libpq.hpp"

#include <dlfcn.h>
#include <string>

#include "core/error.hpp"

namespace mlserve::store {
namespace {

constexpr const char* kLibrary = "libpq.so.5";

[[noreturn]] void refuse() {
  const char* reason = ::dlerror();
  throw Error(ErrorKind::unavailable, std::string("cannot load PostgreSQL's client library: ") +
                                          (reason == nullptr ? kLibrary : reason) +
                                          " (Debian: apt-get install libpq5)");
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) refuse();
}

// Never closed: connections may live as long as the program.
Libpq load() {
  void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) refuse();
  Libpq functions{};
#define MLSERVE_LIBPQ_FIND(name) find(library, #name, functions.name);
  MLSERVE_LIBPQ_FUNCTIONS(MLSERVE_LIBPQ_FIND)
#undef MLSERVE_LIBPQ_FIND
  return functions;
}

}  // namespace

const Libpq& libpq() {
  static const Libpq functions = load();
  return functions;
}

}  // namespace mlserve::store
