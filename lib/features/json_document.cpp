#include "features/json_document.hpp"

#include <new>
#include <string>

#include "core/error.hpp"
#include "data/json_records.hpp"

namespace mlserve::features {
namespace {

namespace dom = simdjson::dom;

static_assert(data::RecordReader::kPadding >= simdjson::SIMDJSON_PADDING);

/// simdjson's messages begin with the name of their code: "TAPE_ERROR: The JSON document …".
std::string_view without_code(std::string_view message) {
  const std::size_t colon = message.find(": ");
  return colon == std::string_view::npos ? message : message.substr(colon + 2);
}

/// Offset of the first place outside of all strings where `is_here(rest of the text)`, or npos.
template <class Test>
std::size_t find_outside_strings(std::string_view text, std::size_t begin, Test&& is_here) {
  bool in_string = false;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '"') in_string = !in_string;
    if (in_string && text[i] == '\\') ++i;
    if (!in_string && is_here(text.substr(i))) return i;
  }
  return std::string_view::npos;
}

/// As in Python's repr of a list of dicts.
bool has_single_quotes(std::string_view text) {
  const auto is_quote = [](std::string_view rest) { return rest.starts_with('\''); };
  return find_outside_strings(text, 0, is_quote) != std::string_view::npos;
}

std::string_view nan_token(std::string_view rest) {
  for (const std::string_view token : {"NaN", "Infinity", "-Infinity"}) {
    if (rest.starts_with(token)) return token;
  }
  return {};
}

/// `text` with quotes around these tokens.
std::string quote_nan_tokens(std::string_view text) {
  std::string quoted;
  for (std::size_t begin = 0;;) {
    const std::size_t at = find_outside_strings(
        text, begin, [](std::string_view rest) { return !nan_token(rest).empty(); });
    quoted += text.substr(begin, at - begin);
    if (at == std::string_view::npos) return quoted;
    const std::string_view token = nan_token(text.substr(at));
    quoted.append(1, '"').append(token).append(1, '"');
    begin = at + token.size();
  }
}

Error no_json(std::string_view text, simdjson::error_code code) {
  if (code == simdjson::DEPTH_ERROR) {
    return Error(ErrorKind::invalid_data,
                 "is nested more than " + std::to_string(JsonDocument::kMaxDepth) + " levels deep");
  }
  if (has_single_quotes(text)) {
    return Error(ErrorKind::invalid_data,
                 "is not JSON: strings stand in double quotes, not single ones");
  }
  return Error(ErrorKind::invalid_data,
               "is not JSON: " + std::string(without_code(simdjson::error_message(code))));
}

}  // namespace

// The parser keeps this depth when it grows.
JsonDocument::JsonDocument() {
  constexpr std::size_t kFirstBytes = 4096;
  if (parser_.allocate(kFirstBytes, kMaxDepth + 1) != simdjson::SUCCESS) throw std::bad_alloc();
}

dom::element JsonDocument::read(std::string_view text, NanTokens tokens) {
  dom::element value;
  auto code = parser_.parse(text.data(), text.size(), true).get(value);
  // Such texts are rare: others pay nothing.
  if (code != simdjson::SUCCESS && tokens == NanTokens::accept) {
    code = parser_.parse(quote_nan_tokens(text)).get(value);
  }
  if (code != simdjson::SUCCESS) throw no_json(text, code);
  return value;
}

dom::element JsonDocument::read_padded(std::string_view text) {
  dom::element value;
  const auto code = parser_.parse(text.data(), text.size(), false).get(value);
  if (code != simdjson::SUCCESS) throw no_json(text, code);
  return value;
}

}  // namespace mlserve::features
