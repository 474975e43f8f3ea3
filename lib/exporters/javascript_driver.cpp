#include "exporters/javascript_driver.hpp"

#include "exporters/driver.mjs.hpp"

namespace mlserve::exporters {

std::string_view javascript_driver() noexcept { return kDriverMjs; }

}  // namespace mlserve::exporters
