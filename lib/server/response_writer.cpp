#include "server/response_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace mlserve::server {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr std::array kReasons = std::to_array<Reason>({
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
});

void append_number(std::string& out, std::size_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_clean(std::string& out, std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; };
  std::ranges::remove_copy_if(text, std::back_inserter(out), control);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  append_clean(out, name);
  out += ": ";
  append_clean(out, value);
  out += "\r\n";
}

// The date changes once a second; each thread keeps the text of its last one.
void append_date(std::string& out) {
  thread_local std::time_t second = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    second = now;
    text = "Date: " + http_date(now) + "\r\n";
  }
  out += text;
}

void append_status_line(std::string& out, int status) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(status));
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

void append_connection(std::string& out, const ResponseFraming& framing) {
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.minor_version == 0) {
    out += "Connection: keep-alive\r\n";
  }
}

bool is_bodiless(int status) { return status == 204 || status == 304; }

void append_length(std::string& out, const Response& response, const ResponseFraming& framing) {
  if (!response.next_piece) {
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  } else if (sends_chunks(framing)) {
    out += "Transfer-Encoding: chunked\r\n";
  }
}

}  // namespace

bool has_body(int status, const ResponseFraming& framing) noexcept {
  return !framing.head_only && !is_bodiless(status);
}

bool sends_chunks(const ResponseFraming& framing) noexcept { return framing.minor_version > 0; }

void append_response(std::string& out, const Response& response, const ResponseFraming& framing) {
  append_status_line(out, response.status);
  append_date(out);
  append_connection(out, framing);
  if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  if (!is_bodiless(response.status)) append_length(out, response, framing);
  out += "\r\n";
  if (!has_body(response.status, framing)) return;
  if (!response.next_piece) {
    out += response.body;
  } else if (!response.body.empty()) {
    append_piece(out, response.body, framing);
  }
}

void append_piece(std::string& out, std::string_view piece, const ResponseFraming& framing) {
  if (!sends_chunks(framing)) {
    out += piece;
    return;
  }
  std::array<char, 24> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16).ptr;
  out.append(size.data(), end);
  out += "\r\n";
  out += piece;
  out += "\r\n";
}

std::string_view reason_phrase(int status) noexcept {
  const auto found = std::ranges::lower_bound(kReasons, status, {}, &Reason::status);
  return found != kReasons.end() && found->status == status ? found->phrase : std::string_view();
}

std::string http_date(std::time_t time) {
  // Not strftime: its names of days and months follow the locale.
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&time, &utc);
  std::array<char, 64> text{};
  const int bytes = std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                                  kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                                  kMonths.at(static_cast<std::size_t>(utc.tm_mon)),
                                  utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(bytes)};
}

}  // namespace mlserve::server
