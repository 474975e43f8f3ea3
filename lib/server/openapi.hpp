#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.hpp"
#include "server/router.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// What the document says of the server beside its routes and models.
struct OpenApiOptions {
  bool training = false;             ///< POST /models/{name} does not only refuse
  bool admin = false;                ///< the same for routes of Scope::admin
  bool keys = false;                 ///< clients show an API key
  std::size_t max_body_bytes = 0;    ///< that are answered at once
  std::size_t sync_limit = 0;        ///< rows that are answered at once
  std::string vertex_predict_route;  ///< whole path that Vertex AI chose; empty: none
  std::string vertex_health_route;   ///< the same
};

/// A model, and one way in which paths name it.
struct ModelAddress {
  std::shared_ptr<const ServedModel> served;
  std::string name;     ///< its own or an alias; "": by paths that name no model, as /predict
  std::string version;  ///< "" where the path names none
  std::string label;    ///< the same
};

/// Writes the OpenAPI 3.1 document of a server: openapi.json, which holds what does not depend on a
/// model, and the operations and schemas of openapi_models.json for each model.
///
/// Of both there is what the table of routes has; so nothing is told that would not be answered.
/// Immutable; `document` may run on several threads at once.
class OpenApi {
 public:
  OpenApi(const std::vector<Route>& routes, OpenApiOptions options);

  /// The same models give the same text. What is common to the addresses of a model is named after
  /// it and its first address. Takes some milliseconds a model.
  std::string document(const std::vector<ModelAddress>& models) const;

 private:
  class Writer;

  Router router_;
  OpenApiOptions options_;
};

}  // namespace mlserve::server
