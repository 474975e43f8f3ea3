#!/usr/bin/env python3
"""The page /docs of a running server in headless Chromium: what it shows, what it sends, and that
it loads nothing from elsewhere. The environment names the browser in CHROMIUM and the program in
MLSERVE."""

import pathlib
import sys
import unittest

from browser import Browser, Page

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from harness import ROOT, CliTestCase  # noqa: E402  (found by the line above)
from servers import Server  # noqa: E402

MODEL = ROOT / "tests" / "golden" / "kinds_v2.json"
NAME = '<b onclick="x">"it\'s"</b> {x} größe'
PHONE = 390


class DocsTestCase(CliTestCase):
    def start(self, *arguments):
        self.server = Server(self.folder, "-m", MODEL, "--name", NAME, *arguments)
        self.addCleanup(self.server.stop)
        browser = Browser(self.folder / "profile")
        self.addCleanup(browser.close)
        self.page = Page(browser)
        self.origin = f"http://127.0.0.1:{self.server.port}"

    def tearDown(self):
        self.assertEqual(self.page.trouble, [])
        self.assertEqual([url for url in self.page.asked if not url.startswith(self.origin)], [])

    def try_it(self):
        """What is shown of the answer to the example of POST /predict, which must be open."""
        output = "document.querySelector('#predict pre[aria-live]')"
        self.page.run("[...document.querySelectorAll('#predict button')]"
                      ".find((e) => e.textContent === 'Try it').click()")
        return self.page.wait_for(f"/^[0-9]{{3}} /.test({output}.textContent) && "
                                  f"{output}.textContent")


class Docs(DocsTestCase):
    def setUp(self):
        super().setUp()
        self.start()

    def open(self, place=""):
        self.page.open(f"{self.origin}/docs#{place}")
        self.page.wait_for("document.querySelectorAll('details.route').length")

    def test_every_operation_is_shown_as_text(self):
        self.open()
        document = self.server.get_json("/openapi.json")
        expected = sorted(operation["operationId"] for methods in document["paths"].values()
                          for operation in methods.values())
        shown = self.page.run("[...document.querySelectorAll('details.route')].map((e) => e.id)")
        self.assertEqual(sorted(shown), expected)
        # Opened, each has its inside; no name has become markup.
        self.page.run("document.querySelectorAll('details.route').forEach((e) => e.open = true)")
        self.page.wait_for("document.querySelectorAll('details.route > div').length === "
                           f"{len(expected)}")
        self.assertEqual(self.page.run("document.querySelectorAll('b').length"), 0)
        text = self.page.run("document.body.textContent")
        for part in (NAME, "in training from 0.75 to 17.61", "Idempotency-Key", "curl '"):
            self.assertTrue(part in text, part)
        for part in ("[object", "undefined", "NaN"):
            self.assertFalse(part in text, part)

    def test_predictions_can_be_tried_in_every_format(self):
        self.open("predict")
        self.page.wait_for("document.querySelector('#predict textarea')")
        types = self.page.run("[...document.querySelector('#predict select[aria-label=\"Media "
                              "type\"]').options].map((e) => e.value)")
        self.assertEqual(types, ["application/json", "application/x-ndjson", "text/csv"])
        for media_type in types:
            self.page.run(f"""(() => {{
                const select = document.querySelector('#predict select[aria-label="Media type"]');
                select.value = {media_type!r};
                select.dispatchEvent(new Event('change', {{bubbles: true}}));
              }})()""")
            answer = self.try_it()
            self.assertTrue(answer.startswith("200 OK"), answer)
            self.assertIn('"prediction"', answer)
            self.assertIn(media_type, self.page.run(
                "document.querySelector('#predict pre[tabindex]').textContent"))

    def test_parameters_go_into_the_request_and_errors_are_shown(self):
        self.open("predict")
        self.page.wait_for("document.querySelector('#predict textarea')")
        self.page.run("""(() => {
            const labels = [...document.querySelectorAll('#predict .inputs label')];
            const label = labels.find((e) => e.firstChild.data === 'warnings');
            document.getElementById(label.htmlFor).value = 'true';
            document.querySelector('#predict textarea').value = '[{}]';
          })()""")
        answer = self.try_it()
        self.assertTrue(answer.startswith("422"), answer)
        self.assertTrue(self.page.asked[-1].endswith("/predict?warnings=true"), self.page.asked)
        self.page.trouble.clear()  # the browser notes the 422

    def test_it_fits_a_phone_and_follows_the_scheme(self):
        for scheme, paper in ("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 27)"):
            self.page.call("Emulation.setDeviceMetricsOverride", width=PHONE, height=800,
                           deviceScaleFactor=1, mobile=False)
            self.page.call("Emulation.setEmulatedMedia",
                           features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.open("predict")
            self.page.wait_for("document.querySelector('#predict textarea')")
            # Less where the browser has a scroll bar; more would have to be scrolled sideways.
            self.assertLessEqual(self.page.run("document.documentElement.scrollWidth"), PHONE)
            self.assertEqual(self.page.run("getComputedStyle(document.body).backgroundColor"),
                             paper)

    def test_it_is_small(self):
        sizes = [len(self.server.request("GET", path)[2])
                 for path in ("/docs", "/docs/docs.css", "/docs/docs.js")]
        self.assertLess(sum(sizes), 30_000)


class Keys(DocsTestCase):
    def setUp(self):
        super().setUp()
        self.key = self.run_well("key", "shop", "--file", "keys.txt").stdout.strip()
        self.start("--keys", "keys.txt")

    def use_key(self, key):
        self.page.run(f"""document.getElementById('key').value = {key!r};
                          document.querySelector('#access button').click()""")

    def trouble_shown(self):
        return self.page.run("document.getElementById('trouble').textContent")

    def test_the_page_asks_for_a_key_and_keeps_it_to_itself(self):
        self.page.open(f"{self.origin}/docs#predict")
        self.page.wait_for("!document.getElementById('trouble').hidden")
        self.assertIn("asks for an API key", self.trouble_shown())
        self.assertFalse(self.page.run("document.getElementById('access').hidden"))
        asked = len(self.page.asked)
        self.use_key("wrong")
        self.page.wait_for("performance.getEntriesByType('resource')"
                           ".filter((e) => e.name.endsWith('openapi.json')).length === 2")
        self.assertGreater(len(self.page.asked), asked)
        self.use_key(self.key)
        self.page.wait_for("document.querySelector('#predict textarea')")
        answer = self.try_it()
        self.assertTrue(answer.startswith("200"), answer)
        curl = self.page.run("document.querySelector('#predict pre[tabindex]').textContent")
        self.assertIn('"Authorization: Bearer $MLSERVE_API_KEY"', curl)
        self.assertNotIn(self.key, self.page.run("document.documentElement.outerHTML"))
        self.assertEqual(self.page.run("localStorage.length + sessionStorage.length"), 0)
        self.assertEqual(self.page.run("document.cookie"), "")
        self.page.trouble.clear()  # the browser notes each 401


if __name__ == "__main__":
    unittest.main()
