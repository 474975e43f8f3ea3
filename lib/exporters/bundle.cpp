#include "exporters/bundle.hpp"

#include <cstddef>

#include "core/atomic_file.hpp"
#include "model/bundle_file.hpp"
#include "model/model_file.hpp"

namespace mlserve::exporters {
namespace {

constexpr std::size_t kLargestProgram = std::size_t{2} << 30;

}  // namespace

std::string bundle(const model::Model& model, const ExportOptions& options) {
  return model::make_bundle(read_file(options.program, kLargestProgram), model::to_text(model));
}

}  // namespace mlserve::exporters
