#include "exporters/refusal.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlserve::exporters {

void refuse(std::string_view format, const std::string& what, std::string_view why) {
  throw Error(ErrorKind::invalid_argument,
              std::string(format) + " cannot carry " + what + ": " + std::string(why));
}

void require_within(const Limits& limits, const model::Model& model) {
  if (model.schema.refuses_missing && !limits.refuses_missing.empty())
    refuse(limits.format, "the refusal of missing values", limits.refuses_missing);
  for (const features::Feature& feature : model.schema.features) {
    const std::string_view why = feature.is_text()   ? limits.text
                                 : feature.is_date() ? limits.date
                                                     : std::string_view();
    if (why.empty()) continue;
    refuse(
        limits.format,
        "the " + std::string(features::kind_name(feature.kind)) + " '" + shown(feature.name) + "'",
        why);
  }
}

}  // namespace mlserve::exporters
