#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/http.hpp"

namespace mlserve::server {

/// What the table says about one method and path.
struct RouteMatch {
  const Route* route = nullptr;
  std::vector<std::pair<std::string, std::string>> path_parameters;
  std::string allow;  ///< when `route` is null: the path's methods ("GET, HEAD"), "" for no path
};

/// The table of routes: whole paths in a hash table first, then patterns in their order.
/// Immutable; `match` may run on several threads at once.
class Router {
 public:
  /// Throws Error(internal) for a route without a handler.
  explicit Router(std::vector<Route> routes);

  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  /// The route of `path` (decoded, so a segment cannot hold a slash). HEAD finds GET's route.
  RouteMatch match(std::string_view method, std::string_view path) const;

 private:
  struct Segment {
    std::string parameter;  ///< "name" of "{name}:predict"; "" for a segment that is all text
    std::string text;       ///< what follows the parameter, or the whole segment
  };
  struct Pattern {
    std::vector<Segment> segments;
    const Route* route;
  };
  static Segment parse_segment(std::string_view segment);
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  static bool fits(const Pattern& pattern, const std::vector<std::string_view>& segments);
  static Parameters parameters(const Pattern& pattern,
                               const std::vector<std::string_view>& segments);

  struct PathHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view path) const {
      return std::hash<std::string_view>()(path);
    }
  };

  std::vector<Route> routes_;
  std::unordered_map<std::string, std::vector<const Route*>, PathHash, std::equal_to<>> exact_;
  std::vector<Pattern> patterns_;
};

}  // namespace mlserve::server
