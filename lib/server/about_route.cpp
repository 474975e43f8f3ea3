#include "server/about_route.hpp"

#include <cstdint>

#include "core/version.hpp"
#include "data/json_writer.hpp"

namespace mlserve::server {

Response answer_about(const Service& service, const RouteOptions& options) {
  Response response;
  response.content_type = "application/json";
  data::JsonWriter json(response.body);
  const auto count = [&json](const char* name, std::uint64_t value) {
    json.key(name).integer(static_cast<long long>(value));
  };
  const bool has_jobs = service.jobs != nullptr;
  json.begin_object().key("version").string(kVersion);
  json.key("keys").boolean(options.api_keys).key("jobs").boolean(has_jobs);
  json.key("training").boolean(has_jobs && options.allow_training);
  json.key("admin").boolean(options.admin);
  count("sync_limit", options.sync_limit);
  count("max_body_bytes", options.max_body_bytes);
  count("max_job_bytes", has_jobs ? options.max_job_bytes : 0);
  json.end_object();
  response.body += '\n';
  return response;
}

}  // namespace mlserve::server
