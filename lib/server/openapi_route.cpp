#include "server/openapi_route.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/sha256.hpp"
#include "server/etag.hpp"
#include "server/openapi.hpp"
#include "server/web_page.hpp"

namespace mlserve::server {
namespace {

/// Every way in which a path may name a model now. Labels are aliases "MODEL@LABEL".
std::vector<ModelAddress> addresses(const ModelRegistry& registry) {
  std::vector<ModelAddress> found;
  if (auto served = registry.default_model()) found.push_back({std::move(served), "", "", ""});
  for (ModelRegistry::Handle& served : registry.all()) {
    const std::string& name = served->name();
    found.push_back({served, name, "", ""});
    for (ModelRegistry::Handle& version : registry.versions(name)) {
      found.push_back({version, name, version->version(), ""});
    }
  }
  for (const AliasState& state : registry.aliases()) {
    const ModelAlias& alias = state.wanted;
    if (state.served == nullptr || alias.name == alias.model) continue;
    found.push_back({state.served, alias.name, "", ""});
    const std::string label_start = alias.model + "@";
    if (alias.name.starts_with(label_start)) {
      found.push_back({state.served, alias.model, "", alias.name.substr(label_start.size())});
    }
  }
  return found;
}

/// What the document depends on.
std::string identity(const std::vector<ModelAddress>& models) {
  std::string text;
  for (const auto& [served, name, version, label] : models) {
    for (const std::string& part :
         {name, version, label, served->name(), served->version(), served->model().checksum}) {
      text += part + '\n';
    }
  }
  return text;
}

/// The document of the models that there were last.
class OpenApiSource {
 public:
  OpenApiSource(const Service& service, const std::vector<Route>& routes, OpenApiOptions options)
      : service_(service), api_(routes, std::move(options)) {}

  Response answer(const Request& request) {
    const std::shared_ptr<const Text> text = current();
    Response response;
    response.headers = {{"ETag", text->etag}, {"Cache-Control", "no-cache"}};
    if (has_current(request, text->etag)) {
      response.status = 304;
      return response;
    }
    response.content_type = "application/json";
    response.body = text->json;
    return response;
  }

 private:
  struct Text {
    std::string identity;
    std::string json;
    std::string etag;
  };

  std::shared_ptr<const Text> current() {
    const std::vector<ModelAddress> models = addresses(service_.models);
    const std::string wanted = identity(models);
    {
      const std::lock_guard lock(mutex_);
      if (text_ != nullptr && text_->identity == wanted) return text_;
    }
    std::string json = api_.document(models);
    const std::string etag = "\"" + sha256_hex(json) + "\"";
    auto fresh = std::make_shared<const Text>(Text{wanted, std::move(json), etag});
    const std::lock_guard lock(mutex_);
    text_ = fresh;
    return fresh;
  }

  const Service& service_;
  const OpenApi api_;
  std::mutex mutex_;  ///< guards text_; never held while a document is written
  std::shared_ptr<const Text> text_;
};

}  // namespace

std::vector<Route> openapi_routes(const Service& service, const RouteOptions& options,
                                  const std::vector<Route>& others) {
  std::vector<Route> routes = web_routes();
  // Filled in below: it is described, too.
  routes.push_back(
      {"GET", "/openapi.json", [](const Request&) { return Response(); }, {}, 0, Scope::any});
  std::vector<Route> described = others;
  described.insert(described.end(), routes.begin(), routes.end());
  auto source = std::make_shared<OpenApiSource>(
      service, described,
      OpenApiOptions{options.allow_training, options.admin, options.api_keys,
                     options.max_body_bytes, options.sync_limit, options.vertex_predict_route,
                     options.vertex_health_route});
  routes.back().handler = [source](const Request& request) { return source->answer(request); };
  return routes;
}

}  // namespace mlserve::server
