#include "server/train_route.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/csv_reader.hpp"
#include "data/input.hpp"
#include "jobs/parameters.hpp"
#include "pipeline/describe.hpp"
#include "pipeline/resolve_options.hpp"
#include "pipeline/training_data.hpp"
#include "server/collected_body.hpp"
#include "server/job_problem.hpp"
#include "server/job_submission.hpp"
#include "server/media_type.hpp"
#include "server/offload.hpp"
#include "server/problem.hpp"
#include "server/query.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

constexpr std::string_view kPromote = "promote";
constexpr std::size_t kMaxNameBytes = 100;

bool is_model_name(std::string_view name) {
  const auto fits = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '.' &&
         std::ranges::all_of(name, fits);
}

void require_csv(const Request& request) {
  const std::string_view type = request.header("Content-Type");
  if (type.empty() || body_format(type) == pipeline::FileFormat::csv) return;
  throw Refusal(415, "send text/csv, in UTF-8");
}

bool is_utf8(std::string_view text) { return find_invalid_utf8(text) == std::string::npos; }

void require_utf8(const std::string& name, const std::string& value) {
  if (is_utf8(name) && is_utf8(value)) return;
  throw Error(ErrorKind::invalid_argument,
              "?" + shown(name) + "=" + shown(value) + " is not UTF-8");
}

jobs::TrainParameters train_parameters(const Request& request) {
  jobs::TrainParameters parameters;
  parameters.promote = query_flag(request, kPromote, true);
  for (const auto& [name, value] : request.query) {
    require_utf8(name, value);
    if (name != kPromote) parameters.options.emplace_back(name, value);
  }
  return parameters;
}

JobOrder train_order(const RouteOptions& options, const Request& request) {
  if (!options.allow_training) {
    throw Refusal(403, "this server does not train; start it with --allow-training");
  }
  const std::string_view name = request.path_value("name");
  if (!is_model_name(name)) {
    throw Error(ErrorKind::invalid_argument,
                "'" + shown(name) +
                    "' is no name for a model: up to 100 letters, digits, '.', '_' and '-', "
                    "no '.' first");
  }
  require_csv(request);
  const jobs::TrainParameters parameters = train_parameters(request);
  jobs::train_options(parameters);  // throws
  return {std::string(jobs::kTrain), std::string(name), nullptr, jobs::to_json(parameters)};
}

Response submit_train(const Service& service, const RouteOptions& options, const Request& request,
                      BodyReader& body) {
  return answer_with_store(*service.jobs, [&] {
    return submit_job(*service.jobs, options.queue, request, train_order(options, request), body);
  });
}

/// The columns alone where no target is known: then there is nothing to infer for.
std::string schema_json(const data::Input& input, const pipeline::TrainOptions& options) {
  const data::CsvReader csv(input.open(), input.name, options.csv);
  return pipeline::has_target(options, csv.header())
             ? pipeline::schema_json(pipeline::infer_files({input}, options))
             : pipeline::columns_json(csv.header());
}

Response schema_of(const Request& request, std::string_view body) {
  try {
    require_csv(request);
    const pipeline::TrainOptions options = jobs::train_options(train_parameters(request));
    const data::Input input{"body", [body] { return data::memory_source(body); }, true,
                            body.size()};
    Response response;
    response.content_type = "application/json";
    response.body = schema_json(input, options);
    return response;
  } catch (const Error& error) {
    return problem(error);
  }
}

}  // namespace

Outcome train_collected(const Service& service, const RouteOptions& options, Request request) {
  return offload(service.jobs->executor(), std::move(request),
                 [&service, options](const Request& posted) {
                   CollectedBody body(posted.body);
                   return submit_train(service, options, posted, body);
                 });
}

Response train_streamed(const Service& service, const RouteOptions& options, const Request& request,
                        BodyReader& body) {
  return submit_train(service, options, request, body);
}

Response answer_schema(const Request& request, BodyReader& body) {
  std::string csv;
  collect(body, std::string::npos, csv);  // the route's limit ends it
  return schema_of(request, csv);
}

}  // namespace mlserve::server
