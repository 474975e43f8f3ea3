#include "server/json_body.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "features/json_document.hpp"
#include "features/json_row_builder.hpp"
#include "features/json_rows.hpp"
#include "server/prediction_error.hpp"

namespace mlserve::server {
namespace {

namespace dom = simdjson::dom;

Malformed wrong_type(std::string_view name, std::string_view expected, dom::element element) {
  return Malformed("'" + shown(name) + "' is not " + std::string(expected) + " but " +
                   std::string(features::type_in_words(element)));
}

}  // namespace

dom::object json_body(std::string_view body, ServedModel::Scratch& scratch,
                      features::NanTokens tokens) {
  dom::element value;
  try {
    value = scratch.parser.document().read(body, tokens);
  } catch (const Error& error) {
    throw Malformed(std::string("the body ") + error.what());
  }
  dom::object object;
  if (value.get(object) == simdjson::SUCCESS) return object;
  throw Malformed("the body is not an object but " + std::string(features::type_in_words(value)));
}

std::optional<dom::element> member(dom::object object, std::string_view name) {
  dom::element value;
  if (object.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

bool flag_member(dom::object object, std::string_view name) {
  const auto value = member(object, name);
  if (!value) return false;
  bool flag = false;
  if (value->get(flag) != simdjson::SUCCESS) throw wrong_type(name, "a boolean", *value);
  return flag;
}

dom::array require_list(dom::element element, std::string_view name) {
  dom::array list;
  if (element.get(list) != simdjson::SUCCESS) throw wrong_type(name, "a list", element);
  return list;
}

std::string_view require_string(dom::element element, std::string_view name) {
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) throw wrong_type(name, "a string", element);
  return text;
}

dom::object require_object(dom::element element, std::string_view name) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) throw wrong_type(name, "an object", element);
  return object;
}

}  // namespace mlserve::server
