#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "report/numbers.hpp"
#include "report/sections.hpp"

namespace mlserve::report {
namespace {

constexpr std::size_t kMostClassesOfMatrix = 12;
constexpr std::size_t kMostConfusions = 20;
constexpr std::size_t kMostClassScores = 40;

void write_metrics(Html& html, const Report& report) {
  if (report.metrics.empty()) return;
  const bool has_deviation = std::any_of(report.metrics.begin(), report.metrics.end(),
                                         [](const Metric& m) { return m.deviation.has_value(); });
  const auto figure = html.open("figure");
  html.leaf("figcaption", report.metrics_note.empty() ? "Metrics" : report.metrics_note);
  const auto table = html.open("table");
  {
    const auto head = html.open("thead");
    const auto row = html.open("tr");
    html.leaf("th", "Metric", {{"scope", "col"}});
    html.leaf("th", has_deviation ? "Mean" : "Value", {{"scope", "col"}, {"class", "number"}});
    if (has_deviation) html.leaf("th", "± sd", {{"scope", "col"}, {"class", "number"}});
  }
  const auto body = html.open("tbody");
  for (const Metric& metric : report.metrics) {
    const auto row = html.open("tr");
    html.leaf("th", metric.name, {{"scope", "row"}});
    html.leaf("td", number_text(metric.value), {{"class", "number"}});
    if (!has_deviation) continue;
    const std::string deviation = metric.deviation ? "± " + number_text(*metric.deviation, 2) : "";
    html.leaf("td", deviation, {{"class", "number muted"}});
  }
}

void write_class_scores(Html& html, const Report& report) {
  if (report.class_scores.empty()) return;
  const std::size_t shown = std::min(report.class_scores.size(), kMostClassScores);
  const auto figure = html.open("figure");
  html.leaf("figcaption", "Scores of each class");
  {
    const auto table = html.open("table");
    {
      const auto head = html.open("thead");
      const auto row = html.open("tr");
      html.leaf("th", "Class", {{"scope", "col"}});
      for (const char* name : {"Precision", "Recall", "F1", "Rows"}) {
        html.leaf("th", name, {{"scope", "col"}, {"class", "number"}});
      }
    }
    const auto body = html.open("tbody");
    for (std::size_t i = 0; i < shown; ++i) {
      const ClassScore& score = report.class_scores[i];
      const auto row = html.open("tr");
      html.leaf("th", score.name, {{"scope", "row"}});
      for (const double value : {score.precision, score.recall, score.f1}) {
        html.leaf("td", fixed_text(value, 3), {{"class", "number"}});
      }
      html.leaf("td", count_text(score.rows), {{"class", "number"}});
    }
  }
  write_left_out(html, report.class_scores.size() - shown, "classes");
}

void write_matrix(Html& html, const Confusion& confusion) {
  const auto scroll = html.open("div", {{"class", "scroll"}, {"tabindex", "0"}});
  const auto table = html.open("table", {{"class", "confusion"}});
  {
    const auto head = html.open("thead");
    const auto row = html.open("tr");
    html.leaf("th", "Actual \\ predicted", {{"scope", "col"}});
    for (const std::string& name : confusion.classes) {
      html.leaf("th", name, {{"scope", "col"}, {"class", "number"}});
    }
  }
  const auto body = html.open("tbody");
  for (std::size_t actual = 0; actual < confusion.classes.size(); ++actual) {
    const std::vector<double>& counts = confusion.counts[actual];
    const double rows = std::accumulate(counts.begin(), counts.end(), 0.0);
    const auto row = html.open("tr");
    html.leaf("th", confusion.classes[actual], {{"scope", "row"}});
    for (std::size_t predicted = 0; predicted < counts.size(); ++predicted) {
      const double share = rows > 0 ? counts[predicted] / rows : 0;
      const bool is_right = predicted == actual;
      const auto cell = html.open("td", {{"class", is_right ? "number right" : "number wrong"},
                                         {"style", "--share:" + coordinate(share)}});
      html.text(count_text(counts[predicted]));
      html.leaf("small", percent_text(share));
    }
  }
}

/// For too many classes to show a matrix: what was most often taken for something else.
void write_largest_confusions(Html& html, const Confusion& confusion) {
  struct Entry {
    std::size_t actual;
    std::size_t predicted;
    double count;
  };
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < confusion.counts.size(); ++i) {
    for (std::size_t j = 0; j < confusion.counts[i].size(); ++j) {
      if (i != j && confusion.counts[i][j] > 0) entries.push_back({i, j, confusion.counts[i][j]});
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.count > b.count; });
  const std::size_t shown = std::min(entries.size(), kMostConfusions);
  {
    const auto table = html.open("table");
    {
      const auto head = html.open("thead");
      const auto row = html.open("tr");
      html.leaf("th", "Actual", {{"scope", "col"}});
      html.leaf("th", "Predicted", {{"scope", "col"}});
      html.leaf("th", "Rows", {{"scope", "col"}, {"class", "number"}});
    }
    const auto body = html.open("tbody");
    for (std::size_t i = 0; i < shown; ++i) {
      const auto row = html.open("tr");
      html.leaf("td", confusion.classes[entries[i].actual]);
      html.leaf("td", confusion.classes[entries[i].predicted]);
      html.leaf("td", count_text(entries[i].count), {{"class", "number"}});
    }
  }
  write_left_out(html, entries.size() - shown, "pairs of classes");
}

void write_confusion(Html& html, const Confusion& confusion) {
  if (confusion.classes.empty()) return;
  const bool fits = confusion.classes.size() <= kMostClassesOfMatrix;
  const auto figure = html.open("figure", {{"class", confusion.classes.size() > 4 ? "wide" : ""}});
  {
    const auto caption = html.open("figcaption");
    html.text(fits ? "Confusion matrix" : "Most frequent confusions");
    html.leaf("span",
              fits ? "Percentages are shares of the actual class" : "Rows of the evaluation",
              {{"class", "note"}});
  }
  if (fits) {
    write_matrix(html, confusion);
  } else {
    write_largest_confusions(html, confusion);
  }
}

}  // namespace

void write_evaluation(Html& html, const Report& report) {
  if (report.metrics.empty() && report.class_scores.empty() && report.confusion.classes.empty()) {
    return;
  }
  const auto section = html.open("section");
  html.leaf("h2", "Evaluation");
  const auto grid = html.open("div", {{"class", "grid"}});
  write_metrics(html, report);
  const bool is_narrow = report.confusion.classes.size() <= 4;
  if (is_narrow) {
    const auto stack = html.open("div", {{"class", "stack"}});
    write_class_scores(html, report);
    write_confusion(html, report.confusion);
  } else {
    write_class_scores(html, report);
    write_confusion(html, report.confusion);
  }
}

}  // namespace mlserve::report
