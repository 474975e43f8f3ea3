#include "report/html.hpp"

#include "support/catch_shim.hpp"

using mlserve::report::escaped;
using mlserve::report::Html;

TEST_CASE("Text is escaped for content and attributes alike", "[report]") {
  CHECK(escaped("a < b && \"c\" > 'd'") == "a &lt; b &amp;&amp; &quot;c&quot; &gt; &#39;d&#39;");
  CHECK(escaped("</script><b>") == "&lt;/script&gt;&lt;b&gt;");
  CHECK(escaped("Größe 木") == "Größe 木");
  CHECK(escaped("a\nb\tc") == "a b c");
  CHECK(escaped({"\0\x1B", 2}) == "\uFFFD\uFFFD");
}

TEST_CASE("Elements end where their scope ends", "[report]") {
  Html html;
  {
    const auto list = html.open("ul", {{"title", "\"x\""}});
    html.leaf("li", "1 < 2");
    html.empty("hr", {{"class", "a"}});
  }
  html.leaf("p", "");
  CHECK(html.take() ==
        "<ul title=\"&quot;x&quot;\">\n<li>1 &lt; 2</li>\n<hr class=\"a\" /></ul>\n<p></p>");
}
