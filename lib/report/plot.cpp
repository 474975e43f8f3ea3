#include "report/plot.hpp"

#include <algorithm>
#include <cmath>

#include "report/numbers.hpp"

namespace mlserve::report {
namespace {

constexpr double kWidth = 360;
constexpr double kHeight = 290;
constexpr double kTop = 26;
constexpr double kRight = kWidth - 12;
constexpr double kBottom = kHeight - 40;

/// Characters, not bytes, of UTF-8.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

double room_for_ticks(const Axis& axis) {
  constexpr double kDigitWidth = 6.5;
  std::size_t longest = 3;
  for (const double tick : axis.ticks()) {
    longest = std::max(longest, length_of(axis.tick_text(tick)));
  }
  return 10 + kDigitWidth * static_cast<double>(longest);
}

}  // namespace

Plot::Plot(Html& html, std::string_view description, const Axis& x, const Axis& y)
    : html_(html),
      x_(x),
      y_(y),
      left_(room_for_ticks(y)),
      svg_(html.open("svg", {{"class", "plot"},
                             {"viewBox", "0 0 " + coordinate(kWidth) + " " + coordinate(kHeight)},
                             {"role", "img"}})) {
  html_.leaf("title", description);
  draw_grid();
}

double Plot::x_of(double value) const { return left_ + x_.place(value) * (kRight - left_); }

double Plot::y_of(double value) const { return kBottom - y_.place(value) * (kBottom - kTop); }

void Plot::draw_grid() {
  const auto group = html_.open("g", {{"class", "axes"}});
  const auto line = [&](double x1, double y1, double x2, double y2) {
    html_.empty("line", {{"x1", coordinate(x1)},
                         {"y1", coordinate(y1)},
                         {"x2", coordinate(x2)},
                         {"y2", coordinate(y2)}});
  };
  const auto text = [&](double x, double y, std::string_view anchor, std::string_view content) {
    html_.leaf("text", content,
               {{"x", coordinate(x)}, {"y", coordinate(y)}, {"class", std::string(anchor)}});
  };
  for (const double tick : x_.ticks()) {
    line(x_of(tick), kTop, x_of(tick), kBottom);
    text(x_of(tick), kBottom + 16, "middle", x_.tick_text(tick));
  }
  for (const double tick : y_.ticks()) {
    line(left_, y_of(tick), kRight, y_of(tick));
    text(left_ - 6, y_of(tick) + 4, "end", y_.tick_text(tick));
  }
  text(0, 12, "label", y_.label());
  text(kRight, kHeight - 6, "end label", x_.label());
}

void Plot::guide(double x1, double y1, double x2, double y2) {
  html_.empty("line", {{"class", "guide"},
                       {"x1", coordinate(x_of(x1))},
                       {"y1", coordinate(y_of(y1))},
                       {"x2", coordinate(x_of(x2))},
                       {"y2", coordinate(y_of(y2))}});
}

void Plot::line(const Series& points, std::string_view style) {
  constexpr double kLeastStep = 0.5;
  const std::size_t count = std::min(points.x.size(), points.y.size());
  std::string path;
  double last_x = 0;
  double last_y = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::isfinite(points.x[i]) || !std::isfinite(points.y[i])) continue;
    const double x = x_of(points.x[i]);
    const double y = y_of(points.y[i]);
    const bool is_near = std::abs(x - last_x) < kLeastStep && std::abs(y - last_y) < kLeastStep;
    if (!path.empty() && is_near && i + 1 < count) continue;
    path += (path.empty() ? "M" : "L") + coordinate(x) + " " + coordinate(y);
    last_x = x;
    last_y = y;
  }
  if (path.empty()) return;
  html_.empty("path", {{"class", "line " + std::string(style)}, {"d", path}});
}

void Plot::dot(double x, double y, double radius, std::string_view text) {
  if (!std::isfinite(x) || !std::isfinite(y)) return;
  const auto circle = html_.open(
      "circle",
      {{"cx", coordinate(x_of(x))}, {"cy", coordinate(y_of(y))}, {"r", coordinate(radius)}});
  if (!text.empty()) html_.leaf("title", text);
}

}  // namespace mlserve::report
