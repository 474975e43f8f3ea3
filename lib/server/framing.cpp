#include "server/framing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "core/number.hpp"
#include "core/text.hpp"
#include "server/ascii.hpp"
#include "server/header_text.hpp"

namespace mlserve::server {
namespace {

// RFC 9110, 5.6.2: the characters of a method or a header's name.
constexpr std::array<bool, 256> token_characters() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}

constexpr auto kTokenCharacter = token_characters();

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return kTokenCharacter[static_cast<unsigned char>(c)];
  });
}

int parse_minor_version(std::string_view version) {
  if (version == "HTTP/1.1") return 1;
  if (version == "HTTP/1.0") return 0;
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (well_formed) throw Refusal(505, "this server speaks HTTP/1.1 and HTTP/1.0");
  throw Refusal(400, "the request line has no HTTP version");
}

// A client of a proxy sends "http://host/path"; the host is of no use here.
std::string_view origin_form(std::string_view target) {
  if (target.starts_with('/') || target == "*") return target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t path = target.find('/', scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
  }
  throw Refusal(400, "the request target is not a path");
}

void parse_request_line(std::string_view line, RequestHead& head) {
  head.method = cut(line, " ");
  const std::string_view target = cut(line, " ");
  if (!is_token(head.method)) throw Refusal(400, "the request line has no method");
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (target.empty() || !std::ranges::all_of(target, printable)) {
    throw Refusal(400, "the request target has characters that must be percent-encoded");
  }
  head.minor_version = parse_minor_version(line);
  head.target = origin_form(target);
}

void check_field_value(std::string_view name, std::string_view value) {
  // Any bare CR, NUL or other control character; LF ends a line and cannot be here.
  const auto forbidden = [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  };
  if (std::ranges::any_of(value, forbidden)) {
    throw Refusal(400, "the header " + std::string(name) + " has a control character");
  }
}

void parse_field(std::string_view line, RequestHead& head) {
  if (is_blank(line.front())) throw Refusal(400, "folded header lines are not accepted");
  if (line.find(':') == std::string_view::npos) {
    throw Refusal(400, "a header line has no colon");
  }
  const std::string_view name = cut(line, ":");
  if (!is_token(name)) throw Refusal(400, "the name of a header is not a token");
  check_field_value(name, line);
  head.headers.emplace_back(name, trimmed(line));
}

std::uint64_t parse_content_length(std::string_view text) {
  std::uint64_t value = 0;
  const bool digits = !text.empty() && std::ranges::all_of(text, is_digit);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!digits || error != std::errc() || end != text.data() + text.size()) {
    throw Refusal(400, "Content-Length is not a number of bytes");
  }
  return value;
}

std::chrono::milliseconds parse_timeout(std::string_view text) {
  constexpr double kDay = 86'400;
  const auto seconds = parse_double(text);
  if (!seconds || *seconds <= 0) {
    throw Refusal(400, "X-Request-Timeout is not a number of seconds");
  }
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::chrono::duration<double>(std::min(*seconds, kDay)));
}

void take_connection_options(std::string_view value, RequestHead& head) {
  while (!value.empty()) {
    const std::string_view option = trimmed(cut(value, ","));
    if (equals_ignoring_case(option, "close")) {
      head.keep_alive = false;
    } else if (head.minor_version == 0 && equals_ignoring_case(option, "keep-alive")) {
      head.keep_alive = true;
    }
  }
}

// The headers that decide about framing, one after the other.
class FieldReader {
 public:
  explicit FieldReader(RequestHead& head) : head_(head) {}

  void take(std::string_view name, std::string_view value) {
    // Lengths first: most headers are none of these.
    switch (name.size()) {
      case 4:
        if (equals_ignoring_case(name, "Host")) ++hosts_;
        break;
      case 6:
        if (equals_ignoring_case(name, "Expect")) take_expect(value);
        break;
      case 10:
        if (equals_ignoring_case(name, "Connection")) take_connection_options(value, head_);
        break;
      case 14:
        if (equals_ignoring_case(name, "Content-Length")) take_content_length(value);
        break;
      case 15:
        if (equals_ignoring_case(name, "Accept-Encoding")) head_.accept_encoding = value;
        break;
      case 16:
        if (equals_ignoring_case(name, "Content-Encoding")) take_content_encoding(value);
        break;
      case 17:
        if (equals_ignoring_case(name, "Transfer-Encoding")) take_transfer_encoding(value);
        if (equals_ignoring_case(name, "X-Request-Timeout")) head_.timeout = parse_timeout(value);
        break;
      default:
        break;
    }
  }

