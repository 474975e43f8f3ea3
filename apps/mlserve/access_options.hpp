#pragma once

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/log.hpp"
#include "server/key_ring.hpp"

namespace mlserve::app {

/// Who may ask a server, and what others learn from it.
struct AccessOptions {
  std::string keys;  ///< file; empty: no keys
  std::vector<std::string> cors_origins;
  bool redact = false;
};

void add_access_options(CLI::App& app, AccessOptions& options);

/// The keys of the file; null without one. Throws as KeyRing.
std::unique_ptr<server::KeyRing> open_keys(const AccessOptions& options);

/// Reads the key file again, if it is there and has changed or `always`; the log says what came of
/// it.
void refresh_keys(server::KeyRing* keys, bool always, Log& log);

}  // namespace mlserve::app
