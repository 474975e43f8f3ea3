#include "server/access.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "server/ascii.hpp"
#include "server/error_shape.hpp"
#include "server/local_client.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

constexpr const char* kExposedHeaders =
    "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
constexpr const char* kAllowedHeaders =
    "Accept, Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-None-Match, "
    "Prefer, "
    "X-API-Key, X-Request-Id, traceparent";
constexpr const char* kPreflightSeconds = "600";

/// The key that a request shows; "" without one.
std::string_view shown_key(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = request.header("Authorization");
  if (authorization.size() > kBearer.size() &&
      equals_ignoring_case(authorization.substr(0, kBearer.size()), kBearer)) {
    return authorization.substr(kBearer.size());
  }
  return request.header("X-API-Key");
}

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

/// "http://127.0.0.1:8080" is "127.0.0.1:8080".
std::string_view authority_of(std::string_view origin) {
  const std::size_t mark = origin.find("://");
  return mark == std::string_view::npos ? origin : origin.substr(mark + 3);
}

Refusal no_key(const std::string& detail) {
  return {401, detail, {{"WWW-Authenticate", "Bearer realm=\"mlserve\""}}};
}

}  // namespace

Access::Access(AccessRules rules) : rules_(std::move(rules)) {}

void Access::check(Request& request, const Route& route) const {
  if (route.scope == Scope::none) {
    name_client(request);
    return;
  }
  check_site(request);
  if (rules_.keys != nullptr) check_key(request, route.scope);
  if (route.scope != Scope::admin) return;
  if (!rules_.admin) throw Refusal(403, "routes that change what is served are off; see --admin");
  if (rules_.keys == nullptr && !is_local(request)) {
    throw Refusal(403, "without API keys this is for clients on the same machine");
  }
}

void Access::check_site(const Request& request) const {
  const std::string_view origin = request.header("Origin");
  if (origin.empty() || !changes_something(request.method)) return;
  if (equals_ignoring_case(authority_of(origin), request.header("Host"))) return;
  if (is_allowed_origin(origin)) return;
  throw Refusal(403, "pages of another site may not send this; see --cors-origin");
}

// A probe needs no key; one that shows a good one is told more.
void Access::name_client(Request& request) const {
  const std::string_view key = shown_key(request);
  if (rules_.keys == nullptr || key.empty()) return;
  if (std::optional<ApiKey> found = rules_.keys->find(key)) request.client = std::move(found->name);
}

void Access::check_key(Request& request, Scope wanted) const {
  const std::string_view key = shown_key(request);
  if (key.empty()) throw no_key("an API key is needed: Authorization: Bearer …, or X-API-Key: …");
  std::optional<ApiKey> found = rules_.keys->find(key);
  if (!found) throw no_key("this API key is not known");
  request.client = std::move(found->name);
  if (!found->scopes.allows(wanted)) {
    throw Refusal(403, "the key of '" + request.client + "' may only: " + found->scopes.text());
  }
}

bool Access::is_allowed_origin(std::string_view origin) const {
  return std::ranges::any_of(rules_.cors_origins, [&](const std::string& allowed) {
    return allowed == "*" || equals_ignoring_case(allowed, origin);
  });
}

void Access::decorate(const RequestSummary& request, Response& response) const {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (rules_.cors_origins.empty()) return;
  response.headers.emplace_back("Vary", "Origin");
  if (request.origin.empty() || !is_allowed_origin(request.origin)) return;
  // Keys are sent by the page's own code, never by the browser: so no credentials.
  response.headers.emplace_back("Access-Control-Allow-Origin", request.origin);
  response.headers.emplace_back("Access-Control-Expose-Headers", kExposedHeaders);
}

std::vector<Route> Access::preflight_routes(const std::vector<Route>& routes) const {
  std::vector<Route> preflights;
  if (rules_.cors_origins.empty()) return preflights;
  std::map<std::string, std::string> methods;  // by pattern
  for (const Route& route : routes) {
    std::string& known = methods[route.pattern];
    known += (known.empty() ? "" : ", ") + route.method;
  }
  for (const auto& [pattern, allowed] : methods) {
    const auto answer = [allow = allowed](const Request&) {
      return Response{204,
                      "",
                      "",
                      {{"Access-Control-Allow-Methods", allow},
                       {"Access-Control-Allow-Headers", kAllowedHeaders},
                       {"Access-Control-Max-Age", kPreflightSeconds}}};
    };
    preflights.push_back({"OPTIONS", pattern, answer, {}, 0, Scope::none});
  }
  return preflights;
}

void redact(const RequestSummary& request, Response& response) {
  // Those of others say nothing of the model: no such path, too large, too many.
  constexpr std::array kTelling = {400, 404, 409, 422};
  if (std::ranges::find(kTelling, response.status) == kTelling.end()) return;
  Response plain = error_for_path(request.path, response.status, "details are not shown here");
  response.body = std::move(plain.body);
  response.content_type = std::move(plain.content_type);
}

}  // namespace mlserve::server
