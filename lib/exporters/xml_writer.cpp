#include "exporters/xml_writer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::exporters {
namespace {

/// `text` for an attribute or for the inside of an element. Readers turn line breaks and tabs of
/// attributes into spaces, and carriage returns into line feeds, unless they are written as
/// references; ">" is one too, for the sake of "]]>".
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      case '\t':
        out += "&#9;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

std::size_t find_invalid_xml(std::string_view text) {
  const std::size_t end = std::min(text.size(), find_invalid_utf8(text));
  for (std::size_t i = 0; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return i;
    const std::string_view character = text.substr(i, 3);
    if (character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") return i;
  }
  return end < text.size() ? end : std::string_view::npos;
}

XmlWriter::XmlWriter() : out_(R"(<?xml version="1.0" encoding="UTF-8"?>)") {}

XmlWriter& XmlWriter::open(std::string_view name) {
  if (!open_.empty()) {
    end_tag();
    open_.back().content = Content::elements;
  }
  begin_line();
  out_ += '<';
  out_ += name;
  open_.push_back({std::string(name)});
  return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
  assert(!open_.empty() && open_.back().content == Content::none);
  out_ += ' ';
  out_ += name;
  out_ += "=\"";
  append_escaped(out_, value);
  out_ += '"';
  return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, double value) {
  return attribute(name, format_double(value));
}

XmlWriter& XmlWriter::text(std::string_view text) {
  assert(!open_.empty() && open_.back().content == Content::none);
  end_tag();
  open_.back().content = Content::text;
  append_escaped(out_, text);
  return *this;
}

XmlWriter& XmlWriter::close() {
  assert(!open_.empty());
  const Element element = std::move(open_.back());
  open_.pop_back();
  if (element.content == Content::none) {
    out_ += "/>";
    return *this;
  }
  if (element.content == Content::elements) begin_line();
  out_ += "</" + element.name + '>';
  return *this;
}

std::string XmlWriter::take() && {
  assert(open_.empty());
  return std::move(out_) + '\n';
}

/// Ends the start tag of the element at hand when something comes into it.
void XmlWriter::end_tag() {
  if (open_.back().content == Content::none) out_ += '>';
}

void XmlWriter::begin_line() {
  out_ += '\n';
  out_.append(open_.size(), ' ');
}

}  // namespace mlserve::exporters
