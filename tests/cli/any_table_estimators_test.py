"""Fits of whole tables against scikit-learn, statsmodels and R: tests/reference/tables.json."""

import math
import unittest

from reference_tables import TableTestCase, reference


class PenalisedFits(TableTestCase):
    def test_several_classes(self):
        self.check_case("iris")

    def test_several_standardised_classes(self):
        self.check_case("wine")

    def test_two_classes_with_l2(self):
        self.check_case("breast cancer, l2")

    def test_two_classes_with_l1(self):
        case, _ = self.check_case("breast cancer, l1")
        self.assert_same_zeros(case)

    def test_two_classes_with_an_elastic_net(self):
        case, _ = self.check_case("breast cancer, elastic net")
        self.assert_same_zeros(case)

    def test_ridge(self):
        self.check_case("diabetes, ridge")

    def test_lasso(self):
        case, _ = self.check_case("diabetes, lasso")
        self.assert_same_zeros(case)

    def test_counts(self):
        self.check_case("visits")

    def test_counts_by_categories(self):
        self.check_case("warpbreaks")

    def test_many_columns(self):
        """By L-BFGS and OWL-QN: a Hessian would be too large."""
        self.check_case("many words, l2")
        case, output = self.check_case("many words, l1")
        self.assert_same_zeros(case)
        self.assertIsNone(output["inference"]["statistics"]["parameters"])

    def assert_same_zeros(self, case):
        zero = [value == 0 for value in self.model()["coefficients"][0]]
        self.assertEqual(zero, [value == 0 for value in case["coefficients"][0]])
        self.assertIn(True, zero)


class Inference(TableTestCase):
    def test_logit(self):
        _, output = self.check_case("spector")
        for row in output["coefficients"]:
            self.assertAlmostEqual(row["ratio"], math.exp(row["coefficient"]),
                                   delta=1e-12 * row["ratio"])
            self.assertAlmostEqual(row["ratio_upper"], math.exp(row["upper"]),
                                   delta=1e-12 * row["ratio_upper"])

    def test_logit_of_a_boolean_target(self):
        self.check_case("fair")
        self.assertEqual(self.model()["target"]["type"], "boolean")

    def test_differences_from_the_first_class(self):
        self.check_case("anes96")

    def test_least_squares_has_t_and_its_intervals(self):
        _, output = self.check_case("diabetes, least squares")
        self.assertIn("t", output["coefficients"][0])

    def test_least_squares_of_weighted_rows(self):
        self.check_case("weighted least squares")

    def test_interactions(self):
        self.check_case("diabetes, interactions")

    def test_poisson_glm(self):
        self.check_case("warpbreaks, glm")

    def test_poisson_glm_with_an_interaction_of_categories(self):
        self.check_case("warpbreaks, interaction")

    def test_generalised_variance_inflation(self):
        case, output = self.check_case("duncan")
        actual = {row["feature"]: row for row in output["inference"]["variance_inflation"]}
        self.assertEqual(sorted(actual), sorted(case["variance_inflation"]))
        for name, expected in case["variance_inflation"].items():
            self.assert_each_close(actual[name], expected, 1e-8, name)

    def test_a_penalty_makes_the_parameters_fewer_and_is_said(self):
        _, output = self.train_case("diabetes, ridge")
        parameters = output["inference"]["statistics"]["parameters"]
        self.assertGreater(parameters, 1)
        self.assertLess(parameters, 11)
        self.assertRegex(" ".join(output["inference"]["warnings"]), "penalised likelihood")


