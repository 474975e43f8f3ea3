// Compiled instead of PostgreSQL's sources when MLSERVE_POSTGRESQL is OFF.
#include "core/error.hpp"
#include "store/postgres_database.hpp"

namespace mlserve::store {

std::unique_ptr<Database> open_postgres(const std::string& /*uri*/,
                                        const DatabaseOptions& /*options*/) {
  throw Error(ErrorKind::invalid_argument,
              "this mlserve was built without PostgreSQL (CMake: -DMLSERVE_POSTGRESQL=ON)");
}

}  // namespace mlserve::store
