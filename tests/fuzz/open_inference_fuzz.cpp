// The body of a request to infer, as anyone may send it. Whatever it is, the answer is JSON: with
// as many values as its shapes say, or with the reason why there are none.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <simdjson.h>

#include "core/error.hpp"
#include "server/open_inference_infer.hpp"
#include "server/prediction_error.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;
namespace dom = simdjson::dom;

constexpr std::size_t kMaxRows = 100;

void require(bool holds) {
  if (!holds) std::abort();
}

model::Model all_kinds() {
  return testing::make_model(
      {testing::number("Age", 0, 90), testing::boolean("Flag"),
       testing::categories("Sex", {"1", "female", "male", "true"}),
       testing::text("Note", {"and", "cabin", "the"}), testing::date("When")},
      {"Survived", features::TargetType::string, {"no", "yes", "yes \"x\""}, {3, 2, 1}});
}

server::Response answer(const server::Request& request, const server::ServedModel& served) {
  try {
    return server::open_inference::infer(request, served, kMaxRows);
  } catch (const Error& error) {
    return server::prediction_error(server::ErrorShape::error_member, error);
  }
}

/// The list `name` of an answer.
dom::array list(dom::element object, const char* name) { return object[name].get_array().value(); }

void check_output(dom::element output) {
  std::uint64_t values = 1;
  for (const dom::element dimension : list(output, "shape"))
    values *= dimension.get_uint64().value();
  std::uint64_t found = 0;
  for (const dom::element value : list(output, "data")) {
    require(!value.is_array() && !value.is_object());
    ++found;
  }
  require(found == values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const server::ServedModel served("m", "1", all_kinds());
  static dom::parser parser;
  server::Request request{"POST", "/v2/models/m/infer", {}, {}, {}, {}, {}};
  request.body.assign(reinterpret_cast<const char*>(data), size);
  const server::Response response = answer(request, served);
  const dom::element body = parser.parse(response.body).value();
  if (response.status == 200) {
    for (const dom::element output : list(body, "outputs")) check_output(output);
  } else {
    require(response.status == 400 || response.status == 413);
    require(body["error"].is_string());
  }
  return 0;
}
