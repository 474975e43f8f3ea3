#include "server/router.hpp"

#include "core/error.hpp"

namespace mlserve::server {
namespace {

template <class Visit>
void for_each_segment(std::string_view path, Visit&& visit) {
  for (;;) {
    const std::size_t slash = path.find('/');
    visit(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

bool serves(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

// A whole path and a pattern may both have the method.
void add_allowed(std::string& allow, const Route& route) {
  if (allow.find(route.method) != std::string::npos) return;
  if (!allow.empty()) allow += ", ";
  allow += route.method == "GET" ? "GET, HEAD" : route.method;
}

}  // namespace

Router::Segment Router::parse_segment(std::string_view segment) {
  const std::size_t end = segment.find('}');
  if (!segment.starts_with('{') || end == std::string_view::npos) return {"", std::string(segment)};
  return {std::string(segment.substr(1, end - 1)), std::string(segment.substr(end + 1))};
}

// An empty segment is no value: "/models//predict" has no model.
bool Router::fits(const Pattern& pattern, const std::vector<std::string_view>& segments) {
  if (pattern.segments.size() != segments.size()) return false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto& [parameter, text] = pattern.segments[i];
    const bool same = parameter.empty()
                          ? segments[i] == text
                          : segments[i].size() > text.size() && segments[i].ends_with(text);
    if (!same) return false;
  }
  return true;
}

Router::Parameters Router::parameters(const Pattern& pattern,
                                      const std::vector<std::string_view>& segments) {
  Parameters found;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto& [parameter, text] = pattern.segments[i];
    if (parameter.empty()) continue;
    found.emplace_back(parameter, segments[i].substr(0, segments[i].size() - text.size()));
  }
  return found;
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) {
    if (!route.handler && !route.stream_handler) {
      throw Error(ErrorKind::internal, route.pattern + ": a route has a handler");
    }
    if (route.pattern.find('{') == std::string::npos) {
      exact_[route.pattern].push_back(&route);
      continue;
    }
    Pattern pattern{{}, &route};
    for_each_segment(route.pattern,
                     [&](std::string_view s) { pattern.segments.push_back(parse_segment(s)); });
    patterns_.push_back(std::move(pattern));
  }
}

RouteMatch Router::match(std::string_view method, std::string_view path) const {
  RouteMatch match;
  if (const auto found = exact_.find(path); found != exact_.end()) {
    for (const Route* route : found->second) {
      if (serves(*route, method)) return {route, {}, {}};
      add_allowed(match.allow, *route);
    }
  }
  if (patterns_.empty()) return match;
  std::vector<std::string_view> segments;
  for_each_segment(path, [&](std::string_view segment) { segments.push_back(segment); });
  for (const Pattern& pattern : patterns_) {
    if (!fits(pattern, segments)) continue;
    if (serves(*pattern.route, method)) {
      return {pattern.route, parameters(pattern, segments), {}};
    }
    add_allowed(match.allow, *pattern.route);
  }
  return match;
}

}  // namespace mlserve::server
