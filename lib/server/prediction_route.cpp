#include "server/prediction_route.hpp"

#include <chrono>
#include <utility>

#include "server/collected_body.hpp"
#include "server/model_lookup.hpp"
#include "server/prediction_error.hpp"

namespace mlserve::server {

Route prediction_route(const Service& service, const RouteOptions& options, ErrorShape shape,
                       std::string pattern, ProtocolAnswer answer) {
  const auto answer_whole = [&service, shape, answer = std::move(answer)](const Request& request) {
    const ModelRegistry::Handle served = model_for(service, request);
    if (!served) return no_model(shape, service, request);
    try {
      return answer(request, *served);
    } catch (const Error& error) {
      return prediction_error(shape, error);
    }
  };
  const std::size_t max_body_bytes = options.max_body_bytes;
  // Of a large body, too, no worker waits for the pieces.
  const auto answer_stream = [answer_whole, max_body_bytes](const Request& request,
                                                            BodyReader& body) {
    const SteadyTime begin = std::chrono::steady_clock::now();
    Request whole = request;
    collect(body, max_body_bytes, whole.body);
    whole.deadline = deadline_after_body(request, begin);
    return answer_whole(whole);
  };
  return {"POST", std::move(pattern), answer_whole, answer_stream, max_body_bytes};
}

SteadyTime deadline_after_body(const Request& request, SteadyTime begin) {
  if (request.deadline == SteadyTime::max()) return request.deadline;
  return std::chrono::steady_clock::now() + (request.deadline - begin);
}

}  // namespace mlserve::server
