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

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// An empty segment is no value: "/models//predict" has no model.
bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool same = is_parameter(pattern[i]) ? !segments[i].empty() : pattern[i] == segments[i];
    if (!same) return false;
  }
  return true;
}

std::vector<std::pair<std::string, std::string>> parameters(
    const std::vector<std::string>& pattern, const std::vector<std::string_view>& segments) {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_parameter(pattern[i])) {
      found.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), segments[i]);
    }
  }
  return found;
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
    for_each_segment(route.pattern, [&](std::string_view s) { pattern.segments.emplace_back(s); });
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
    if (!fits(pattern.segments, segments)) continue;
    if (serves(*pattern.route, method)) {
      return {pattern.route, parameters(pattern.segments, segments), {}};
    }
    add_allowed(match.allow, *pattern.route);
  }
  return match;
}

}  // namespace mlserve::server
