#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace mlserve::report {

/// Appends `text` so that HTML and XML read it back as it is, in content and in attributes.
/// Control characters, which neither allows, become U+FFFD.
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

/// Writes HTML (with SVG in it) that is well-formed XML, so tags always match.
class Html {
 public:
  struct Attribute {
    std::string_view name;
    std::string value;  ///< any text
  };
  using Attributes = std::initializer_list<Attribute>;

  /// Ends its element when it goes out of scope; inner elements before outer ones.
  class [[nodiscard]] Element {
   public:
    Element(Html& html, std::string_view tag) : html_(html), tag_(tag) {}
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;
    Element(Element&&) = delete;
    Element& operator=(Element&&) = delete;
    ~Element() { html_.close(tag_); }

   private:
    Html& html_;
    std::string_view tag_;
  };

  /// Begins an element; `tag` outlives it.
  Element open(std::string_view tag, Attributes attributes = {});

  /// A whole element that has `text` in it, or nothing: <td>text</td>, <rect x="0" />.
  void leaf(std::string_view tag, std::string_view text, Attributes attributes = {});
  void empty(std::string_view tag, Attributes attributes);

  void text(std::string_view text) { append_escaped(out_, text); }

  /// Text that is written as it is: the document type, a style sheet.
  void raw(std::string_view text) { out_ += text; }

  std::string take() { return std::move(out_); }

 private:
  void begin(std::string_view tag, Attributes attributes);
  void close(std::string_view tag);

  std::string out_;
};

}  // namespace mlserve::report
