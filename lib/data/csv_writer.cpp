#include "data/csv_writer.hpp"

namespace mlserve::data {

void append_csv_field(std::string& out, std::string_view text) {
  const bool blank_end = !text.empty() && (text.front() == ' ' || text.back() == ' ' ||
                                           text.front() == '\t' || text.back() == '\t');
  if (!blank_end && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace mlserve::data
