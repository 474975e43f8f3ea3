"""lib/model/FORMAT.md says how to score a row from a model file: done here by the page alone, in
Python, and compared with what `predict` answers. Also what the page says of the file itself."""

import collections
import csv
import datetime
import hashlib
import io
import json
import math
import re
import unittest

from harness import ROOT
from reference_tables import TableTestCase, reference


class PageScorer:
    """Scores records of texts (None where missing) by a model file."""

    def __init__(self, model):
        self.model = model
        self.features = {feature["name"]: feature for feature in model["features"]}
        self.column = {name: c for c, name in enumerate(model["columns"])}

    def scores(self, record):
        values = {name: self.values(feature, record.get(name))
                  for name, feature in self.features.items()}
        terms = [term for name in values for term in values[name]]
        terms += [(f"{name}_missing", 1.0) for name, feature in self.features.items()
                  if feature.get("missing_indicator") and record.get(name) is None]
        for a, b in self.model["interactions"]:
            terms += [(f"{x}:{y}", u * v) for x, u in values[a] for y, v in values[b]]
        margins = [intercept + sum((row[self.column[name]] or 0) * value for name, value in terms)
                   for row, intercept in zip(self.model["coefficients"], self.model["intercept"])]
        return self.answers(margins)

    def values(self, feature, text):
        """Columns and values of one cell."""
        return getattr(self, feature["kind"])(feature, feature["name"], text)

    def numeric(self, feature, name, text):
        return [(name, feature["fill"] if text is None else float(text))]

    def boolean(self, feature, name, text):
        truth = {"true": 1.0, "false": 0.0}
        return [(name, feature["fill"] if text is None else truth[text.lower()])]

    def date(self, feature, name, text):
        utc = datetime.timezone.utc
        date = (datetime.datetime.fromtimestamp(math.floor(feature["fill"]), utc) if text is None
                else datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(utc))
        days = {"day_of_week": date.isoweekday(), "day_of_year": date.timetuple().tm_yday}
        return [(f"{name}_{part}", days[part] if part in days else getattr(date, part))
                for part in feature["parts"]]

    def categorical(self, feature, name, text):
        if text not in feature["categories"] or text in feature["without_column"]:
            return []
        return [(f"{name}_infrequent" if text in feature["infrequent"] else f"{name}_{text}", 1.0)]

    def text(self, feature, name, text):
        idf = dict(zip(feature["words"], feature["idf"]))
        counts = collections.Counter(re.findall(r"\w\w+", (text or "").lower()))
        weights = {word: n * idf[word] for word, n in counts.items() if idf.get(word)}
        norm = math.sqrt(sum(weight * weight for weight in weights.values()))
        return [(f"{name}_{word}", weight / norm) for word, weight in weights.items()]

    def answers(self, margins):
        if self.model["estimator"] == "linear":
            return margins
        if self.model["estimator"] == "poisson":
            return [math.exp(min(margins[0], 709))]
        if len(margins) == 1:
            return [1 / (1 + math.exp(margins[0])), 1 / (1 + math.exp(-margins[0]))]
        shares = [math.exp(margin - max(margins)) for margin in margins]
        return [share / sum(shares) for share in shares]


class ModelFormat(TableTestCase):
    CASES = ["iris", "diabetes, ridge", "visits", "warpbreaks, interaction", "missing indicator",
             "missing median", "drop first", "both limits", "dates", "descriptions",
             "diabetes, interactions"]

    def test_the_page_says_how_to_score(self):
        for name in self.CASES:
            with self.subTest(name):
                case, _ = self.train_case(name)
                page = PageScorer(self.model())
                rows = csv.DictReader(io.StringIO(reference()["tables"][case["table"]]))
                expected = [page.scores({key: text or None for key, text in row.items()})
                            for row in rows]
                self.assert_close(self.scores(), expected, 1e-12, "scores")

    def test_the_page_names_all_members(self):
        page = (ROOT / "lib/model/FORMAT.md").read_text(encoding="utf-8")
        for name in ["descriptions", "dates", "missing indicator"]:
            self.train_case(name)
            model = self.model()
            members = [*model, *model["inference"], *model["training"], *model["target"],
                       *(member for feature in model["features"] for member in feature)]
            for member in members:
                self.assertIn(f"`{member}`", page)

    def test_checksum(self):
        self.train_case("iris")
        text = self.read("model.json").decode()
        digest = re.search("sha256:([0-9a-f]{64})", text)[1]
        zeros = text.replace(digest, "0" * 64, 1)
        self.assertEqual(hashlib.sha256(zeros.encode()).hexdigest(), digest)
        self.write("model.json", text.replace('"rows": 150', '"rows": 151', 1))
        self.assert_fails(self.run_mlserve("predict", "data.csv"), 4, "model.json",
                          "checksum does not match")


if __name__ == "__main__":
    unittest.main()
