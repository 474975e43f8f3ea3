#include "exporters/sql_lookup.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace mlserve::exporters {
namespace {

/// Cases of a leaf, and branches of a node. Nodes are wide and not binary, for the parser of SQLite
/// has a stack of 100 symbols.
constexpr std::size_t kMostBranches = 16;

struct KeyedCase {
  std::string key;
  SqlCase body;
};

class Tree {
 public:
  Tree(const SqlDialect& dialect, const std::string& column, const std::string& otherwise)
      : dialect_(dialect), column_(column), otherwise_(otherwise) {}

  std::string write(std::span<const KeyedCase> cases) const {
    const std::vector<std::span<const KeyedCase>> branches = branches_of(cases);
    if (branches.size() == 1) return leaf(cases);
    std::string text = "CASE";
    for (std::size_t i = 0; i + 1 < branches.size(); ++i) {
      text += " WHEN " + column_ + " < " + sql_text(dialect_, branches[i + 1][0].body.text) +
              std::string(dialect_.ordered) + " THEN " + write(branches[i]) + "\n";
    }
    return text + " ELSE " + write(branches.back()) + " END";
  }

 private:
  /// Runs of about equal length, none of which begins with the key that the one before it ends
  /// with: `<` does not tell them apart. One run: these are the cases of a leaf.
  static std::vector<std::span<const KeyedCase>> branches_of(std::span<const KeyedCase> cases) {
    std::size_t length = kMostBranches;
    while (length * kMostBranches < cases.size()) length *= kMostBranches;
    std::vector<std::span<const KeyedCase>> branches;
    for (std::size_t begin = 0; begin < cases.size();) {
      std::size_t end = std::min(begin + length, cases.size());
      while (end < cases.size() && cases[end].key == cases[end - 1].key) ++end;
      branches.push_back(cases.subspan(begin, end - begin));
      begin = end;
    }
    return branches;
  }

  std::string leaf(std::span<const KeyedCase> cases) const {
    std::string text = "CASE " + column_;
    for (const auto& [key, body] : cases)
      text += " WHEN " + sql_text(dialect_, body.text) + " THEN " + body.expression;
    return text + " ELSE " + otherwise_ + " END";
  }

  const SqlDialect& dialect_;
  const std::string& column_;
  const std::string& otherwise_;
};

}  // namespace

std::string sql_lookup(const SqlDialect& dialect, const std::string& column,
                       std::vector<SqlCase> cases, const std::string& otherwise) {
  if (cases.empty()) return otherwise;
  std::vector<KeyedCase> keyed;
  for (SqlCase& body : cases) {
    std::string key = sql_order_key(dialect, body.text);
    keyed.push_back({std::move(key), std::move(body)});
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const KeyedCase& a, const KeyedCase& b) { return a.key < b.key; });
  return Tree(dialect, column, otherwise).write(keyed);
}

}  // namespace mlserve::exporters
