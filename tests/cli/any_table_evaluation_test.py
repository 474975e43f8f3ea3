"""Holdout, folds, search, threshold, explanations, and the same bytes whenever the same is asked."""

import json
import math
import re
import unittest

from reference_tables import TableTestCase, reference


def table(name):
    return reference()["tables"][name]


class Validation(TableTestCase):
    def validated(self, *arguments):
        self.write("data.csv", table("breast_cancer"))
        return json.loads(self.run_well("train", "data.csv", "--target", "diagnosis",
                                        "--standardize", "--json", *arguments).stdout)

    def test_holdout_is_stratified_and_the_model_of_all_rows(self):
        output = self.validated()
        support = [row["support"] for row in output["validation"]["details"]["classes"]]
        self.assertEqual(support, [71, 42], "a fifth of 357 and of 212")
        self.assertEqual((output["rows"], output["validation"]["rows"]), (569, 113))
        with_holdout = self.model()
        self.validated("--test-size", "0")
        without = self.model()
        for name in ["coefficients", "intercept", "inference"]:
            self.assertEqual(with_holdout[name], without[name])
        self.assertEqual(without["metrics"], {})

    def test_holdout_is_that_of_the_seed(self):
        first = self.validated("--seed", "1")
        self.assertEqual(self.validated("--seed", "1"), first)
        self.assertNotEqual(self.validated("--seed", "2")["metrics"], first["metrics"])

    def test_folds_hold_every_row_once(self):
        output = self.validated("--folds", "5")
        details = output["validation"]["details"]
        self.assertEqual([row["support"] for row in details["classes"]], [357, 212])
        self.assertEqual(sum(map(sum, details["confusion_matrix"])), 569)
        correct = sum(row[k] for k, row in enumerate(details["confusion_matrix"]))
        # Means over folds of nearly one size are near the value of all rows.
        self.assertAlmostEqual(output["metrics"]["accuracy"], correct / 569, delta=1e-3)
        deviations = output["validation"]["metrics_standard_deviations"]
        self.assertGreater(deviations["log_loss"], 0)
        self.assertEqual(self.model()["metrics_standard_deviations"], deviations)

    def test_leave_one_out(self):
        """Fill values, scales and coefficients of each fold are learned from the other rows."""
        case, output = self.train_case("leave one out")
        for metric in ["mae", "rmse"]:
            self.assertAlmostEqual(output["metrics"][metric], case["mean"],
                                   delta=1e-9 * case["mean"])
            self.assertAlmostEqual(output["validation"]["metrics_standard_deviations"][metric],
                                   case["deviation"], delta=1e-9 * case["deviation"])

    def test_search_measures_as_scikit_learn_and_takes_the_least(self):
        case = reference()["cases"]["search"]
        trials = case["trials"]
        grid = ",".join(str(trial["C"]) for trial in trials)
        output = self.train(table(case["table"]), case["target"], *case["arguments"],
                            "--search", f"C={grid}")
        self.assertEqual([trial["C"] for trial in output["search"]],
                         [trial["C"] for trial in trials])
        for got, expected in zip(output["search"], trials):
            self.assert_each_close(got, expected, 1e-8, "trial")
        best = min(trials, key=lambda trial: trial["loss"])["C"]
        self.assertEqual([t["C"] for t in output["search"] if t["best"]], [best])
        found = self.model()
        self.assertEqual(found["training"]["options"]["C"], best)
        self.train(table(case["table"]), case["target"], "--standardize", "--C", str(best))
        self.assertEqual(found["coefficients"], self.model()["coefficients"])

    def test_search_of_strength_and_ratio(self):
        output = self.validated("--penalty", "elasticnet", "--search", "C=0.1,1", "--search",
                                "l1-ratio=0,0.5,1")
        losses = [trial["loss"] for trial in output["search"]]
        self.assertEqual(len({(t["C"], t["l1_ratio"]) for t in output["search"]}), 6)
        self.assertEqual([t["best"] for t in output["search"]].index(True),
                         losses.index(min(losses)))

    def test_evaluate_counts_the_predictions(self):
        self.validated("--threshold", "0.3")
        predictions = self.predictions("--keep", "diagnosis")
        counted = [[sum(row["diagnosis"] == truth and row["prediction"] == said
                        for row in predictions) for said in ["benign", "malignant"]]
                   for truth in ["benign", "malignant"]]
        evaluation = json.loads(self.run_well("evaluate", "data.csv", "--json").stdout)
        self.assertEqual(evaluation["details"]["confusion_matrix"], counted)

    def test_a_table_too_small_to_hold_rows_out(self):
        output = self.train("x,y\n1,0\n2,1\n3,0\n", "y", "--folds", "2")
        self.assertNotIn("validation", output)
        self.write("data.csv", "x,y\n1,0\n2,1\n3,0\n")
        text = self.run_well("train", "data.csv", "--target", "y").stdout
        self.assertRegex(text, "metrics none: .*class")


