#include "server/openapi_components.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/text.hpp"

namespace mlserve::server {
namespace {

constexpr std::string_view kComponents = "#/components/";

bool is_allowed(char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; }

/// Adds the references to components within `part`.
void add_references(const OrderedJson& part, std::vector<std::string>& found) {
  if (part.is_object()) {
    const auto reference = part.find("$ref");
    if (reference != part.end() && reference->is_string()) found.push_back(*reference);
  }
  if (part.is_structured()) {
    for (const OrderedJson& inner : part) add_references(inner, found);
  }
}

/// Null for what refers to no component.
const OrderedJson* component_of(const OrderedJson& document, std::string_view reference) {
  if (!reference.starts_with(kComponents)) return nullptr;
  const OrderedJson::json_pointer pointer(std::string(reference.substr(1)));
  return document.contains(pointer) ? &document.at(pointer) : nullptr;
}

std::set<std::string> used_components(const OrderedJson& document) {
  std::set<std::string> used;
  std::vector<std::string> to_visit;
  add_references(document.at("paths"), to_visit);
  while (!to_visit.empty()) {
    const std::string reference = std::move(to_visit.back());
    to_visit.pop_back();
    if (!used.insert(reference).second) continue;
    const OrderedJson* component = component_of(document, reference);
    if (component != nullptr) add_references(*component, to_visit);
  }
  return used;
}

void keep_used_tags(OrderedJson& document) {
  std::set<std::string> used;
  for (const OrderedJson& operations : document.at("paths")) {
    for (const OrderedJson& operation : operations) {
      for (const OrderedJson& tag : operation.at("tags")) used.insert(tag);
    }
  }
  OrderedJson tags = OrderedJson::array();
  for (OrderedJson& tag : document.at("tags")) {
    if (used.contains(tag.at("name"))) tags.push_back(std::move(tag));
  }
  document["tags"] = std::move(tags);
}

}  // namespace

std::string ComponentNames::claim(std::string_view wanted) {
  std::string name(wanted);
  std::ranges::replace_if(
      name, [](char c) { return !is_allowed(c); }, '_');
  std::string free = name;
  for (int i = 2; !claimed_.insert(free).second; ++i) free = name + "_" + std::to_string(i);
  return free;
}

void keep_used_components(OrderedJson& document) {
  const std::set<std::string> used = used_components(document);
  OrderedJson kept = OrderedJson::object();
  for (auto& [kind, components] : document.at("components").items()) {
    for (auto& [name, component] : components.items()) {
      // Security schemes are named, not referred to.
      const std::string reference = std::string(kComponents).append(kind).append("/").append(name);
      if (kind == "securitySchemes" || used.contains(reference)) {
        kept[kind][name] = std::move(component);
      }
    }
  }
  document["components"] = std::move(kept);
  keep_used_tags(document);
}

}  // namespace mlserve::server
