#include "server/web_page.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/embedded_file.hpp"
#include "server/etag.hpp"
#include "server/web_files.hpp"

namespace mlserve::server {
namespace {

/// Only what this server sends is run, shown or asked. The icon is an empty one.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string content_type(std::string_view name) {
  static const std::map<std::string_view, std::string> types = {
      {".css", "text/css; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"}};
  return types.at(name.substr(name.rfind('.')));
}

/// The pages have addresses that people type.
std::string pattern(std::string_view name) {
  if (name == "index.html") return "/";
  if (name == "docs.html") return "/docs";
  return "/web/" + std::string(name);
}

/// A browser asks each time whether the file is still the same: a page never has files of two
/// versions of this program for longer than a reload.
Route route_to(const EmbeddedFile& file) {
  const auto answer = [type = content_type(file.name), content = file.content,
                       etag = '"' + std::string(file.sha256) + '"'](const Request& request) {
    Response response;
    response.headers = {{"ETag", etag},
                        {"Cache-Control", "no-cache"},
                        {"Content-Security-Policy", kContentSecurityPolicy},
                        {"X-Frame-Options", "DENY"},
                        {"Referrer-Policy", "no-referrer"}};
    if (has_current(request, etag)) {
      response.status = 304;
      return response;
    }
    response.content_type = type;
    response.body = content;
    return response;
  };
  return {"GET", pattern(file.name), answer, {}, 0, Scope::none};
}

}  // namespace

std::vector<Route> web_routes() {
  std::vector<Route> routes;
  for (const EmbeddedFile& file : kWebFiles) routes.push_back(route_to(file));
  return routes;
}

}  // namespace mlserve::server
