#include "exporters/xml_writer.hpp"

#include <string>
#include <utility>

#include "support/catch_shim.hpp"

using mlserve::exporters::find_invalid_xml;
using mlserve::exporters::XmlWriter;

namespace {

/// What is written of an attribute and of a text, without what stands around it.
std::string as_attribute(std::string_view value) {
  XmlWriter xml;
  xml.open("e").attribute("a", value).close();
  const std::string document = std::move(xml).take();
  const std::size_t begin = document.find("a=\"") + 3;
  return document.substr(begin, document.rfind('"') - begin);
}

std::string as_text(std::string_view text) {
  XmlWriter xml;
  xml.open("e").text(text).close();
  const std::string document = std::move(xml).take();
  const std::size_t begin = document.find("<e>") + 3;
  return document.substr(begin, document.rfind("</e>") - begin);
}

}  // namespace

TEST_CASE("XML elements are indented by their depth, and texts stand without blanks",
          "[exporters]") {
  XmlWriter xml;
  xml.open("a").attribute("x", "1").attribute("y", 0.1);
  xml.open("b").close();
  xml.open("c");
  xml.open("d").text("t").close();
  xml.open("e").text("").close();
  xml.close();
  xml.close();
  CHECK(std::move(xml).take() ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<a x=\"1\" y=\"0.1\">\n"
        " <b/>\n"
        " <c>\n"
        "  <d>t</d>\n"
        "  <e></e>\n"
        " </c>\n"
        "</a>\n");
}

TEST_CASE("Markup in an XML value is escaped", "[exporters]") {
  const auto [value, escaped] = GENERATE(table<std::string, std::string>({
      {"\"/><x y='", "&quot;/&gt;&lt;x y=&apos;"},
      {"]]>", "]]&gt;"},
      {"<!-- -->", "&lt;!-- --&gt;"},
      {"&amp; &#0; &", "&amp;amp; &amp;#0; &amp;"},
      {"a\nb\tc\rd\r\n", "a&#10;b&#9;c&#13;d&#13;&#10;"},
      {" \\ \xF0\x9F\x9A\xA2 ", " \\ \xF0\x9F\x9A\xA2 "},
  }));
  CHECK(as_attribute(value) == escaped);
  CHECK(as_text(value) == escaped);
}

TEST_CASE("Numbers in XML read back exactly", "[exporters]") {
  XmlWriter xml;
  xml.open("e").attribute("a", 1.0 / 3).attribute("b", 5e-324).attribute("c", -0.0).close();
  CHECK(std::move(xml).take().find(R"(a="0.3333333333333333" b="5e-324" c="-0")") !=
        std::string::npos);
}

TEST_CASE("Characters that XML 1.0 cannot have are found", "[exporters]") {
  CHECK(find_invalid_xml("") == std::string::npos);
  CHECK(find_invalid_xml("a\t\n\r \x7F\xC2\x80\xF4\x8F\xBF\xBF") == std::string::npos);
  CHECK(find_invalid_xml("\xEF\xBF\xBD") == std::string::npos);  // U+FFFD
  CHECK(find_invalid_xml(std::string("ab\0c", 4)) == 2);
  CHECK(find_invalid_xml("a\x1F") == 1);
  CHECK(find_invalid_xml("ab\xEF\xBF\xBE") == 2);  // U+FFFE
  CHECK(find_invalid_xml("\xEF\xBF\xBF") == 0);    // U+FFFF
  CHECK(find_invalid_xml("abc\xFF") == 3);
  CHECK(find_invalid_xml("a\xED\xA0\x80") == 1);  // a surrogate
  CHECK(find_invalid_xml("a\xFF\x01") == 1);
}
