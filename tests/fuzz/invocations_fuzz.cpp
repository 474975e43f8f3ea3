// Bodies for MLflow's /invocations and for TensorFlow Serving's verbs, as anyone may send them: the
// first byte says which (a digit in the seeds), the others are the body. Whatever it is, the answer
// is JSON, with what the protocol promises or with the reason why not; records mean what they mean
// to POST /predict.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <simdjson.h>

#include "server/router.hpp"
#include "server/routes.hpp"
#include "server/service.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;
namespace dom = simdjson::dom;

struct Question {
  const char* path;
  const char* content_type;
  const char* answer;  ///< the member that holds the predictions, or one of two
  const char* other_answer = nullptr;
};

constexpr std::array<Question, 6> kQuestions = {
    {{"/invocations", "application/json", "predictions"},
     {"/invocations", "text/csv", "predictions"},
     {"/v1/models/m:predict", "application/json", "predictions", "outputs"},
     {"/v1/models/m:classify", "application/json", "results"},
     {"/v1/models/m:regress", "application/json", "results"},
     {"/predict", "application/json", "prediction"}}};

void require(bool holds) {
  if (!holds) std::abort();
}

class Site {
 public:
  Site() {
    service_.models.put(std::make_shared<const server::ServedModel>(
        "m", "1",
        testing::make_model({testing::number("Age", 0, 90), testing::boolean("Flag"),
                             testing::categories("Sex", {"1", "female", "male", "true"}),
                             testing::text("Note", {"and", "cabin", "the"}), testing::date("When")},
                            {"Survived", features::TargetType::integer, {"0", "1"}, {3, 2}})));
  }

  server::Response ask(const Question& question, std::string_view body) {
    server::Request request{"POST", question.path, {}, {}, {}, std::string(body), {}};
    request.headers.emplace_back("Content-Type", question.content_type);
    const server::RouteMatch match = router_.match(request.method, request.path);
    request.path_parameters = match.path_parameters;
    return std::get<server::Response>(match.route->handler(std::move(request)));
  }

  /// The predictions, as JSON; "" when there are none.
  std::string predictions(const Question& question, std::string_view body) {
    const server::Response response = ask(question, body);
    const dom::element answer = parser_.parse(response.body).value();
    if (response.status != 200) {
      require(response.status == 400 || response.status == 413 || response.status == 422);
      require(answer.is_object());
      return "";
    }
    dom::element found;
    if (answer[question.answer].get(found) != simdjson::SUCCESS) {
      require(question.other_answer != nullptr);
      found = answer[question.other_answer].value();
    }
    return simdjson::minify(found);
  }

 private:
  static server::RouteOptions options() {
    server::RouteOptions options;
    options.sync_limit = 100;
    return options;
  }

  server::Service service_;
  server::Router router_{server::make_routes(service_, options())};
  dom::parser parser_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Site site;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Question& question = kQuestions[data[0] % kQuestions.size()];
  const std::string predictions = site.predictions(question, body);
  const bool is_native = &question == &kQuestions.back();
  if (!is_native || !body.starts_with('[')) return 0;
  const std::string records = "{\"dataframe_records\":" + std::string(body) + "}";
  const std::string others = site.predictions(kQuestions.front(), records);
  if (!predictions.empty() && !others.empty()) require(predictions == others);
  return 0;
}
