#include "server/readiness.hpp"

#include <string>

#include "core/text.hpp"

namespace mlserve::server {
namespace {

/// "ready", "unavailable: models/m/2/model.json: …".
std::string detail_of(const ModelState& state) {
  std::string detail(load_state_name(state.state));
  if (!state.reason.empty()) detail += ": " + state.reason;
  return detail;
}

std::string detail_of(const AliasState& state) {
  if (!state.served) return "what it stands for is not here";
  std::string detail =
      "stands for '" + shown(state.served->name()) + "' version " + shown(state.served->version());
  if (!state.fulfilled) detail += ", for what it should stand for is not here";
  return detail;
}

}  // namespace

std::string_view why_not_ready(const Service& service) {
  if (service.draining) return "draining";
  return service.models.all().empty() ? "no model" : "";
}

std::vector<HealthCheck> health_checks(const Service& service) {
  const bool has_model = !service.models.all().empty();
  std::vector<HealthCheck> checks = {
      {"serving", !service.draining, service.draining ? "draining" : "", true},
      {"models", has_model, has_model ? "" : "no model", true}};
  for (const ModelState& state : service.models.states()) {
    checks.push_back({"model '" + shown(state.name) + "' version " + shown(state.version),
                      !state.failed, detail_of(state)});
  }
  for (const AliasState& state : service.models.aliases()) {
    checks.push_back({"alias " + title(state.wanted), state.fulfilled, detail_of(state)});
  }
  for (const SourceState& source : service.models.sources()) {
    checks.push_back({"source " + source.title, source.problem.empty(),
                      source.problem.empty() ? source.followed : source.problem});
  }
  return checks;
}

}  // namespace mlserve::server
