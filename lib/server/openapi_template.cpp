#include "server/openapi_template.hpp"

#include <string_view>
#include <utility>

#include "core/number.hpp"

namespace mlserve::server {
namespace {

constexpr std::string_view kCondition = "x-when";
constexpr std::string_view kReference = "$ref";
constexpr std::string_view kChoices = "anyOf";

/// "${name}" -> "name"; "" for what does not begin with a gap.
std::string_view gap_at_front(std::string_view text) {
  if (!text.starts_with("${")) return {};
  const std::size_t end = text.find('}');
  return end == std::string_view::npos ? std::string_view() : text.substr(2, end - 2);
}

OrderedJson fill_text(std::string_view text, const TemplateFilling& filling) {
  std::string filled;
  while (!text.empty()) {
    const std::string_view name = gap_at_front(text);
    const auto value = filling.values.find(name);
    if (name.empty() || value == filling.values.end()) {
      filled += text.front();
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(name.size() + 3);
    if (filled.empty() && text.empty()) return value->second;
    filled += text_of(value->second);
  }
  return filled;
}

bool is_wanted(const OrderedJson& part, const TemplateFilling& filling) {
  if (!part.is_object()) return true;
  const auto condition = part.find(kCondition);
  return condition == part.end() ||
         filling.conditions.contains(condition->get_ref<const std::string&>());
}

/// A choice between one thing is that thing.
OrderedJson without_choice(OrderedJson schema) {
  const auto choices = schema.find(kChoices);
  if (choices == schema.end() || schema.size() > 1 || choices->size() != 1) return schema;
  return choices->front();
}

OrderedJson fill_object(const OrderedJson& object, const TemplateFilling& filling) {
  OrderedJson filled = OrderedJson::object();
  for (const auto& [name, value] : object.items()) {
    if (name == kCondition || !is_wanted(value, filling)) continue;
    if (name == kReference) {
      const auto moved = filling.references.find(value.get_ref<const std::string&>());
      filled[name] = moved == filling.references.end() ? value : OrderedJson(moved->second);
    } else {
      filled[name] = fill(value, filling);
    }
  }
  return without_choice(std::move(filled));
}

}  // namespace

std::string text_of(const OrderedJson& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

OrderedJson number_json(double value) { return OrderedJson::parse(format_double(value)); }

OrderedJson fill(const OrderedJson& part, const TemplateFilling& filling) {
  if (part.is_string()) return fill_text(part.get_ref<const std::string&>(), filling);
  if (part.is_object()) return fill_object(part, filling);
  if (!part.is_array()) return part;
  OrderedJson filled = OrderedJson::array();
  for (const OrderedJson& item : part) {
    if (is_wanted(item, filling)) filled.push_back(fill(item, filling));
  }
  return filled;
}

}  // namespace mlserve::server
