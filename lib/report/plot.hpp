#pragma once

#include <string>
#include <string_view>

#include "report/axis.hpp"
#include "report/html.hpp"
#include "report/report.hpp"

namespace mlserve::report {

/// A plot with two axes: an inline SVG that is open for marks as long as this lives. It is drawn
/// for a width of 360 px and scales with its column. Points that are not finite are left out.
class Plot {
 public:
  /// Draws grid, ticks and labels. `description` is what a screen reader says.
  Plot(Html& html, std::string_view description, const Axis& x, const Axis& y);

  /// A thin line for comparison, between two points.
  void guide(double x1, double y1, double x2, double y2);

  /// Joins the points; those less than half a pixel from the one before are passed over.
  /// `style` is one of the style sheet's classes for lines.
  void line(const Series& points, std::string_view style);

  /// A dot of `radius` pixels; with a text that appears when it is pointed at, if there is one.
  void dot(double x, double y, double radius, std::string_view text = {});

 private:
  double x_of(double value) const;
  double y_of(double value) const;
  void draw_grid();

  Html& html_;
  const Axis x_;
  const Axis y_;
  const double left_;  ///< where the area of the marks begins: behind the texts of the y axis
  Html::Element svg_;
};

}  // namespace mlserve::report
