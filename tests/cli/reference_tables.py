"""Trains on the tables of tests/reference/tables.json and compares a model with what it must be."""

import csv
import functools
import io
import json
import math

from harness import ROOT, CliTestCase


@functools.lru_cache
def reference():
    return json.loads((ROOT / "tests/reference/tables.json").read_text(encoding="utf-8"))


def flat(values):
    """The numbers in nested lists, in their order."""
    if not isinstance(values, list):
        return [values]
    return [number for value in values for number in flat(value)]


class TableTestCase(CliTestCase):
    """Models of tables: trains, reads what was made, compares numbers."""

    def train(self, table, target, *arguments, data="data.csv"):
        """Writes a CSV text and fits it without a holdout; returns the --json output."""
        self.write(data, table)
        result = self.run_well("train", data, "--target", target, *arguments, "--json",
                               *([] if "--folds" in arguments else ["--test-size", "0"]))
        return json.loads(result.stdout)

    def model(self, name="model.json"):
        return json.loads(self.read(name))

    def predictions(self, *arguments, data="data.csv"):
        """The rows of `predict --format csv` as dictionaries."""
        result = self.run_well("predict", data, "--format", "csv", *arguments)
        return list(csv.DictReader(io.StringIO(result.stdout)))

    def scores(self, data="data.csv"):
        """By row: the probabilities of all classes, or the predicted number."""
        classes = self.model()["target"].get("classes")
        if classes is None:
            return [float(row["prediction"]) for row in self.predictions(data=data)]
        names = [f"probability_{name}" for name in classes]
        return [[float(row[name]) for name in names]
                for row in self.predictions("--probabilities", data=data)]

    def assert_close(self, actual, expected, tolerance, what):
        """Lists (of lists) of numbers; `tolerance` is a share of the largest of `expected`."""
        actual, expected = flat(actual), flat(expected)
        self.assertEqual(len(actual), len(expected), what)
        largest = max(map(abs, expected))
        worst = max(abs(a - e) for a, e in zip(actual, expected))
        self.assertLessEqual(worst, tolerance * largest, f"{what}: off by {worst / largest:g}")

    def assert_each_close(self, actual, expected, tolerance, what):
        """Numbers by name (more of them may be in `actual`), each to a share of itself."""
        for name, value in expected.items():
            got = actual.get(name)
            good = got is not None and math.isclose(got, value, rel_tol=tolerance, abs_tol=1e-12)
            self.assertTrue(good, f"{what}: {name} is {got}, not {value}")

    def train_case(self, name):
        """Fits a case of the reference; returns it and the --json output."""
        case = reference()["cases"][name]
        table = reference()["tables"][case["table"]]
        return case, self.train(table, case["target"], *case["arguments"])

    def check_case(self, name):
        """Everything that the reference says of a case."""
        case, output = self.train_case(name)
        self.assertTrue(output["converged"], name)
        if "columns" in case:
            self.check_coefficients(case)
        if "scores" in case:
            self.check_scores(case)
        if "inference" in case:
            self.check_inference(case, output)
        if "statistics" in case:
            self.assert_each_close(output["inference"]["statistics"], case["statistics"], 1e-8,
                                   "statistics")
        if "metrics" in case:
            self.check_evaluation(case)
        return case, output

    def check_coefficients(self, case):
        model = self.model()
        self.assertEqual(model["columns"], case["columns"])
        expected = [row + [b] for row, b in zip(case["coefficients"], case["intercepts"])]
        actual = [row + [b] for row, b in zip(model["coefficients"], model["intercept"])]
        # A model of two classes may stand in one row only.
        self.assert_close(actual, expected, 1e-6, "coefficients and intercepts")

    def check_scores(self, case):
        """Probabilities to 1e-8; numbers, which may be of any size, to 1e-8 of the largest."""
        scores = self.scores()
        if "classes" in self.model()["target"]:
            worst = max(abs(a - e) for a, e in zip(flat(scores), flat(case["scores"])))
            self.assertEqual(len(flat(scores)), len(flat(case["scores"])))
            self.assertLessEqual(worst, 1e-8, "probabilities")
        else:
            self.assert_close(scores, case["scores"], 1e-8, "predictions")

    def check_inference(self, case, output):
        key = lambda row: (row.get("output", ""), row["column"])
        actual = {key(row): row for row in output["coefficients"]}
        self.assertEqual(sorted(actual), sorted(map(key, case["inference"])))
        largest = max(abs(row["coefficient"]) for row in case["inference"])
        for expected in case["inference"]:
            got = dict(actual[key(expected)])
            got["statistic"] = got.get("z", got.get("t"))
            for name, tolerance in [("coefficient", 1e-6 * largest), ("lower", 1e-6 * largest),
                                    ("upper", 1e-6 * largest), ("p", 1e-6)]:
                if name in expected:
                    self.assertAlmostEqual(got[name], expected[name], delta=tolerance,
                                           msg=f"{key(expected)}: {name}")
            for name in ["standard_error", "statistic"]:
                self.assertAlmostEqual(got[name], expected[name],
                                       delta=1e-5 * abs(expected[name]) + 1e-9,
                                       msg=f"{key(expected)}: {name}")

    def check_evaluation(self, case):
        evaluation = json.loads(self.run_well("evaluate", "data.csv", "--json").stdout)
        self.assert_each_close(evaluation["metrics"], case["metrics"], 1e-8, "metrics")
        details = evaluation["details"]
        if "confusion_matrix" in case:
            self.assertEqual(details["confusion_matrix"], case["confusion_matrix"])
        for name, expected in case.get("by_class", {}).items():
            self.assert_close([row[name] for row in details["classes"]], expected, 1e-12, name)
        for name, expected in case.get("calibration", {}).items():
            self.assert_close([row[name] for row in details["calibration"]], expected, 1e-8, name)
