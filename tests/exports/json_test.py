"""`--format json`: rows are scored by hand from the weights, as lib/exporters/WEIGHTS.md says."""

import datetime
import json
import math
import pathlib
import re
import sys
import tempfile
import unittest

import cases

EPOCH = datetime.datetime(1970, 1, 1)
MISSING = {None, "", "NA"}


def date_parts(text):
    """The parts of an ISO date, in UTC, by the calendar of Python."""
    date = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if date.tzinfo is not None:
        date = date.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return {"year": date.year, "month": date.month, "day": date.day,
            "day_of_week": date.isoweekday(), "day_of_year": date.timetuple().tm_yday,
            "hour": date.hour, "minute": date.minute, "second": date.second}


def tfidf(text, words):
    """Values by word as scikit-learn's TfidfVectorizer computes them."""
    values = {}
    for word in re.findall(r"(?u)\b\w\w+\b", text.lower()):
        if word in words:
            values[word] = values.get(word, 0) + words[word]["idf"]
    norm = math.sqrt(sum(value * value for value in values.values()))
    return {word: value / norm for word, value in values.items()} if norm else {}


def number(text):
    """The finite number that a text spells, or None."""
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def category(weights, text):
    """The entry of a category, whose number may be spelled in another way; none if unknown."""
    if text in weights or number(text) is None:
        return weights.get(text)
    return next((entry for name, entry in weights.items() if number(name) == number(text)), None)


class Scorer:
    def __init__(self, document):
        self.model = document
        self.width = len(document["intercept"])

    def feature_term(self, feature, value):
        if value in MISSING:
            return feature["when_missing"]
        total = [0.0] * self.width
        if feature["kind"] in ("numeric", "boolean"):
            self.add(total, feature["weight"], value)
        elif feature["kind"] == "categorical":
            self.add(total, category(feature["weights"], value))
        elif feature["kind"] == "date":
            parts = date_parts(value)
            for part, weight in feature["weights"].items():
                self.add(total, weight, parts[part])
        else:
            for word, part in tfidf(value, feature["words"]).items():
                self.add(total, feature["words"][word]["weight"], part)
        return total

    def interaction_term(self, interaction, values):
        total = [0.0] * self.width
        a, b = (values[name] for name in interaction["features"])
        if "weight" in interaction:
            fill = interaction["fill"]
            self.add(total, interaction["weight"],
                     (fill[0] if a is None else a) * (fill[1] if b is None else b))
        elif "fill" in interaction:
            self.add(total, category(interaction["weights"], b), interaction["fill"] if a is None else a)
        else:
            self.add(total, category(category(interaction["weights"], a) or {}, b))
        return total

    def add(self, total, weight, factor=1.0):
        if weight is None:
            return
        for k in range(self.width):
            total[k] += weight[k] * factor

    def answer(self, row):
        """(label, numbers) of a row."""
        names = [feature["name"] for feature in self.model["features"]]
        margins = list(self.model["intercept"])
        terms = [self.feature_term(feature, value)
                 for feature, value in zip(self.model["features"], row)]
        terms += [self.interaction_term(interaction, dict(zip(names, row)))
                  for interaction in self.model["interactions"]]
        for term in terms:
            self.add(margins, term)
        if self.model["task"] == "regression":
            return None, margins
        if self.model["task"] == "count":
            return None, [math.exp(min(margins[0], 709))]
        classes = [cases.class_text(value) for value in self.model["target"]["classes"]]
        if len(classes) == 2:
            positive = 1 / (1 + math.exp(-margins[0]))
            return classes[positive > self.model["threshold"]], [1 - positive, positive]
        powers = [math.exp(margin - max(margins)) for margin in margins]
        shares = [power / sum(powers) for power in powers]
        return classes[shares.index(max(shares))], shares


class Json(unittest.TestCase):
    def test_agrees_with_predict(self):
        comparison = cases.Comparison("json")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for case in [*cases.standard_cases(folder), *cases.text_and_date_cases(folder)]:
                document = json.loads(case.export(folder, "--format", "json").read_bytes())
                answers = [Scorer(document).answer(row) for row in case.rows]
                comparison.check(case, [label for label, _ in answers],
                                 [numbers for _, numbers in answers])
        comparison.report()


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
