#include "server/error_shape.hpp"

#include <array>
#include <utility>

#include "data/json_writer.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

/// Whether `path` is `root` or below it.
bool is_under(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

/// MLflow's names of the statuses that we answer with.
std::string_view mlflow_code(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 8> kCodes = {
      {{401, "UNAUTHENTICATED"},
       {403, "PERMISSION_DENIED"},
       {404, "RESOURCE_DOES_NOT_EXIST"},
       {405, "ENDPOINT_NOT_FOUND"},
       {429, "REQUEST_LIMIT_EXCEEDED"},
       {500, "INTERNAL_ERROR"},
       {503, "TEMPORARILY_UNAVAILABLE"},
       {504, "DEADLINE_EXCEEDED"}}};
  for (const auto& [known, code] : kCodes) {
    if (known == status) return code;
  }
  return "BAD_REQUEST";
}

Response plain_text(int status, std::string_view detail) {
  return {status, "text/plain; charset=utf-8", std::string(detail) + "\n", {}};
}

}  // namespace

ErrorShape error_shape_of(std::string_view path) {
  if (is_under(path, "/v1") || is_under(path, "/v2")) return ErrorShape::error_member;
  for (const std::string_view mlflow : {"/invocations", "/ping", "/health", "/version"}) {
    if (path == mlflow) return ErrorShape::mlflow;
  }
  return ErrorShape::problem_details;
}

Response error_in_shape(ErrorShape shape, int status, std::string_view title,
                        std::string_view detail, const std::vector<BodyError>& errors) {
  if (shape == ErrorShape::problem_details) return problem(status, title, detail, errors);
  if (shape == ErrorShape::mlflow && status == 415) return plain_text(status, detail);
  Response response;
  response.status = status == 422 ? 400 : status;
  response.content_type = "application/json";
  data::JsonWriter json(response.body);
  json.begin_object();
  if (shape == ErrorShape::mlflow) {
    json.key("error_code").string(mlflow_code(response.status)).key("message").string(detail);
  } else {
    json.key("error").string(detail);
  }
  write_errors(json, errors);
  json.end_object();
  response.body += '\n';
  return response;
}

Response error_in_shape(ErrorShape shape, const Error& error) {
  const auto* const refusal = dynamic_cast<const Refusal*>(&error);
  const int status = refusal == nullptr ? http_status(error.kind()) : refusal->status();
  Response response = error_in_shape(shape, status, "", error.what());
  if (refusal != nullptr) response.headers = refusal->headers();
  return response;
}

Response error_for_path(std::string_view path, int status, const std::string& detail) {
  return error_in_shape(error_shape_of(path), status, "", detail);
}

}  // namespace mlserve::server
