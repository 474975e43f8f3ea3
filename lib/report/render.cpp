#include "report/html.hpp"
#include "report/report.hpp"
#include "report/sections.hpp"
#include "report/style.css.hpp"

namespace mlserve::report {
namespace {

void write_head(Html& html, const Report& report) {
  const auto head = html.open("head");
  html.empty("meta", {{"charset", "utf-8"}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.leaf("title", report.title);
  const auto style = html.open("style");
  html.raw(kStyle);
}

void write_header(Html& html, const Report& report) {
  const auto header = html.open("header");
  html.leaf("h1", report.title);
  if (!report.subtitle.empty()) html.leaf("p", report.subtitle, {{"class", "subtitle"}});
  if (report.facts.empty()) return;
  const auto list = html.open("dl", {{"class", "facts"}});
  for (const Fact& fact : report.facts) {
    const auto pair = html.open("div");
    html.leaf("dt", fact.name);
    html.leaf("dd", fact.value);
  }
}

void write_warnings(Html& html, const Report& report) {
  if (report.warnings.empty()) return;
  const auto section = html.open("section", {{"class", "warnings"}});
  html.leaf("h2", report.warnings.size() == 1 ? "Warning" : "Warnings");
  const auto list = html.open("ul");
  for (const std::string& warning : report.warnings) html.leaf("li", warning);
}

}  // namespace

void write_facts(Html& html, const std::vector<Fact>& facts) {
  const auto table = html.open("table");
  const auto body = html.open("tbody");
  for (const Fact& fact : facts) {
    const auto row = html.open("tr");
    html.leaf("th", fact.name, {{"scope", "row"}});
    html.leaf("td", fact.value, {{"class", "value"}});
  }
}

void write_left_out(Html& html, std::size_t left_out, const std::string& what) {
  if (left_out == 0) return;
  html.leaf("p", "Not shown: " + std::to_string(left_out) + " " + what + ".", {{"class", "note"}});
}

std::string render(const Report& report) {
  Html html;
  html.raw("<!DOCTYPE html>");
  {
    const auto page = html.open("html", {{"lang", "en"}});
    write_head(html, report);
    const auto body = html.open("body");
    const auto main = html.open("main");
    write_header(html, report);
    write_warnings(html, report);
    write_evaluation(html, report);
    write_plots(html, report);
    write_coefficients(html, report);
    write_features(html, report);
    write_training(html, report);
  }
  return html.take() + "\n";
}

}  // namespace mlserve::report
