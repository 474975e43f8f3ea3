#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "report/numbers.hpp"
#include "report/plot.hpp"
#include "report/sections.hpp"

namespace mlserve::report {
namespace {

constexpr std::size_t kMostNamedCurves = 6;
constexpr std::size_t kMostCurves = 30;
constexpr std::size_t kMostDots = 1000;

void write_caption(Html& html, std::string_view title, std::string_view note) {
  const auto caption = html.open("figcaption");
  html.text(title);
  if (!note.empty()) html.leaf("span", note, {{"class", "note"}});
}

/// The style sheet's class of the i-th curve; those without a name of their own are grey.
std::string style_of(std::size_t curve) {
  return curve < kMostNamedCurves ? "c" + std::to_string(curve + 1) : "other";
}

void write_legend(Html& html, const std::vector<Curve>& curves) {
  const auto list = html.open("ul", {{"class", "legend"}});
  for (std::size_t i = 0; i < std::min(curves.size(), kMostNamedCurves); ++i) {
    const auto item = html.open("li");
    {
      const auto sample =
          html.open("svg", {{"class", "sample"}, {"viewBox", "0 0 24 8"}, {"aria-hidden", "true"}});
      html.empty("path", {{"class", "line " + style_of(i)}, {"d", "M0 4L24 4"}});
    }
    html.leaf("span", curves[i].label);
    html.leaf("span", number_text(curves[i].area, 3), {{"class", "number"}});
  }
  if (curves.size() <= kMostNamedCurves) return;
  const auto by_area = [](const Curve& a, const Curve& b) { return a.area < b.area; };
  const auto [least, most] =
      std::minmax_element(curves.begin() + kMostNamedCurves, curves.end(), by_area);
  html.leaf("li",
            std::to_string(curves.size() - kMostNamedCurves) + " other classes: " +
                number_text(least->area, 3) + " to " + number_text(most->area, 3),
            {{"class", "muted"}});
}

/// Curves of rates, one a class; the legend gives the area under each.
void write_curves(Html& html, const std::vector<Curve>& curves, const std::string& title,
                  const char* x, const char* y, bool has_diagonal) {
  if (curves.empty()) return;
  const auto figure = html.open("figure");
  write_caption(html, title, curves.size() == 1 ? "" : "Each class against the others");
  {
    Plot plot(html, title, Axis::unit(x), Axis::unit(y));
    if (has_diagonal) plot.guide(0, 0, 1, 1);
    const std::size_t drawn = std::min(curves.size(), kMostCurves);
    for (std::size_t i = drawn; i-- > 0;) plot.line(curves[i].points, style_of(i));
  }
  if (curves.size() == 1) {
    html.leaf("p", "Area under the curve " + number_text(curves[0].area, 3), {{"class", "note"}});
  } else {
    html.leaf("p", "Area under each curve", {{"class", "note"}});
    write_legend(html, curves);
  }
}

void write_calibration(Html& html, const Report& report) {
  if (report.calibration.empty()) return;
  const auto figure = html.open("figure");
  write_caption(html, "Calibration", report.calibration_note);
  {
    Plot plot(html, "Calibration: observed share against predicted probability",
              Axis::unit("Mean predicted probability"), Axis::unit("Observed share"));
    plot.guide(0, 0, 1, 1);
    Series means;
    double most = 0;
    for (const CalibrationBin& bin : report.calibration) {
      if (!(bin.rows > 0)) continue;
      means.x.push_back(bin.predicted);
      means.y.push_back(bin.observed);
      most = std::max(most, bin.rows);
    }
    plot.line(means, "thin");
    const auto dots = html.open("g", {{"class", "bins"}});
    for (const CalibrationBin& bin : report.calibration) {
      if (!(bin.rows > 0)) continue;
      plot.dot(bin.predicted, bin.observed, 2 + 5 * std::sqrt(bin.rows / most),
               "predicted " + fixed_text(bin.predicted, 3) + ", observed " +
                   fixed_text(bin.observed, 3) + ", " + count_text(bin.rows) + " rows");
    }
  }
  html.leaf("p", "Larger dots stand for more rows; on the dashed line predictions are right.",
            {{"class", "note"}});
}

void write_calibration_table(Html& html, const Report& report) {
  if (report.calibration.empty()) return;
  const auto figure = html.open("figure");
  write_caption(html, "Calibration table", report.calibration_note);
  const auto table = html.open("table");
  {
    const auto head = html.open("thead");
    const auto row = html.open("tr");
    for (const char* name : {"Predicted", "Observed", "Difference", "Rows"}) {
      html.leaf("th", name, {{"scope", "col"}, {"class", "number"}});
    }
  }
  const auto body = html.open("tbody");
  for (const CalibrationBin& bin : report.calibration) {
    const auto row = html.open("tr");
    for (const double value : {bin.predicted, bin.observed, bin.observed - bin.predicted}) {
      html.leaf("td", fixed_text(value, 3), {{"class", "number"}});
    }
    html.leaf("td", count_text(bin.rows), {{"class", "number"}});
  }
}

/// Not more than kMostDots points, evenly spread over the rows.
Series thinned(const Series& points) {
  const std::size_t count = std::min(points.x.size(), points.y.size());
  const std::size_t step = (count + kMostDots - 1) / kMostDots;
  Series some;
  for (std::size_t i = 0; i < count; i += step) {
    some.x.push_back(points.x[i]);
    some.y.push_back(points.y[i]);
  }
  return some;
}

void write_dots(Html& html, Plot& plot, const Series& points) {
  const auto dots = html.open("g", {{"class", "dots"}});
  for (std::size_t i = 0; i < points.x.size(); ++i) plot.dot(points.x[i], points.y[i], 2.5);
}

void write_predictions(Html& html, const Predictions& predictions) {
  const Series points = thinned(predictions.points);
  if (points.x.empty()) return;
  const std::string note =
      count_text(static_cast<double>(points.x.size())) + " of " +
      count_text(static_cast<double>(std::max<std::uint64_t>(predictions.rows, points.x.size()))) +
      " rows";
  const Axis predicted = Axis::of("Predicted", points.x);
  {
    const auto figure = html.open("figure");
    write_caption(html, "Actual against predicted", note);
    const Axis actual = Axis::of("Actual", points.y);
    Plot plot(html, "Actual against predicted values", predicted, actual);
    const double low = std::max(predicted.low(), actual.low());
    const double high = std::min(predicted.high(), actual.high());
    if (low < high) plot.guide(low, low, high, high);
    write_dots(html, plot, points);
  }
  Series residuals = points;
  for (std::size_t i = 0; i < points.x.size(); ++i) residuals.y[i] = points.y[i] - points.x[i];
  const auto figure = html.open("figure");
  write_caption(html, "Residuals", note);
  const Axis residual = Axis::of("Actual − predicted", residuals.y);
  Plot plot(html, "Residuals against predicted values", predicted, residual);
  if (residual.low() < 0 && residual.high() > 0) {
    plot.guide(predicted.low(), 0, predicted.high(), 0);
  }
  write_dots(html, plot, residuals);
}

}  // namespace

void write_plots(Html& html, const Report& report) {
  if (report.roc.empty() && report.precision_recall.empty() && report.calibration.empty() &&
      report.predictions.points.x.empty()) {
    return;
  }
  const auto section = html.open("section");
  html.leaf("h2", "Predictions");
  const auto grid = html.open("div", {{"class", "grid"}});
  write_curves(html, report.roc, "ROC curve", "False positive rate", "True positive rate", true);
  write_curves(html, report.precision_recall, "Precision and recall", "Recall", "Precision", false);
  write_calibration(html, report);
  write_calibration_table(html, report);
  write_predictions(html, report.predictions);
}

void write_training(Html& html, const Report& report) {
  if (report.training.empty() && report.learning.x.empty()) return;
  const auto section = html.open("section");
  html.leaf("h2", "Training");
  const auto grid = html.open("div", {{"class", "grid"}});
  if (!report.training.empty()) {
    const auto figure = html.open("figure");
    html.leaf("figcaption", "Training record");
    write_facts(html, report.training);
  }
  if (report.learning.x.empty()) return;
  const auto figure = html.open("figure");
  html.leaf("figcaption", "Course of the fit");
  Plot plot(html, "Objective by iteration", Axis::of("Iteration", report.learning.x),
            Axis::of("Objective", report.learning.y));
  plot.line(report.learning, "c1");
}

}  // namespace mlserve::report