  void finish() const {
    if (hosts_ > 1 || (hosts_ == 0 && head_.minor_version == 1)) {
      throw Refusal(400, "a request has one Host header");
    }
    if (head_.chunked && (head_.content_length || head_.minor_version == 0)) {
      throw Refusal(400, "Transfer-Encoding stands alone, and in HTTP/1.1 only");
    }
    const bool wants_body =
        head_.method == "POST" || head_.method == "PUT" || head_.method == "PATCH";
    if (wants_body && !head_.chunked && !head_.content_length) {
      throw Refusal(411, head_.method == "POST" ? "a POST has a Content-Length"
                                                : "a request with a body has a Content-Length");
    }
  }

 private:
  void take_expect(std::string_view value) {
    if (head_.minor_version == 0) return;  // RFC 9110, 10.1.1
    if (!equals_ignoring_case(value, "100-continue")) {
      throw Refusal(417, "no expectation but 100-continue can be met");
    }
    head_.expects_continue = true;
  }

  void take_content_length(std::string_view value) {
    if (head_.content_length) throw Refusal(400, "Content-Length stands once");
    head_.content_length = parse_content_length(value);
  }

  void take_transfer_encoding(std::string_view value) {
    if (head_.chunked) throw Refusal(400, "Transfer-Encoding stands once");
    if (!equals_ignoring_case(value, "chunked")) {
      throw Refusal(501, "no Transfer-Encoding but chunked is understood");
    }
    head_.chunked = true;
  }

  void take_content_encoding(std::string_view value) {
    if (equals_ignoring_case(value, "identity")) return;
    const bool gzip = equals_ignoring_case(value, "gzip") || equals_ignoring_case(value, "x-gzip");
    if (!gzip || head_.gzip) {
      throw Refusal(415, "send the body packed by gzip, once, or without a Content-Encoding",
                    {{"Accept-Encoding", "gzip"}});
    }
    head_.gzip = true;
  }

  RequestHead& head_;
  int hosts_ = 0;
};

void reset(RequestHead& head) {
  head.headers.clear();
  head.content_length.reset();
  head.chunked = false;
  head.expects_continue = false;
  head.gzip = false;
  head.accept_encoding = {};
  head.timeout.reset();
}

}  // namespace

std::size_t HeadScanner::scan(std::string_view input) {
  for (;;) {
    const std::size_t newline = input.find('\n', searched_);
    if (newline == std::string_view::npos) break;
    if (newline == line_begin_ || input[newline - 1] != '\r') {
      throw Refusal(400, "the lines of a request end in CR LF");
    }
    const std::size_t line_bytes = newline - 1 - line_begin_;
    searched_ = line_begin_ = newline + 1;
    count_line(line_bytes);
    if (line_bytes == 0 && lines_ > 0) return line_begin_;
  }
  searched_ = input.size();
  check_size(input.size(), input.size() - line_begin_);
  return 0;
}

void HeadScanner::count_line(std::size_t bytes) {
  check_size(line_begin_, bytes);
  if (bytes > 0) {
    ++lines_;
    if (lines_ > limits_.max_headers + 1) throw Refusal(431, "the request has too many headers");
  } else if (lines_ == 0 && line_begin_ > 2) {
    // One empty line before a request is left over by old clients (RFC 9112, 2.2).
    throw Refusal(400, "the request begins with empty lines");
  }
}

void HeadScanner::check_size(std::size_t bytes, std::size_t line_bytes) const {
  if (lines_ == 0 && line_bytes > kMaxRequestLineBytes) {
    throw Refusal(
        414, "the request line has more than " + std::to_string(kMaxRequestLineBytes) + " bytes");
  }
  if (bytes > limits_.max_bytes) {
    throw Refusal(431,
                  "the headers have more than " + std::to_string(limits_.max_bytes) + " bytes");
  }
}

void parse_head(std::string_view bytes, RequestHead& head) {
  reset(head);
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  parse_request_line(cut(bytes, "\r\n"), head);
  head.keep_alive = head.minor_version == 1;
  FieldReader fields(head);
  while (!bytes.starts_with("\r\n") && !bytes.empty()) {
    parse_field(cut(bytes, "\r\n"), head);
    fields.take(head.headers.back().first, head.headers.back().second);
  }
  fields.finish();
}

}  // namespace mlserve::server
