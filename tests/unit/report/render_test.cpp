#include <algorithm>
#include <string>

#include "support/catch_shim.hpp"

#include "report/report.hpp"
#include "support/sample_reports.hpp"

using mlserve::report::render;
using mlserve::report::Report;
using namespace mlserve::testing;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++times;
  }
  return times;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A report has a section for what it knows, and none for what it does not", "[report]") {
  const std::string two = render(two_class_report());
  for (const char* part : {"ROC curve", "Precision and recall", "Calibration", "Confusion matrix",
                           "95 % interval", "Odds ratio", "Training record", "± 0.021"}) {
    CAPTURE(part);
    CHECK(has(two, part));
  }
  CHECK_FALSE(has(two, "Residuals"));
  const std::string regression = render(regression_report());
  CHECK(has(regression, "Residuals"));
  CHECK(has(regression, "1,000 of 3,000 rows"));
  CHECK(has(regression, ">NA<"));
  CHECK_FALSE(has(regression, "ROC"));
  CHECK_FALSE(has(render(Report{}), "<section"));
}

TEST_CASE("What comes from data is escaped everywhere", "[report]") {
  const std::string page = render(report_of("<b>&'\"</b>"));
  CHECK_FALSE(has(page, "<b>"));
  CHECK_FALSE(has(page, "&'"));
  CHECK(count(page, "&lt;b&gt;&amp;&#39;&quot;&lt;/b&gt;") > 20);
}

TEST_CASE("A report runs nothing and loads nothing", "[report]") {
  const std::string page = render(several_class_report());
  for (const char* part : {"<script", "<link", "<img", "http:", "https:", "url(", "@import"}) {
    CAPTURE(part);
    CHECK_FALSE(has(page, part));
  }
}

TEST_CASE("Equal reports give equal bytes", "[report]") {
  CHECK(render(two_class_report()) == render(two_class_report()));
}

TEST_CASE("The forty strongest coefficients are shown, the others counted", "[report]") {
  const std::string page = render(several_class_report());
  CHECK(count(page, "class=\"interval\"") == 40);
  CHECK(has(page, "Not shown: 23 smaller coefficients."));
}

TEST_CASE("Of many classes the matrix becomes a list of confusions", "[report]") {
  Report report;
  for (int i = 0; i < 1000; ++i) {
    report.confusion.classes.push_back("class " + std::to_string(i));
    report.confusion.counts.emplace_back(1000, 0.0);
    report.confusion.counts.back()[static_cast<std::size_t>(i)] = 5;
  }
  report.confusion.counts[7][9] = 3;
  const std::string page = render(report);
  CHECK(has(page, "Most frequent confusions"));
  CHECK(count(page, "<tr>") == 2);
  CHECK(page.size() < 20000);
}
