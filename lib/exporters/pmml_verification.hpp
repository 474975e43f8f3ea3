#pragma once

#include <string>
#include <vector>

#include "exporters/xml_writer.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The names of the output fields of a document.
struct PmmlOutputs {
  std::string prediction;
  std::vector<std::string> probabilities;  ///< by class
};

/// The golden rows as ModelVerification, by which a scorer can check itself: what the outputs must
/// be for these inputs. Nothing when there are none.
void write_verification(XmlWriter& xml, const model::Model& model, const PmmlOutputs& outputs);

}  // namespace mlserve::exporters
