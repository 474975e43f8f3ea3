#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "report/axis.hpp"
#include "report/numbers.hpp"
#include "report/sections.hpp"

namespace mlserve::report {
namespace {

constexpr std::size_t kMostCoefficients = 40;

bool has_interval(const Coefficient& c) { return std::isfinite(c.low) && std::isfinite(c.high); }

/// What coefficients are ordered by: |z|, up to a factor that all share, or the size where there is
/// no interval. Those that could not be estimated come last.
double strength(const Coefficient& c, bool by_interval) {
  if (!std::isfinite(c.estimate)) return -1;
  if (!by_interval) return std::abs(c.estimate);
  return has_interval(c) && c.high > c.low ? std::abs(c.estimate) / (c.high - c.low) : 0;
}

/// The strongest ones, in the order in which the report has them.
std::vector<const Coefficient*> strongest(const std::vector<Coefficient>& all, bool by_interval) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return strength(all[a], by_interval) > strength(all[b], by_interval);
  });
  order.resize(std::min(order.size(), kMostCoefficients));
  std::sort(order.begin(), order.end());
  std::vector<const Coefficient*> chosen;
  for (const std::size_t i : order) chosen.push_back(&all[i]);
  return chosen;
}

/// Holds zero, all estimates, and the intervals as far as they do not dwarf these.
Axis axis_of(const std::vector<const Coefficient*>& shown) {
  double largest = 0;
  for (const Coefficient* c : shown) {
    if (std::isfinite(c->estimate)) largest = std::max(largest, std::abs(c->estimate));
  }
  const double limit = 2 * largest;
  std::vector<double> values = {0};
  for (const Coefficient* c : shown) {
    values.push_back(c->estimate);
    if (!has_interval(*c)) continue;
    values.push_back(std::clamp(c->low, -limit, limit));
    values.push_back(std::clamp(c->high, -limit, limit));
  }
  return Axis::of("Estimate", values);
}

/// Plots here are as wide as their column: places are percentages.
std::string place(const Axis& axis, double value) {
  return coordinate(100 * std::clamp(axis.place(value), 0.0, 1.0)) + "%";
}

void write_scale(Html& html, const Axis& axis) {
  const auto svg = html.open("svg", {{"class", "scale"}, {"aria-hidden", "true"}});
  const auto tick = [&](double value, const char* anchor) {
    html.leaf("text", axis.tick_text(value),
              {{"x", place(axis, value)}, {"y", "12"}, {"class", anchor}});
  };
  // A narrow column has room for three numbers.
  const bool has_low = axis.place(0) > 0.3;
  const bool has_high = axis.place(0) < 0.7;
  if (has_low) tick(axis.low(), "begin");
  tick(0, !has_low ? "begin" : !has_high ? "end" : "middle");
  if (has_high) tick(axis.high(), "end");
}

void write_interval(Html& html, const Coefficient& c, const Axis& axis) {
  const auto svg = html.open("svg", {{"class", "interval"}, {"role", "img"}});
  html.leaf("title", c.name + ": " + number_text(c.estimate, 3));
  for (const double tick : axis.ticks()) {
    html.empty("line", {{"class", tick == 0 ? "zero" : "gridline"},
                        {"x1", place(axis, tick)},
                        {"x2", place(axis, tick)},
                        {"y1", "0"},
                        {"y2", "100%"}});
  }
  if (!std::isfinite(c.estimate)) return;
  if (has_interval(c)) {
    html.empty("line", {{"class", "range"},
                        {"x1", place(axis, c.low)},
                        {"x2", place(axis, c.high)},
                        {"y1", "50%"},
                        {"y2", "50%"}});
  }
  html.empty("circle", {{"cx", place(axis, c.estimate)}, {"cy", "50%"}, {"r", "4"}});
}

/// Which columns the table has.
struct Columns {
  bool interval = false;
  bool p = false;
  std::string ratio;  ///< name of exp(estimate), or empty
};

void write_head(Html& html, const Columns& columns, const Axis& axis) {
  const auto head = html.open("thead");
  const auto row = html.open("tr");
  html.leaf("th", "Column", {{"scope", "col"}});
  {
    const auto cell = html.open("th", {{"scope", "col"}, {"class", "forest"}});
    html.leaf("span", "Plot", {{"class", "hidden"}});
    write_scale(html, axis);
  }
  {
    const auto cell = html.open("th", {{"scope", "col"}, {"class", "number"}});
    html.text("Estimate");
    if (columns.interval) html.leaf("small", "95 % interval");
  }
  if (!columns.ratio.empty()) {
    html.leaf("th", columns.ratio, {{"scope", "col"}, {"class", "number short"}});
  }
  if (columns.p) html.leaf("th", "p", {{"scope", "col"}, {"class", "number short"}});
}

void write_row(Html& html, const Coefficient& c, const Columns& columns, const Axis& axis) {
  const auto row = html.open("tr");
  html.leaf("th", c.name, {{"scope", "row"}});
  {
    const auto cell = html.open("td", {{"class", "forest"}});
    write_interval(html, c, axis);
  }
  {
    const auto cell = html.open("td", {{"class", "number"}});
    html.text(number_text(c.estimate, 3));
    if (has_interval(c)) {
      html.leaf("small", number_text(c.low, 3) + " to " + number_text(c.high, 3));
    }
  }
  if (!columns.ratio.empty()) {
    html.leaf("td", number_text(std::exp(c.estimate), 3), {{"class", "number short"}});
  }
  if (columns.p) html.leaf("td", std::isnan(c.p) ? "NA" : p_text(c.p), {{"class", "number short"}});
}

void write_table(Html& html, const std::vector<const Coefficient*>& shown, const Columns& columns) {
  const Axis axis = axis_of(shown);
  const auto table = html.open("table", {{"class", "coefficients"}});
  write_head(html, columns, axis);
  for (std::size_t begin = 0; begin < shown.size();) {
    const std::string& output = shown[begin]->output;
    const auto body = html.open("tbody");
    if (!output.empty()) {
      const int width = 3 + (columns.ratio.empty() ? 0 : 1) + (columns.p ? 1 : 0);
      const auto row = html.open("tr", {{"class", "group"}});
      html.leaf("th", output, {{"scope", "rowgroup"}, {"colspan", std::to_string(width)}});
    }
    for (; begin < shown.size() && shown[begin]->output == output; ++begin) {
      write_row(html, *shown[begin], columns, axis);
    }
  }
}

}  // namespace

void write_coefficients(Html& html, const Report& report) {
  const std::vector<Coefficient>& all = report.coefficients;
  if (all.empty()) return;
  Columns columns;
  columns.interval = std::any_of(all.begin(), all.end(), has_interval);
  columns.p = std::any_of(all.begin(), all.end(), [](const auto& c) { return std::isfinite(c.p); });
  columns.ratio = report.ratio_name;
  const auto shown = strongest(all, columns.interval);

  const auto section = html.open("section");
  html.leaf("h2", "Coefficients");
  if (!report.coefficients_note.empty()) {
    html.leaf("p", report.coefficients_note, {{"class", "note"}});
  }
  write_table(html, shown, columns);
  write_left_out(html, all.size() - shown.size(),
                 columns.interval ? "coefficients with smaller z" : "smaller coefficients");
}

}  // namespace mlserve::report
