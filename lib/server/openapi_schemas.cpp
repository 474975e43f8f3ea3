#include "server/openapi_schemas.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "features/boolean_text.hpp"
#include "features/calendar.hpp"
#include "features/schema.hpp"
#include "server/frequent_categories.hpp"

namespace mlserve::server {
namespace {

using features::Feature;
using features::FeatureKind;
using features::Schema;

/// Of more categories the most frequent ones are listed.
constexpr std::size_t kMaxListedCategories = 100;

std::vector<std::string> listed_categories(const Feature& feature) {
  if (feature.categories.size() <= kMaxListedCategories) return feature.categories;
  std::vector<std::size_t> order = by_frequency(feature);
  order.resize(kMaxListedCategories);
  std::ranges::sort(order);
  std::vector<std::string> listed;
  listed.reserve(order.size());
  for (const std::size_t k : order) listed.push_back(feature.categories[k]);
  return listed;
}

template <class Predicate>
bool any_category(const Feature& feature, Predicate predicate) {
  return std::ranges::any_of(feature.categories, [&](const std::string& text) {
    return predicate(std::string_view(text)).has_value();
  });
}

/// What stands for a value of the feature in JSON.
OrderedJson types_of(const Feature& feature, bool may_be_missing) {
  OrderedJson types = OrderedJson::array();
  if (feature.kind == FeatureKind::boolean) types.push_back("boolean");
  types.push_back(feature.kind == FeatureKind::numeric || feature.kind == FeatureKind::boolean
                      ? "number"
                      : "string");
  if (feature.is_categorical()) {
    if (any_category(feature, features::category_number)) types.push_back("number");
    if (any_category(feature, features::parse_boolean)) types.push_back("boolean");
  }
  if (may_be_missing) types.push_back("null");
  return types;
}

/// An open enumeration: the known ones for those who write the request, any for those who check it.
OrderedJson category_schema(const Feature& feature, OrderedJson types) {
  const std::vector<std::string> listed = listed_categories(feature);
  std::string description = "Category; one that training has not seen counts as unknown.";
  if (listed.size() < feature.categories.size()) {
    description += " The " + std::to_string(listed.size()) + " most frequent of " +
                   std::to_string(feature.categories.size()) + " are listed.";
  }
  OrderedJson choices = OrderedJson::array();
  if (!listed.empty()) choices.push_back({{"type", "string"}, {"enum", listed}});
  choices.push_back({{"type", std::move(types)}});
  return {{"description", std::move(description)}, {"anyOf", std::move(choices)}};
}

OrderedJson bound(const Feature& feature, double value) {
  if (feature.is_date()) return features::format_date(value);
  return number_json(value);
}

std::string in_words(const Feature& feature) {
  switch (feature.kind) {
    case FeatureKind::boolean:
      return "Truth value, or a number from 0 to 1";
    case FeatureKind::date:
      return "Date, with or without a time (ISO 8601)";
    default:
      return feature.integers ? "Whole number" : "Number";
  }
}

/// The range is what training saw, no limit of what is answered: hence not "minimum".
OrderedJson number_schema(const Feature& feature, OrderedJson types) {
  const OrderedJson least = bound(feature, feature.minimum);
  const OrderedJson most = bound(feature, feature.maximum);
  return {{"description",
           in_words(feature) + "; in training from " + text_of(least) + " to " + text_of(most)},
          {"type", std::move(types)},
          {"x-minimum", least},
          {"x-maximum", most}};
}

OrderedJson text_schema(const Feature& feature, OrderedJson types) {
  const std::string words = std::to_string(feature.categories.size());
  return {{"description", "Text, of which " + words + " words are known."},
          {"type", std::move(types)}};
}

OrderedJson feature_schema(const Feature& feature, bool may_be_missing) {
  OrderedJson types = types_of(feature, may_be_missing);
  OrderedJson schema = feature.is_categorical() ? category_schema(feature, std::move(types))
                       : feature.is_text()      ? text_schema(feature, std::move(types))
                                                : number_schema(feature, std::move(types));
  schema["x-kind"] = features::kind_name(feature.kind);
  return schema;
}

OrderedJson record_schema(const Schema& schema) {
  OrderedJson properties = OrderedJson::object();
  for (const Feature& feature : schema.features) {
    properties[feature.name] = feature_schema(feature, !schema.refuses_missing);
  }
  OrderedJson record = {
      {"description",
       schema.refuses_missing
           ? "A row. Every feature has a value; other fields are passed over."
           : "A row. A feature that it lacks, or that is null, is missing; it has at least one of "
             "them. Other fields are passed over."},
      {"type", "object"},
      {"properties", std::move(properties)}};
  if (schema.refuses_missing) {
    record["required"] = schema.feature_names();
  } else {
    record["minProperties"] = 1;
  }
  return record;
}

OrderedJson columns_schema(const Schema& schema) {
  OrderedJson properties = OrderedJson::object();
  for (const Feature& feature : schema.features) {
    properties[feature.name] = {{"type", "array"},
                                {"items", feature_schema(feature, !schema.refuses_missing)}};
  }
  return {{"description", "A list of values for each feature, all of one length."},
          {"type", "object"},
          {"properties", std::move(properties)}};
}

OrderedJson class_list(const features::Target& target) {
  OrderedJson classes = OrderedJson::array();
  for (std::size_t k = 0; k < target.classes.size(); ++k) {
    classes.push_back(OrderedJson::parse(features::class_json(target, k)));
  }
  return classes;
}

const char* json_type(features::TargetType type) {
  switch (type) {
    case features::TargetType::integer:
      return "integer";
    case features::TargetType::real:
      return "number";
    case features::TargetType::boolean:
      return "boolean";
    case features::TargetType::string:
      break;
  }
  return "string";
}

OrderedJson value_schema(const features::Target& target) {
  switch (target.task) {
    case features::Task::classification:
      return {{"description", "Predicted class of " + target.name + "."},
              {"type", json_type(target.type)},
              {"enum", class_list(target)}};
    case features::Task::count:
      return {{"description", "Expected " + target.name + "; null when it is too large."},
              {"type", {"number", "null"}},
              {"minimum", 0}};
    case features::Task::regression:
      break;
  }
  return {{"description", "Predicted " + target.name + "; null when it is too large."},
          {"type", {"number", "null"}},
          {"x-minimum", number_json(target.minimum)},
          {"x-maximum", number_json(target.maximum)}};
}

/// An object with a member for each class.
OrderedJson by_class(const features::Target& target, const char* description,
                     const OrderedJson& of_class) {
  OrderedJson properties = OrderedJson::object();
  for (const std::string& name : target.classes) properties[name] = of_class;
  return {{"description", description},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"required", target.classes},
          {"additionalProperties", false}};
}

/// The names of the features for those who write a request; others are passed over.
OrderedJson feature_name_schema(const Schema& schema) {
  return {
      {"anyOf", {{{"type", "string"}, {"enum", schema.feature_names()}}, {{"type", "string"}}}}};
}

}  // namespace

void add_model_schemas(const model::Model& model, TemplateFilling& filling) {
  const Schema& schema = model.schema;
  const features::Target& target = schema.target;
  filling.values["record"] = record_schema(schema);
  filling.values["columns"] = columns_schema(schema);
  filling.values["feature_name"] = feature_name_schema(schema);
  filling.values["value"] = value_schema(target);
  filling.values["output_names"] = OrderedJson::array({"predict"});
  filling.values["signature_names"] = OrderedJson::array({"serving_default"});
  filling.values["margin"] =
      target.classes.size() > 2
          ? by_class(target, "A number for each class.", {{"type", {"number", "null"}}})
          : OrderedJson{{"type", {"number", "null"}}};
  if (target.classes.empty()) {
    filling.conditions.insert("numbers");
    return;
  }
  filling.conditions.insert("classes");
  for (const char* names : {"output_names", "signature_names"}) {
    filling.values[names].push_back("predict_proba");
  }
  filling.values["probabilities"] =
      by_class(target, "The probability of each class.",
               {{"type", {"number", "null"}}, {"minimum", 0}, {"maximum", 1}});
}

}  // namespace mlserve::server
