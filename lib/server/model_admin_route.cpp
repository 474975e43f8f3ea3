#include "server/model_admin_route.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "model/model_file.hpp"
#include "server/job_problem.hpp"
#include "server/job_service.hpp"
#include "server/local_client.hpp"
#include "server/model_lookup.hpp"
#include "server/model_version.hpp"
#include "server/problem.hpp"

namespace mlserve::server {
namespace {

using data::JsonWriter;

constexpr std::size_t kMaxBodyBytes = std::size_t{64} << 10;

/// What a model that cannot be used becomes.
Response not_usable(const Error& error) {
  return error.kind() == ErrorKind::corrupt ? problem(409, "", error.what()) : problem(error);
}

/// Versions of the store; none without one, or when it was never used.
std::vector<store::ModelVersion> stored_versions(const Service& service, const std::string& name) {
  if (service.jobs == nullptr || !service.jobs->store().database().exists()) return {};
  return service.jobs->store().models().versions(name);
}

/// A version of the store that no state tells of. The newest that is promoted is on its way here.
ModelState waiting(const store::ModelVersion& stored, std::int64_t newest_promoted) {
  ModelState state;
  state.name = stored.name;
  state.version = std::to_string(stored.version);
  state.checksum = stored.checksum;
  state.source = "the store";
  if (stored.version == newest_promoted) {
    state.state = LoadState::loading;
  } else {
    state.reason = stored.promoted ? "a newer version serves" : "not promoted";
  }
  return state;
}

/// Of the registry and of the store, the newest first.
std::vector<ModelState> known_versions(const ModelRegistry& models,
                                       const std::vector<store::ModelVersion>& stored,
                                       const std::string& name) {
  std::vector<ModelState> states = models.states(name);
  std::int64_t newest_promoted = 0;
  for (const store::ModelVersion& version : stored) {
    if (version.promoted) newest_promoted = std::max(newest_promoted, version.version);
  }
  for (const store::ModelVersion& version : stored) {
    const std::string number = std::to_string(version.version);
    const auto known = std::ranges::find_if(states, [&](const ModelState& state) {
      return state.version == number && state.source == "the store";
    });
    if (known == states.end()) {
      states.push_back(waiting(version, newest_promoted));
    } else {
      known->checksum = version.checksum;  // whether it is served or not
    }
  }
  std::ranges::stable_sort(states, [](const ModelState& a, const ModelState& b) {
    return is_newer(a.version, b.version);
  });
  return states;
}

void write_state(JsonWriter& json, const ModelState& state, bool with_details) {
  json.begin_object().key("version").string(state.version);
  json.key("state").string(load_state_name(state.state));
  if (!state.checksum.empty()) json.key("checksum").string("sha256:" + state.checksum);
  if (with_details && !state.source.empty()) json.key("source").string(state.source);
  if (with_details && !state.reason.empty()) json.key("reason").string(state.reason);
  json.end_object();
}

/// One request about the versions of a model.
class VersionsRequest {
 public:
  VersionsRequest(Service& service, const Request& request)
      : service_(service),
        models_(service.models),
        request_(request),
        name_(request.path_value("name")) {}

  Response list() {
    if (const auto served = models_.find(name_)) name_ = served->name();
    return versions_json();
  }

  Response load() {
    try {
      models_.load(name_);
    } catch (const Error& error) {
      return not_usable(error);
    }
    return versions_json();
  }

  // The store goes first: were the model taken off here before, its news could bring it back.
  Response remove() {
    const bool stored = !stored_versions(service_, name_).empty();
    if (stored) service_.jobs->store().models().withdraw(name_);
    try {
      models_.unload(name_);
    } catch (const Error& error) {
      if (!stored) return problem(error);
    }
    return {204, {}, {}, {}};
  }

  // What cannot be used is not promoted: all servers would try it.
  Response promote() {
    const std::string_view text = request_.path_value("version");
    const auto number = parse_integer(text);
    const auto stored = stored_versions(service_, name_);
    const auto version = std::ranges::find_if(
        stored, [&](const store::ModelVersion& one) { return one.version == number; });
    if (version == stored.end()) {
      return problem(404, "",
                     "no version '" + shown(text) + "' of model '" + shown(name_) +
                         "' in the store; GET /models/{name}/versions lists them");
    }
    try {
      model::from_text(service_.jobs->store().models().text(version->checksum),
                       "version " + std::to_string(version->version));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::corrupt) return not_usable(error);
      throw;
    }
    service_.jobs->store().models().promote(name_, version->version);
    return load();
  }

 private:
  Response versions_json() {
    const std::vector<ModelState> states =
        known_versions(models_, stored_versions(service_, name_), name_);
    if (states.empty()) return no_model(ErrorShape::problem_details, service_, request_);
    Response response;
    response.content_type = "application/json";
    JsonWriter json(response.body);
    json.begin_object().key("name").string(name_).key("serving");
    const auto serving = models_.find(name_);
    serving ? json.string(serving->version()) : json.null();
    json.key("versions").begin_array();
    for (const ModelState& state : states) write_state(json, state, may_see_details(request_));
    json.end_array().end_object();
    response.body += '\n';
    return response;
  }

  Service& service_;
  ModelRegistry& models_;
  const Request& request_;
  std::string name_;
};

Response reload(ModelRegistry& models) {
  if (models.reload()) {
    Response response;
    response.content_type = "application/json";
    JsonWriter(response.body).begin_object().key("status").string("reloaded").end_object();
    response.body += '\n';
    return response;
  }
  std::string detail = "not all models could be used; what was served goes on:";
  for (const ModelState& state : models.states()) {
    if (state.failed) detail += " " + state.reason + ";";
  }
  for (const SourceState& source : models.sources()) {
    if (!source.problem.empty()) detail += " " + source.problem + ";";
  }
  detail.pop_back();
  return problem(409, "", detail);
}

/// A stream handler may wait, for files and for the store. What a client sends along does not
/// matter.
Route waiting_route(Service& service, Scope scope, std::string method, std::string pattern,
                    std::function<Response(const Request&)> work) {
  const auto handler = [&service, work = std::move(work)](const Request& request, BodyReader&) {
    if (service.jobs == nullptr) return work(request);
    return answer_with_store(*service.jobs, [&] { return work(request); });
  };
  return {std::move(method), std::move(pattern), {}, handler, kMaxBodyBytes, scope};
}

}  // namespace

std::vector<Route> model_admin_routes(Service& service) {
  const auto about_versions = [&service](Response (VersionsRequest::*answer)()) {
    return [&service, answer](const Request& request) {
      return (VersionsRequest(service, request).*answer)();
    };
  };
  return {
      waiting_route(service, Scope::any, "GET", "/models/{name}/versions",
                    about_versions(&VersionsRequest::list)),
      waiting_route(service, Scope::admin, "POST", "/models/{name}/load",
                    about_versions(&VersionsRequest::load)),
      waiting_route(service, Scope::admin, "DELETE", "/models/{name}",
                    about_versions(&VersionsRequest::remove)),
      waiting_route(service, Scope::admin, "POST", "/models/{name}/versions/{version}/promote",
                    about_versions(&VersionsRequest::promote)),
      waiting_route(service, Scope::admin, "POST", "/-/reload",
                    [&service](const Request&) { return reload(service.models); }),
  };
}

}  // namespace mlserve::server