class Threshold(TableTestCase):
    def trained(self, *arguments):
        return self.train(table("mixture"), "bought", "--exclude", "weight", *arguments)

    def test_a_number_is_stored_and_used(self):
        self.trained("--threshold", "0.3")
        self.assertEqual(self.model()["threshold"], 0.3)
        for row in self.predictions("--probabilities"):
            self.assertEqual(row["prediction"],
                             "yes" if float(row["probability_yes"]) > 0.3 else "no")

    def test_rules_find_more_of_the_second_class_than_a_half(self):
        by_half = json.loads(self.half().stdout)["metrics"]
        for rule, metric in [("f1", "f1"), ("youden", "balanced_accuracy")]:
            with self.subTest(rule):
                self.trained("--threshold", rule)
                self.assertTrue(0 < self.model()["threshold"] < 1)
                self.assertEqual(self.model()["training"]["options"]["threshold"], rule)
                metrics = json.loads(self.run_well("evaluate", "data.csv", "--json").stdout)
                self.assertGreaterEqual(metrics["metrics"][metric], by_half[metric] - 0.02)

    def half(self):
        self.trained()
        self.assertEqual(self.model()["threshold"], 0.5)
        return self.run_well("evaluate", "data.csv", "--json")

    def test_what_is_no_threshold(self):
        self.write("data.csv", table("mixture"))
        result = self.run_mlserve("train", "data.csv", "--target", "bought", "--threshold", "1.5")
        self.assert_fails(result, 2, "--threshold", "1.5")


class Explanations(TableTestCase):
    """Baseline and contributions add up to the margin, which is checked against the answers."""

    def rows(self):
        for row in self.predictions("--explain", *self.probabilities):
            yield row, {name: float(value) for name, value in row.items()
                        if name.startswith(("baseline", "contribution_"))}

    def check_margins(self, name, margin_of, *arguments):
        case = reference()["cases"][name]
        self.train(table(case["table"]), case["target"], *case["arguments"], *arguments)
        self.probabilities = ["--probabilities"] if "classes" in self.model()["target"] else []
        rows = list(self.rows())
        for row, parts in rows:
            margin = margin_of(row)
            self.assertAlmostEqual(sum(parts.values()), margin, delta=1e-9 * max(1, abs(margin)))
        for part in rows[0][1]:
            if part.startswith("contribution_"):
                values = [parts[part] for _, parts in rows]
                self.assertAlmostEqual(sum(values), 0, delta=1e-9 * sum(map(abs, values)) + 1e-12,
                                       msg=f"{part} is zero on average over the training rows")
        return rows[0][1]

    def test_log_odds(self):
        log_odds = lambda row: math.log(float(row["probability_yes"]) /
                                        float(row["probability_no"]))
        parts = self.check_margins("missing indicator", log_odds)
        self.assertEqual(set(parts), {"baseline", "contribution_age", "contribution_income",
                                      "contribution_town", "contribution_member"},
                         "one-hot columns and indicators are summed by feature")

    def test_a_prediction(self):
        self.check_margins("diabetes, interactions", lambda row: float(row["prediction"]))

    def test_dates(self):
        self.check_margins("dates", lambda row: float(row["prediction"]))

    def test_log_of_a_mean(self):
        parts = self.check_margins("warpbreaks, interaction",
                                   lambda row: math.log(float(row["prediction"])))
        self.assertIn("contribution_tension:wool", parts)

    def test_several_classes(self):
        """Differences of the sums are those of the log probabilities."""
        case, _ = self.train_case("descriptions")
        self.probabilities = ["--probabilities"]
        classes = self.model()["target"]["classes"]
        for row, parts in self.rows():
            margins = {c: sum(parts[f"{name}_{c}"] for name in
                              ["baseline", "contribution_line", "contribution_length"])
                       for c in classes}
            for c in classes[1:]:
                expected = math.log(float(row[f"probability_{c}"]) /
                                    float(row[f"probability_{classes[0]}"]))
                self.assertAlmostEqual(margins[c] - margins[classes[0]], expected, delta=1e-9)

    def test_json_has_the_same(self):
        self.train_case("warpbreaks")
        in_csv = self.predictions("--explain")
        result = self.run_well("predict", "data.csv", "--explain", "--format", "json")
        text = json.dumps(json.loads(result.stdout)["explanations"][0])
        for name in ["contribution_wool", "contribution_tension", "baseline"]:
            self.assertIn(in_csv[0][name], text)


