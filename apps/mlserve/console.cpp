#include "mlserve/console.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "core/text.hpp"
#include "data/byte_sink.hpp"

namespace mlserve::app {
namespace {

using Align = TextTable::Align;

/// Width on a terminal: the number of code points.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void print(std::string_view text) { data::open_sink("-")->write(text); }

std::string TextTable::text(std::size_t indent) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - width(row[c]), ' ');
      line += columns_[c] == Align::left ? row[c] + padding : padding + row[c];
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string rounded(double value, int digits) {
  if (std::isnan(value)) return "n/a";
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, value);
  return buffer.data();
}

std::string grouped(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

void log_value_warnings(Log& log, const features::Schema& schema,
                        const std::vector<features::ValueWarnings>& warnings, std::uint64_t rows) {
  for (std::size_t f = 0; f < warnings.size(); ++f) {
    const auto say = [&](std::uint64_t count, const std::string& what) {
      if (count == 0) return;
      log.warning("feature '" + shown(schema.features[f].name) + "': " + grouped(count) + " of " +
                  grouped(rows) + " values " + what);
    };
    say(warnings[f].missing, "missing");
    say(warnings[f].unknown, "unknown, not among the categories of the training data");
    say(warnings[f].out_of_range, "outside the range of the training data");
  }
}

}  // namespace mlserve::app
