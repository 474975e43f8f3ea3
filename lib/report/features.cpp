#include <algorithm>
#include <string>

#include "report/numbers.hpp"
#include "report/sections.hpp"

namespace mlserve::report {
namespace {

constexpr std::size_t kMostFeatures = 200;

/// Bars of one feature, 120 by 28 pixels. The smallest count that is not 0 is still to be seen.
void write_bars(Html& html, const FeatureSummary& feature) {
  constexpr double kWidth = 120;
  constexpr double kHeight = 28;
  constexpr double kLeastHeight = 1;
  double most = 0;
  for (const Bar& bar : feature.bars) most = std::max(most, bar.count);
  if (!(most > 0)) return;
  const double step = kWidth / static_cast<double>(feature.bars.size());
  const double gap = feature.order == BarOrder::bins ? std::min(1.0, step / 8) : step / 4;
  const double width = std::min(step - gap, kHeight);
  const auto svg =
      html.open("svg", {{"class", "bars"}, {"viewBox", "0 0 120 28"}, {"role", "img"}});
  html.leaf("title", "Distribution of " + feature.name);
  for (std::size_t i = 0; i < feature.bars.size(); ++i) {
    const Bar& bar = feature.bars[i];
    if (!(bar.count > 0)) continue;
    const double height = std::max(kHeight * bar.count / most, kLeastHeight);
    const double bar_step = feature.order == BarOrder::bins ? step : width + gap;
    const auto rect = html.open(
        "rect", {{"x", coordinate(static_cast<double>(i) * bar_step)},
                 {"y", coordinate(kHeight - height)},
                 {"width", coordinate(feature.order == BarOrder::bins ? step - gap : width)},
                 {"height", coordinate(height)}});
    html.leaf("title", bar.label + ": " + count_text(bar.count));
  }
}

void write_feature(Html& html, const FeatureSummary& feature, std::uint64_t rows) {
  const auto row = html.open("tr");
  {
    const auto cell = html.open("th", {{"scope", "row"}});
    html.text(feature.name);
    html.leaf("small", feature.kind);
  }
  {
    const auto cell = html.open("td");
    const auto both = html.open("div", {{"class", "distribution"}});
    write_bars(html, feature);
    html.leaf("span", feature.values);
  }
  const auto cell = html.open("td", {{"class", "number"}});
  html.text(feature.missing == 0 ? "–" : count_text(static_cast<double>(feature.missing)));
  if (feature.missing > 0 && rows > 0) {
    const double share = static_cast<double>(feature.missing) / static_cast<double>(rows);
    html.leaf("small", percent_text(share));
  }
}

}  // namespace

void write_features(Html& html, const Report& report) {
  if (report.features.empty()) return;
  const std::size_t shown = std::min(report.features.size(), kMostFeatures);
  const auto section = html.open("section");
  html.leaf("h2", "Data");
  {
    const auto table = html.open("table", {{"class", "features"}});
    {
      const auto head = html.open("thead");
      const auto row = html.open("tr");
      html.leaf("th", "Feature", {{"scope", "col"}});
      html.leaf("th", "Distribution", {{"scope", "col"}});
      html.leaf("th", "Missing", {{"scope", "col"}, {"class", "number"}});
    }
    const auto body = html.open("tbody");
    for (std::size_t i = 0; i < shown; ++i) write_feature(html, report.features[i], report.rows);
  }
  write_left_out(html, report.features.size() - shown, "features");
}

}  // namespace mlserve::report