class SameBytes(TableTestCase):
    CASES = {
        "a holdout": ("breast_cancer", "diagnosis", ["--standardize"]),
        "folds, search and a rule": ("mixture", "bought", ["--folds", "4", "--search",
                                                           "C=0.1,1,10", "--threshold", "f1"]),
        "words": ("descriptions", "about", []),
        "l1": ("breast_cancer", "diagnosis", ["--standardize", "--penalty", "l1"]),
        "no penalty": ("anes96", "PID", ["--penalty", "none"]),
        "counts": ("visits", "mdvis", ["--estimator", "poisson", "--folds", "3"]),
    }

    def model_bytes(self, arguments, target, **options):
        self.run_well("train", "data.csv", "--target", target, *arguments, **options)
        return self.read("model.json")

    def test_for_any_number_of_threads_and_any_run(self):
        for name, (of, target, arguments) in self.CASES.items():
            with self.subTest(name):
                self.write("data.csv", table(of))
                one = self.model_bytes([*arguments, "--threads", "1"], target)
                for threads in ["4", "4", "3"]:
                    self.assertEqual(self.model_bytes([*arguments, "--threads", threads], target),
                                     one)

    def test_of_many_rows(self):
        """Enough for several blocks of rows in each product."""
        rows = "".join(f"{i * 7919 % 10007 / 100},{'abcdefg'[i * 31 % 7]},{i % 97},"
                       f"{int(i * 7919 % 10007 > 4000 + 37 * (i % 97))}\n" for i in range(60000))
        self.write("data.csv", "x,g,z,y\n" + rows)
        one = self.model_bytes(["--threads", "1"], "y")
        self.assertEqual(self.model_bytes(["--threads", "4"], "y"), one)

    def test_the_date_is_that_of_the_environment(self):
        self.write("data.csv", table("iris"))
        plain = json.loads(self.model_bytes([], "species"))
        self.assertNotIn("created_at", plain["training"])
        dated = self.model_bytes([], "species", environment={"SOURCE_DATE_EPOCH": "1700000000"})
        self.assertEqual(json.loads(dated)["training"]["created_at"], "2023-11-14T22:13:20Z")

    def test_report_too(self):
        self.write("data.csv", table("mixture"))
        reports = []
        for threads in ["1", "4"]:
            self.model_bytes(["--report", "report.html", "--threads", threads], "bought")
            reports.append(self.read("report.html"))
        self.assertEqual(reports[0], reports[1])
        text = reports[0].decode()
        self.assertIn("Dorking, Surrey", text)
        # One file: nothing is loaded from elsewhere (namespaces of SVG are no loads).
        self.assertIsNone(re.search(r"""(src|href)\s*=\s*["']?(https?:)?//|@import|url\(http""",
                                    text))


if __name__ == "__main__":
    unittest.main()
