#pragma once

#include "core/temporary_folder.hpp"

namespace mlserve::testing {

using mlserve::TemporaryFolder;

}  // namespace mlserve::testing
