#include "exporters/columns.hpp"

#include "data/json_writer.hpp"

namespace mlserve::exporters {

std::string columns_json(const model::Model& model, const ExportOptions&) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_array();
  for (const features::DesignColumn& column : model.columns) json.string(column.name);
  json.end_array();
  return text + "\n";
}

}  // namespace mlserve::exporters
