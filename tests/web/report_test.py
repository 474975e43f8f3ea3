#!/usr/bin/env python3
"""Opens reports in headless Chromium, as wide as a phone and as a screen, light and dark.

The environment names the browser in CHROMIUM and in WRITE_REPORTS the program that writes the
sample reports, in MLSERVE the program itself. Each report stands in a frame of the width in question, because a window of
Chromium is never narrower than 500 px; a script beside the frames looks at what came out.
"""

import functools
import html
import http.server
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest
import xml.etree.ElementTree

TITANIC = str(pathlib.Path(__file__).parents[2] / "data" / "titanic.csv")
# Reports that the program itself makes: name and arguments of `mlserve train`.
TRAINED = (
    ("trained_titanic", TITANIC),
    ("trained_fares", TITANIC, "--target", "Fare", "--features", "Age,Sex,Pclass,Embarked",
     "--folds", "3"),
)

PHONE = 390
WIDTHS = (PHONE, 768, 1600)

# What came out in each frame; `wrong` is a list of sentences.
PROBE = """
<script>
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (color) => {
    const [red, green, blue] = color.match(/[\\d.]+/g).map(Number).map(channel);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const described = (element) =>
      element.tagName + "." + element.getAttribute("class") + " " +
      element.textContent.trim().slice(0, 40);

  const look = (page) => {
    const root = page.documentElement;
    const style = (element) => page.defaultView.getComputedStyle(element);
    const wrong = [];
    if (root.scrollWidth > root.clientWidth) {
      wrong.push(`the page is ${root.scrollWidth} px wide`);
    }
    const paper = style(page.body).backgroundColor;
    for (const element of page.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      const scrolls = element.closest(".scroll") !== null;
      const inPlot = element.closest("svg") !== null && element.tagName !== "svg";
      if (!scrolls && !inPlot && box.right > root.clientWidth + 1) {
        wrong.push("beyond the right edge: " + described(element));
      }
      if (element.tagName === "svg" && !(box.width > 0 && box.height > 0)) {
        wrong.push("a plot without size: " + described(element));
      }
      const isText = element.children.length === 0 && element.textContent.trim() !== "";
      if (isText && element.tagName !== "title") {
        const color = inPlot ? style(element).fill : style(element).color;
        if (contrast(color, paper) < 4.5) wrong.push("hard to read: " + described(element));
      }
    }
    return {wrong, paper, title: page.title, scripts: page.scripts.length,
            tables: page.querySelectorAll("table").length,
            plots: page.querySelectorAll("svg").length};
  };

  onload = () => {
    const found = {};
    for (const frame of document.querySelectorAll("iframe")) {
      found[frame.name] = look(frame.contentDocument);
    }
    document.body.textContent = JSON.stringify(found);
  };
</script>
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="mlserve-web-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        subprocess.run([os.environ["WRITE_REPORTS"], cls.folder], check=True, timeout=60)
        for name, *arguments in TRAINED:
            subprocess.run([os.environ["MLSERVE"], "train", *arguments, "--report",
                            cls.folder / f"{name}.html", "--output", cls.folder / "model.json"],
                           check=True, timeout=60, capture_output=True)
        cls.reports = sorted(cls.folder.glob("*.html"))
        handler = functools.partial(Quiet, directory=cls.folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.origin = f"http://127.0.0.1:{server.server_port}"

    def browse(self, url, *options):
        """The document after its scripts ran; the console must have stayed empty."""
        profile = self.folder / "profile"
        command = [os.environ["CHROMIUM"], "--headless", "--no-sandbox", "--disable-gpu",
                   "--disable-dev-shm-usage", "--enable-logging=stderr",
                   f"--user-data-dir={profile}", *options, "--dump-dom", url]
        done = subprocess.run(command, capture_output=True, timeout=120, check=True)
        messages = [line for line in done.stderr.decode(errors="replace").splitlines()
                    if "CONSOLE" in line]
        self.assertEqual(messages, [])
        return done.stdout.decode()

    def probe(self, *options):
        """What each report looks like: {report: {width: what `look` above returns}}."""
        frame = '<iframe name="{0} {1}" src="{0}.html" style="width: {1}px; height: 900px"></iframe>'
        frames = [frame.format(report.stem, width) for report in self.reports for width in WIDTHS]
        page = "\n".join(["<!DOCTYPE html>", *frames, PROBE])
        (self.folder / "probe.htm").write_text(page, encoding="utf-8")
        document = self.browse(f"{self.origin}/probe.htm", *options)
        body = re.search(r"<body[^>]*>(.*)</body>", document, re.DOTALL).group(1)
        found = {}
        for name, page in json.loads(html.unescape(body)).items():
            report, width = name.split()
            found.setdefault(report, {})[int(width)] = page
        self.assertEqual(len(found), 5 + len(TRAINED))
        return found

    def test_pages_fit_every_width_and_scheme(self):
        dark = "--blink-settings=preferredColorScheme=0"
        for options, paper in ([], "rgb(255, 255, 255)"), ([dark], "rgb(20, 23, 27)"):
            for report, widths in self.probe(*options).items():
                for width, page in widths.items():
                    with self.subTest(report=report, width=width, options=options):
                        self.assertEqual(page["wrong"], [])
                        self.assertEqual(page["paper"], paper)
                        self.assertEqual(page["scripts"], 0)

    def test_pages_have_their_tables_and_plots(self):
        found = self.probe()
        page = found["two_classes"][PHONE]
        self.assertEqual(page["title"], "Survived by logistic regression")
        self.assertEqual(page["tables"], 7)
        # Three plots, bars of three features, a scale and eight intervals, the course of the fit.
        self.assertEqual(page["plots"], 3 + 3 + 1 + 8 + 1)
        # Names of columns are no markup.
        self.assertEqual(found["hostile"][PHONE]["title"],
                         "</script></title><b onclick='x'>\"&amp;\N{REPLACEMENT CHARACTER}")

    def test_the_page_of_a_training_has_what_was_measured(self):
        page = self.probe()["trained_titanic"][PHONE]
        self.assertEqual(page["title"], "Survived")
        # Three plots, bars of three features, a scale and eight intervals, the course of the fit.
        self.assertEqual(page["plots"], 3 + 3 + 1 + 8 + 1)
        text = (self.folder / "trained_titanic.html").read_text(encoding="utf-8")
        for part in ("Confusion matrix", "Sex_female", "roc_auc", "On 263 rows held out"):
            self.assertIn(part, text)

    def test_pages_open_from_a_file(self):
        document = self.browse((self.folder / "two_classes.html").as_uri())
        self.assertIn("Calibration", document)

    def test_pages_are_well_formed(self):
        for report in self.reports:
            xml.etree.ElementTree.parse(report)


if __name__ == "__main__":
    unittest.main()
