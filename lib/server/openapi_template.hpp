#pragma once

#include <map>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace mlserve::server {

/// Keeps the order of members: the same models give the same text.
using OrderedJson = nlohmann::ordered_json;

/// What the templates of the OpenAPI document (openapi.json, openapi_models.json) are filled with.
struct TemplateFilling {
  std::map<std::string, OrderedJson, std::less<>> values;  ///< by the name in "${name}"
  std::set<std::string, std::less<>> conditions;           ///< that hold, by the name in "x-when"
  std::map<std::string, std::string, std::less<>> references;  ///< what becomes of some "$ref"s
};

/// A string as it is, another value as JSON.
std::string text_of(const OrderedJson& value);

/// A finite number as we write it everywhere: 24, not 24.0.
OrderedJson number_json(double value);

/// A copy of `part` without the objects whose "x-when" names no condition that holds.
///
/// A string that is "${name}" and nothing else becomes that value, whatever its type; in a longer
/// one the texts of strings and numbers are put in. Values are not looked into, so what models and
/// data are called is never taken for a part of the template.
OrderedJson fill(const OrderedJson& part, const TemplateFilling& filling);

}  // namespace mlserve::server
