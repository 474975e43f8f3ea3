#include "mlserve/access_options.hpp"

#include "core/error.hpp"
#include "mlserve/command.hpp"

namespace mlserve::app {

void add_access_options(CLI::App& app, AccessOptions& options) {
  app.add_option("--keys", options.keys,
                 "File of API keys, made by `mlserve key`; changes are seen within seconds");
  app.add_option("--cors-origin", options.cors_origins,
                 "Origin whose pages may ask, as https://app.example; * for all (default: none)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("ORIGIN");
  app.add_flag("--redact", options.redact,
               "Errors tell nothing of the model's schema nor of the data");
}

std::unique_ptr<server::KeyRing> open_keys(const AccessOptions& options) {
  return options.keys.empty() ? nullptr : std::make_unique<server::KeyRing>(options.keys);
}

void refresh_keys(server::KeyRing* keys, bool always, Log& log) {
  if (keys == nullptr) return;
  try {
    if (always) keys->reload();
    if (always || keys->refresh()) log.info("keys read again", {{"file", keys->path()}});
  } catch (const Error& error) {
    log.error(std::string("the keys were not read again, the old ones go on: ") + error.what());
  }
}

}  // namespace mlserve::app
