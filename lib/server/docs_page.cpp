#include "server/docs_page.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "core/sha256.hpp"
#include "server/docs.css.hpp"
#include "server/docs.html.hpp"
#include "server/docs.js.hpp"
#include "server/etag.hpp"

namespace mlserve::server {
namespace {

/// Only what this server sends is run, shown or asked. The icon is an empty one.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

Route file(std::string pattern, std::string content_type, std::string_view content) {
  const std::string etag = "\"" + sha256_hex(content) + "\"";
  const auto answer = [content_type = std::move(content_type), content,
                       etag](const Request& request) {
    Response response;
    response.headers = {{"ETag", etag},
                        {"Cache-Control", "no-cache"},
                        {"Content-Security-Policy", kContentSecurityPolicy},
                        {"X-Content-Type-Options", "nosniff"},
                        {"X-Frame-Options", "DENY"},
                        {"Referrer-Policy", "no-referrer"}};
    if (has_current(request, etag)) {
      response.status = 304;
      return response;
    }
    response.content_type = content_type;
    response.body = content;
    return response;
  };
  return {"GET", std::move(pattern), answer, {}, 0, Scope::none};
}

}  // namespace

std::vector<Route> docs_routes() {
  return {file("/docs", "text/html; charset=utf-8", kDocsHtml),
          file("/docs/docs.css", "text/css; charset=utf-8", kDocsCss),
          file("/docs/docs.js", "text/javascript; charset=utf-8", kDocsJs)};
}

}  // namespace mlserve::server