class NotEstimable(TableTestCase):
    """Without a penalty nothing may come out that the data do not say."""

    def test_separated_by_a_number(self):
        self.write("data.csv", "x,z,y\n" + "".join(
            f"{i},{i * 7 % 5},{'late' if i > 20 else 'early'}\n" for i in range(40)))
        self.assert_fails_without_penalty(r"\(NA\): x\b.* separate")

    def test_separated_by_a_category(self):
        self.write("data.csv", "town,z,y\n" + "".join(
            f"{'ABC'[i % 3]},{i * 7 % 5},{1 if i % 3 == 2 else i // 3 % 2}\n"
            for i in range(60)))
        self.assert_fails_without_penalty(r"\(NA\): town_C separate")

    def test_separated_breast_cancer(self):
        self.write("data.csv", reference()["tables"]["breast_cancer"])
        self.assert_fails_without_penalty("separate", target="diagnosis")

    def test_separated_by_one_of_many_columns(self):
        """More than a Hessian is built for."""
        self.write("data.csv", "t,y\n" + "".join(
            " ".join(f"w{(i * 37 + j * 101) % 3001:04}" for j in range(40))
            + f" {'yea' if i % 2 else 'nay'},{i % 2}\n" for i in range(300)))
        self.assert_fails(
            self.run_mlserve("train", "data.csv", "--target", "y", "--text", "t", "--penalty",
                             "none"), 3, "data.csv: ", "separate.*--penalty l2")

    def assert_fails_without_penalty(self, words, target="y"):
        self.assert_fails_and_touches_nothing(
            ["train", "data.csv", "--target", target, "--penalty", "none"], 3, "data.csv: ",
            words + ".*--penalty l2")

    def test_with_a_penalty_a_separated_column_is_a_warning(self):
        rows = "".join(f"{i},{i * 7 % 5},{int(i > 20)}\n" for i in range(40))
        output = self.train("x,z,y\n" + rows, "y")
        self.assertRegex(" ".join(output["inference"]["warnings"]), "'x' alone separates")

    def test_collinear_columns_are_na(self):
        """z = x + w; the later column is the one that cannot be told."""
        rows = "".join(f"{i},{i * i % 7},{i + i * i % 7},{(i * 37 % 11) / 2}\n"
                       for i in range(30))
        output = self.train("x,w,z,y\n" + rows, "y", "--penalty", "none")
        by_column = {row["column"]: row for row in output["coefficients"]}
        self.assertIsNone(by_column["z"]["coefficient"])
        self.assertIsNone(by_column["z"]["standard_error"])
        self.assertIsNotNone(by_column["x"]["standard_error"])
        self.assertEqual(output["inference"]["statistics"]["parameters"], 3)
        self.assertIsNone(self.model()["coefficients"][0][self.model()["columns"].index("z")])
        self.assertRegex(self.run_well("train", "data.csv", "--target", "y", "--penalty",
                                       "none").stdout, r"\n +z +NA")
        with_z = self.scores()
        self.train("x,w,z,y\n" + rows, "y", "--penalty", "none", "--exclude", "z")
        self.assert_close(self.scores(), with_z, 1e-12, "predictions without the collinear column")

    def test_more_columns_than_rows(self):
        names = [f"x{c}" for c in range(30)]
        table = ",".join([*names, "y"]) + "\n" + "".join(
            ",".join([*(str((r * (c + 2) + r * r * c) % 37) for c in range(30)), str(r % 2)])
            + "\n" for r in range(12))
        output = self.train(table, "y")
        self.assertTrue(output["converged"])
        self.assertEqual(len(output["coefficients"]), 31)
        self.assert_fails(self.run_mlserve("train", "data.csv", "--target", "y", "--penalty",
                                           "none"), 3, "data.csv: ", "separate")


class Refused(TableTestCase):
    """What a fit cannot heed is an error, not left aside."""

    def refused(self, table, target, *arguments):
        self.write("data.csv", reference()["tables"][table])
        return self.run_mlserve("train", "data.csv", "--target", target, *arguments)

    def test_balanced_classes_of_numbers(self):
        for table, target, task in [("duncan", "prestige", "regression"),
                                    ("warpbreaks", "breaks", "count")]:
            with self.subTest(task):
                result = self.refused(table, target, "--task", task, "--class-weight", "balanced")
                self.assert_fails(result, 2, "", "class-weight")

    def test_a_threshold_of_several_classes(self):
        for threshold in ["0.3", "f1"]:
            with self.subTest(threshold):
                result = self.refused("iris", "species", "--threshold", threshold)
                self.assert_fails(result, 2, "", "threshold.*two classes")

    def test_more_folds_than_rows(self):
        result = self.refused("warpbreaks", "breaks", "--estimator", "poisson", "--folds", "55")
        self.assertIn(result.code, (2, 3), result)
        self.assertRegex(result.stderr, "folds")


if __name__ == "__main__":
    unittest.main()
