#include "mlserve/replay_text.hpp"

#include <set>
#include <vector>

#include "core/text.hpp"
#include "mlserve/console.hpp"

namespace mlserve::app {
namespace {

using Align = TextTable::Align;
using pipeline::ReplayResult;

/// More classes make no table that fits a screen; `--json` has them all.
constexpr std::size_t kMaxClasses = 12;

std::string counts_text(const ReplayResult& result) {
  TextTable table({Align::left, Align::right, Align::right});
  table.add({"requests", grouped(result.requests)});
  table.add({"rows", grouped(result.rows)});
  const auto add_share = [&](const char* what, std::uint64_t rows) {
    const double share = static_cast<double>(rows) / static_cast<double>(result.rows);
    table.add({what, grouped(rows), percent(share)});
  };
  add_share("same", result.same);
  add_share("changed", result.changed);
  add_share("refused", result.refused);
  return table.text(0);
}

/// Rows by recorded class and, in columns, by the new one.
std::string classes_text(const ReplayResult& result) {
  std::set<std::string> recorded;
  std::set<std::string> answers;
  for (const auto& [classes, rows] : result.classes) {
    recorded.insert(classes.first);
    answers.insert(classes.second);
  }
  if (result.classes.empty() || recorded.size() > kMaxClasses || answers.size() > kMaxClasses)
    return {};
  TextTable table(std::vector<Align>(answers.size() + 1, Align::right));
  std::vector<std::string> header = {"recorded"};
  for (const std::string& name : answers) header.push_back("now " + shown(name, 20));
  table.add(std::move(header));
  for (const std::string& of : recorded) {
    std::vector<std::string> row = {shown(of, 20)};
    for (const std::string& name : answers) {
      const auto found = result.classes.find({of, name});
      row.push_back(found == result.classes.end() ? "0" : grouped(found->second));
    }
    table.add(std::move(row));
  }
  return "\n" + table.text(0);
}

std::string examples_text(const ReplayResult& result) {
  if (result.examples.empty()) return {};
  TextTable table(
      {Align::left, Align::right, Align::right, Align::right, Align::right, Align::left});
  table.add({"request", "row", "recorded", "now", "difference", "line"});
  for (const pipeline::ReplayedRow& row : result.examples) {
    table.add({shown(row.request_id), std::to_string(row.row), shown(row.recorded, 20),
               shown(row.answer, 20), rounded(row.difference),
               shown(row.input) + ":" + std::to_string(row.line)});
  }
  return "\nchanged most:\n" + table.text(2);
}

std::string refusals_text(const ReplayResult& result) {
  if (result.refused == 0) return {};
  TextTable table({Align::right, Align::left, Align::left});
  for (const auto& [reason, refused] : result.refusals)
    table.add({grouped(refused.rows), refused.first, shown(reason, 120)});
  if (result.refused_otherwise > 0)
    table.add({grouped(result.refused_otherwise), "", "for other reasons"});
  return "\nrefused, with the first line:\n" + table.text(2);
}

}  // namespace

std::string percent(double share) { return rounded(100 * share, 3) + " %"; }

std::string replay_text(const ReplayResult& result) {
  std::vector<std::string> versions;
  for (const auto& [version, rows] : result.versions) versions.push_back(version);
  const std::string what = result.classes.empty() ? "predictions" : "probabilities";
  return "recorded   '" + shown(result.name) + "' version " + shown(join(versions)) + ", " +
         result.first_time + " to " + result.last_time + "\n" + counts_text(result) +
         "difference of " + what + ": largest " + rounded(result.largest_difference) + ", mean " +
         rounded(result.mean_difference) + "\n" + classes_text(result) + examples_text(result) +
         refusals_text(result);
}

}  // namespace mlserve::app
