#include "server/problem.hpp"

#include "server/percent_encoding.hpp"
#include "server/refusal.hpp"
#include "server/response_writer.hpp"

namespace mlserve::server {
namespace {

/// Escapes a name for a JSON Pointer (~0, ~1) and for a URI fragment.
void append_pointer_token(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      append_percent_encoded(out, {&c, 1});
    }
  }
}

}  // namespace

int http_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument:
      return 400;
    case ErrorKind::invalid_data:
      return 422;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::corrupt:
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

std::string json_pointer(std::initializer_list<std::string_view> tokens) {
  std::string pointer = "#";
  for (const std::string_view token : tokens) append_pointer_token(pointer += '/', token);
  return pointer;
}

std::string body_pointer(bool in_list, std::size_t row, std::string_view field) {
  const std::string number = std::to_string(row);
  if (field.empty()) return in_list ? json_pointer({number}) : json_pointer({});
  return in_list ? json_pointer({number, field}) : json_pointer({field});
}

void write_errors(data::JsonWriter& json, const std::vector<BodyError>& errors) {
  if (errors.empty()) return;
  json.key("errors").begin_array();
  for (const BodyError& error : errors) {
    json.begin_object().key("pointer").string(error.pointer);
    json.key("detail").string(error.detail).end_object();
  }
  json.end_array();
}

Response problem(int status, std::string_view title, std::string_view detail,
                 const std::vector<BodyError>& errors) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  data::JsonWriter json(response.body);
  json.begin_object().key("type").string("about:blank");
  json.key("title").string(title.empty() ? reason_phrase(status) : title);
  json.key("status").integer(status).key("detail").string(detail);
  write_errors(json, errors);
  json.end_object();
  response.body += '\n';
  return response;
}

Response problem(const Error& error) {
  const auto* const refusal = dynamic_cast<const Refusal*>(&error);
  if (refusal == nullptr) return problem(http_status(error.kind()), "", error.what());
  Response response = problem(refusal->status(), "", refusal->what());
  response.headers = refusal->headers();
  return response;
}

}  // namespace mlserve::server
