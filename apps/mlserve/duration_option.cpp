#include "mlserve/duration_option.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::app {
namespace {

using std::chrono::milliseconds;

/// Longest first: "ms" ends with "s", too.
constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
    {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3'600e3}, {"d", 86'400e3}}};

constexpr milliseconds kLongest = std::chrono::hours(24 * 366);

std::optional<milliseconds> parse_duration(std::string_view text) {
  double unit = 1e3;
  for (const auto& [name, factor] : kUnits) {
    if (!text.ends_with(name)) continue;
    text.remove_suffix(name.size());
    unit = factor;
    break;
  }
  const auto number = parse_double(text);
  if (!number || *number < 0 || *number * unit > static_cast<double>(kLongest.count()))
    return std::nullopt;
  return milliseconds(std::llround(*number * unit));
}

/// In the largest unit that needs no fraction.
std::string duration_text(milliseconds duration) {
  std::string text = std::to_string(duration.count()) + "ms";
  for (const auto& [name, factor] : kUnits) {
    const double count = static_cast<double>(duration.count()) / factor;
    if (count >= 1 && count == std::floor(count)) text = format_double(count) + std::string(name);
  }
  return text;
}

}  // namespace

CLI::Option* add_duration_option(CLI::App& app, const std::string& name, milliseconds& duration,
                                 const std::string& description, milliseconds least) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &duration, least](const std::string& text) {
            const auto parsed = parse_duration(text);
            if (!parsed || *parsed < least) {
              throw CLI::ValidationError(
                  name, "\"" + shown(text) + "\" is no duration like 500ms, 30s, 5m, 24h or 7d");
            }
            duration = *parsed;
          },
          description)
      ->type_name("DURATION")
      ->default_str(duration_text(duration));
}

}  // namespace mlserve::app
