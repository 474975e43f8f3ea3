#include "exporters/c_tables.hpp"

#include "exporters/c_literals.hpp"

namespace mlserve::exporters {
namespace {

std::string table(const std::string& type, const std::string& name, const std::string& lines) {
  return "static const " + type + " " + name + "[] = {\n" + lines + "};\n\n";
}

}  // namespace

std::string c_table(const std::string& name, const std::vector<KnownText>& known) {
  std::string lines;
  for (const auto& [text, code] : known) {
    lines += "  {" + c_string(text) + ", " + std::to_string(text.size()) + ", " +
             std::to_string(code) + "},\n";
  }
  return table("struct entry", name, lines);
}

std::string c_table(const NumberTable& numbers) {
  return table("double", numbers.name, number_lines(numbers, &c_double));
}

std::string c_range_table(const std::string& name, const std::vector<CharacterRange>& ranges) {
  return table("struct range", name, range_lines(ranges));
}

std::string c_lower_table(const std::string& name, const std::vector<CharacterRange>& ranges) {
  return table("struct lower_case", name, lower_lines(ranges));
}

std::string range_lines(const std::vector<CharacterRange>& ranges, char open, char close) {
  std::vector<std::string> items;
  items.reserve(ranges.size());
  for (const auto& [first, last, lower] : ranges)
    items.push_back(open + std::to_string(first) + ", " + std::to_string(last) + close);
  return wrapped(items);
}

std::string lower_lines(const std::vector<CharacterRange>& ranges, char open, char close) {
  std::vector<std::string> items;
  items.reserve(ranges.size());
  for (const auto& [first, last, lower] : ranges) {
    items.push_back(open + std::to_string(first) + ", " + std::to_string(last) + ", " +
                    std::to_string(lower) + close);
  }
  return wrapped(items);
}

std::string wrapped(const std::vector<std::string>& items) {
  constexpr std::size_t kWidth = 100;
  std::string lines;
  std::string line = " ";
  for (const std::string& item : items) {
    if (line.size() > 1 && line.size() + item.size() + 2 > kWidth) {
      lines += line + "\n";
      line = " ";
    }
    line += " " + item + ",";
  }
  return lines + line + "\n";
}

std::string number_lines(const NumberTable& table, std::string (*literal)(double)) {
  std::string lines;
  for (std::size_t i = 0; i < table.values.size(); i += table.width) {
    std::string line = " ";
    for (std::size_t k = 0; k < table.width; ++k) line += " " + literal(table.values[i + k]) + ",";
    const std::size_t row = i / table.width;
    if (row < table.notes.size()) line += " /* " + c_comment(table.notes[row]) + " */";
    lines += line + "\n";
  }
  return lines;
}

}  // namespace mlserve::exporters
