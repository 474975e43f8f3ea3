#include "server/error_shape.hpp"

#include "support/catch_shim.hpp"

#include "server/refusal.hpp"

using namespace mlserve;
using namespace mlserve::server;

TEST_CASE("An error has the shape of the protocol that its path belongs to", "[server]") {
  CHECK(error_for_path("/v2/models/a", 404, "no").body == "{\"error\":\"no\"}\n");
  CHECK(error_for_path("/v1/models/a:predict", 404, "no").body == "{\"error\":\"no\"}\n");
  CHECK(error_for_path("/invocations", 400, "no").body ==
        "{\"error_code\":\"BAD_REQUEST\",\"message\":\"no\"}\n");
  CHECK(error_for_path("/ping", 503, "no").body ==
        "{\"error_code\":\"TEMPORARILY_UNAVAILABLE\",\"message\":\"no\"}\n");
  CHECK(error_for_path("/v2", 500, "no").content_type == "application/json");
  for (const char* path : {"/predict", "/v20", "/v1x/models", "/invocations/", "/"}) {
    CHECK(error_for_path(path, 404, "no").content_type == "application/problem+json");
  }
}

TEST_CASE("MLflow's 415 is plain text", "[server]") {
  const Response response = error_for_path("/invocations", 415, "send JSON");
  CHECK(response.status == 415);
  CHECK(response.content_type.starts_with("text/plain"));
  CHECK(response.body == "send JSON\n");
}

TEST_CASE("Only problem details know 422, and all list what is wrong with a body", "[server]") {
  const std::vector<BodyError> errors = {{"#/0/Age", "\"old\" is not a number"}};
  CHECK(error_in_shape(ErrorShape::problem_details, 422, "", "1 error", errors).status == 422);
  for (const ErrorShape shape : {ErrorShape::mlflow, ErrorShape::error_member}) {
    const Response response = error_in_shape(shape, 422, "", "1 error", errors);
    CHECK(response.status == 400);
    CHECK(response.body.ends_with(
        R"("errors":[{"pointer":"#/0/Age","detail":"\"old\" is not a number"}]})"
        "\n"));
  }
}

TEST_CASE("A refusal keeps its status and headers in every shape", "[server]") {
  const Refusal refusal(429, "later", {{"Retry-After", "2"}});
  const Response response = error_in_shape(ErrorShape::mlflow, refusal);
  CHECK(response.status == 429);
  CHECK(response.headers == refusal.headers());
  CHECK(response.body == "{\"error_code\":\"REQUEST_LIMIT_EXCEEDED\",\"message\":\"later\"}\n");
}
