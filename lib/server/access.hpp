#pragma once

#include <string>
#include <vector>

#include "server/hooks.hpp"
#include "server/http.hpp"
#include "server/key_ring.hpp"

namespace mlserve::server {

struct AccessRules {
  const KeyRing* keys = nullptr;          ///< borrowed; null: no keys are asked for
  bool admin = false;                     ///< routes of Scope::admin are there for whoever may
  std::vector<std::string> cors_origins;  ///< "https://app.example", or "*" for all; none: no CORS
};

/// Who may ask what. Immutable but for the keys; all calls may run at once.
///
/// With keys, a request shows one as `Authorization: Bearer KEY` or `X-API-Key: KEY`, and its
/// scopes must allow the route. Without keys everything is open to who can reach the server, but
/// for admin routes, which are open to local clients alone.
class Access {
 public:
  explicit Access(AccessRules rules);

  /// Sets Request::client. Throws Refusal: 401 without a good key, 403 for a key that may not, for
  /// admin routes that are off, and for a page of another site that would change something: a
  /// browser sends such requests without asking (CSRF), even to servers on loopback.
  void check(Request& request, const Route& route) const;

  /// Lets pages of the allowed origins read the answer (CORS), and browsers take no content for
  /// another type than it is.
  void decorate(const RequestSummary& request, Response& response) const;

  /// One OPTIONS route a pattern of `routes`, with which browsers ask before they send; none
  /// without CORS.
  std::vector<Route> preflight_routes(const std::vector<Route>& routes) const;

 private:
  bool is_allowed_origin(std::string_view origin) const;
  void check_site(const Request& request) const;
  void check_key(Request& request, Scope wanted) const;
  void name_client(Request& request) const;

  AccessRules rules_;
};

/// Takes from an error of the client what it tells of the model and of the data, but for status and
/// headers: for servers whose schema is nobody's business.
void redact(const RequestSummary& request, Response& response);

}  // namespace mlserve::server
