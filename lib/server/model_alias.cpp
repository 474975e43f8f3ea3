#include "server/model_alias.hpp"

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/text.hpp"
#include "server/model_version.hpp"

namespace mlserve::server {
namespace {

constexpr char kAt = '@';
constexpr int kMaxDepth = 1;

[[noreturn]] void refuse(std::string_view name, std::string_view target) {
  throw Error(ErrorKind::invalid_argument,
              "\"" + shown(name) + "=" + shown(target) +
                  "\" is none of NAME=MODEL, NAME=MODEL@VERSION and MODEL@LABEL=VERSION");
}

ModelAlias make_alias(std::string_view name, std::string_view target) {
  const std::size_t label = name.find(kAt);
  const std::size_t version = target.find(kAt);
  ModelAlias alias{std::string(name), {}, {}};
  if (label != std::string_view::npos) {
    if (label + 1 == name.size() || version != std::string_view::npos) refuse(name, target);
    alias.model = name.substr(0, label);
    alias.version = normal_version(target);
  } else {
    alias.model = target.substr(0, version);
    if (version != std::string_view::npos) {
      alias.version = normal_version(target.substr(version + 1));
      if (alias.version.empty()) refuse(name, target);
    }
  }
  if (name.empty() || alias.model.empty() || target.empty()) refuse(name, target);
  return alias;
}

}  // namespace

std::string label_name(std::string_view model, std::string_view label) {
  return std::string(model) + kAt + std::string(label);
}

ModelAlias parse_alias(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) refuse(text, "");
  return make_alias(text.substr(0, equals), text.substr(equals + 1));
}

std::vector<ModelAlias> parse_aliases(std::string_view text, const std::string& place) {
  const auto fail = [&](const std::string& reason) -> Error {
    return Error(ErrorKind::corrupt, place + ": " + reason);
  };
  using Json = nlohmann::json;
  const auto limit_depth = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw fail("is not an object of texts");
    return true;
  };
  std::vector<ModelAlias> aliases;
  try {
    const Json json = Json::parse(text, limit_depth);
    if (!json.is_object()) throw fail("is not an object of texts");
    for (const auto& [name, target] : json.items()) {
      aliases.push_back(make_alias(name, target.get<std::string>()));
    }
  } catch (const Json::parse_error&) {
    throw fail("is not JSON");
  } catch (const Json::exception&) {
    throw fail("is not an object of texts");
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::corrupt) throw;
    throw fail(error.what());
  }
  return aliases;
}

std::string title(const ModelAlias& alias) {
  std::string target = alias.model;
  if (!alias.version.empty()) target += kAt + alias.version;
  return "'" + shown(alias.name) + "' (" + shown(target) + ")";
}

}  // namespace mlserve::server
