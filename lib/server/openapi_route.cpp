#include "server/openapi_route.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/sha256.hpp"
#include "server/docs_page.hpp"
#include "server/etag.hpp"
#include "server/openapi.hpp"

namespace mlserve::server {
namespace {

OpenApiModels models_of(const Service& service) {
  const ModelRegistry& registry = service.models;
  OpenApiModels models;
  models.default_model = registry.default_model();
  for (ModelRegistry::Handle& served : registry.all())
    models.entries.push_back({std::move(served)});
  std::ranges::sort(models.entries, {},
                    [](const auto& entry) -> const std::string& { return entry.served->name(); });
  return models;
}

/// What the document depends on.
std::string identity(const OpenApiModels& models) {
  std::string text;
  for (const auto& [served, serving] : models.entries) {
    text += served->name() + '\n' + served->version() + '\n' + served->model().checksum;
    text += serving ? " serving" : "";
    text += served == models.default_model ? " default\n" : "\n";
  }
  return text;
}

/// The document of the models that there were last.
class OpenApiSource {
 public:
  OpenApiSource(const Service& service, const std::vector<Route>& routes, OpenApiOptions options)
      : service_(service), api_(routes, options) {}

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
    const OpenApiModels models = models_of(service_);
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
  std::vector<Route> routes = docs_routes();
  // Filled in below: it is described, too.
  routes.push_back(
      {"GET", "/openapi.json", [](const Request&) { return Response(); }, {}, 0, Scope::any});
  std::vector<Route> described = others;
  described.insert(described.end(), routes.begin(), routes.end());
  auto source = std::make_shared<OpenApiSource>(
      service, described,
      OpenApiOptions{options.allow_training, options.admin, options.api_keys,
                     options.max_body_bytes, options.sync_limit});
  routes.back().handler = [source](const Request& request) { return source->answer(request); };
  return routes;
}

}  // namespace mlserve::server
