#include "server/open_inference_repository.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "features/json_document.hpp"
#include "features/json_row_builder.hpp"
#include "server/collected_body.hpp"
#include "server/error_shape.hpp"
#include "server/model_state.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxBodyBytes = std::size_t{64} << 10;

/// The object that is the body, if there is one: it may be empty.
bool read_members(std::string_view body, features::JsonDocument& document, dom::object& members) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return false;
  const dom::element value = document.read(body);
  if (value.get(members) == simdjson::SUCCESS) return true;
  throw Refusal(400,
                "the body is " + std::string(features::type_in_words(value)) + ", not an object");
}

/// Whether the body of an index asks for nothing but what is ready.
bool wants_ready_only(std::string_view body) {
  features::JsonDocument document;
  dom::object members;
  dom::element ready;
  if (!read_members(body, document, members)) return false;
  if (members["ready"].get(ready) != simdjson::SUCCESS || ready.is_null()) return false;
  bool is_wanted = false;
  if (ready.get(is_wanted) == simdjson::SUCCESS) return is_wanted;
  throw Refusal(400,
                "'ready' is " + std::string(features::type_in_words(ready)) + ", not a boolean");
}

/// Triton's clients may send a model along, or its configuration; that must not pass unseen.
void refuse_parameters(std::string_view body) {
  features::JsonDocument document;
  dom::object members;
  dom::object parameters;
  if (!read_members(body, document, members)) return;
  if (members["parameters"].get(parameters) != simdjson::SUCCESS) return;
  for (const auto parameter : parameters) {
    throw Refusal(400, "the parameter '" + shown(parameter.key) +
                           "' is not taken here: a model is loaded as its source has it");
  }
}

Response answer_index(const ModelRegistry& models, const Request& request) {
  const bool ready_only = wants_ready_only(request.body);
  Response response;
  response.content_type = "application/json";
  data::JsonWriter json(response.body);
  json.begin_array();
  for (const ModelState& model : models.states()) {
    if (ready_only && model.state != LoadState::ready) continue;
    json.begin_object().key("name").string(model.name).key("version").string(model.version);
    json.key("state").string(ascii_upper(load_state_name(model.state)));
    json.key("reason").string(model.reason).end_object();
  }
  json.end_array();
  response.body += '\n';
  return response;
}

/// What `work` answers; the protocol has 400 for whatever goes wrong.
template <class Work>
Response answering(Work&& work) {
  try {
    return work();
  } catch (const Refusal& error) {
    return error_in_shape(ErrorShape::error_member, error);
  } catch (const Error& error) {
    return error_in_shape(ErrorShape::error_member, 400, "", error.what());
  }
}

/// Reads files, or asks the store: a stream handler may wait.
Route change(const std::string& action, StreamHandler handler) {
  return {
      "POST",      "/v2/repository/models/{name}/" + action, {}, std::move(handler), kMaxBodyBytes,
      Scope::admin};
}

std::string model_of(const Request& request) { return std::string(request.path_value("name")); }

}  // namespace

std::vector<Route> open_inference_repository_routes(ModelRegistry& models) {
  const auto index = [&models](const Request& request) {
    return answering([&] { return answer_index(models, request); });
  };
  const auto load = [&models](const Request& request, BodyReader& body) {
    return answering([&] {
      std::string text;
      collect(body, kMaxBodyBytes, text);
      refuse_parameters(text);
      models.load(model_of(request));
      return Response{};
    });
  };
  // What a client may say of dependent models makes no difference: there are none.
  const auto unload = [&models](const Request& request, BodyReader&) {
    return answering([&] {
      models.unload(model_of(request));
      return Response{};
    });
  };
  return {{"POST", "/v2/repository/index", index, {}, kMaxBodyBytes, Scope::admin},
          change("load", load),
          change("unload", unload)};
}

}  // namespace mlserve::server
