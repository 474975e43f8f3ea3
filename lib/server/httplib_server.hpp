#pragma once

#include <memory>
#include <string>

#include "core/descriptor.hpp"
#include "server/framing.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// What we use of cpp-httplib, behind a wall: its header defines macros that break others, and
/// its signatures differ from release to release. A class derived from httplib::Server binds
/// addresses and reads request lines.
class HttplibServer {
 public:
  HttplibServer();
  ~HttplibServer();

  HttplibServer(const HttplibServer&) = delete;
  HttplibServer& operator=(const HttplibServer&) = delete;

  /// A TCP socket on that address; port 0 is any free one. Throws Error(unavailable) naming it.
  Descriptor bind(const std::string& host, int port);

  /// Sets method, path (decoded) and query from `head`. False if httplib refuses the line, as it
  /// does with methods it does not know. May run on several threads at once.
  bool parse_target(const RequestHead& head, Request& request);

 private:
  class Derived;
  std::unique_ptr<Derived> derived_;
};

}  // namespace mlserve::server
