#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlserve::exporters {

/// Offset of the first character of `text` that XML 1.0 cannot have in any spelling, or npos: a
/// control character other than tab, line feed and carriage return, U+FFFE, U+FFFF, or a byte that
/// is not UTF-8.
std::size_t find_invalid_xml(std::string_view text);

/// Writes a well-formed XML 1.0 document, indented by a space a level.
///
///   XmlWriter xml;
///   xml.open("a").attribute("b", "c & d").open("e").text("f").close().close();
///
/// Values and texts are free of what find_invalid_xml finds; anything else in them reads back as it
/// was, also line breaks in attributes. Names of elements and attributes are the program's own.
class XmlWriter {
 public:
  XmlWriter();

  XmlWriter& open(std::string_view name);
  /// Of the element that was opened last, before anything is put into it.
  XmlWriter& attribute(std::string_view name, std::string_view value);
  /// The shortest text that reads back as `value`, which is finite.
  XmlWriter& attribute(std::string_view name, double value);
  /// All that the element at hand holds.
  XmlWriter& text(std::string_view text);
  XmlWriter& close();

  /// The document; all elements are closed.
  std::string take() &&;

 private:
  void end_tag();
  void begin_line();

  enum class Content { none, text, elements };
  struct Element {
    std::string name;
    Content content = Content::none;
  };

  std::string out_;
  std::vector<Element> open_;
};

}  // namespace mlserve::exporters
