"""What becomes of the cells of any table: against scikit-learn and pandas, and by rule."""

import collections
import gzip
import json
import unittest

from reference_tables import TableTestCase, reference


class Encodings(TableTestCase):
    def test_sample_weights(self):
        self.check_case("sample weights")

    def test_balanced_classes(self):
        self.check_case("balanced")

    def test_balanced_classes_of_weighted_rows(self):
        self.check_case("sample weights, balanced")

    def test_missing_numbers_by_policy(self):
        for policy in ["mean", "median", "zero", "most-frequent"]:
            with self.subTest(policy):
                self.check_case(f"missing {policy}")

    def test_missing_indicator(self):
        self.check_case("missing indicator")

    def test_missing_error(self):
        self.write("data.csv", reference()["tables"]["mixture"])
        self.assert_fails_and_touches_nothing(
            ["train", "data.csv", "--target", "bought", "--missing", "error"], 3, "data.csv.*'age'",
            "no value in .* rows")

    def test_first_category_dropped(self):
        self.check_case("drop first")

    def test_rare_categories_share_a_column(self):
        for name in ["min frequency", "min frequency as a share", "max categories", "both limits"]:
            with self.subTest(name):
                self.check_case(name)
                self.assertIn("shop_infrequent", self.model()["columns"])

    def test_dates_become_calendar_parts(self):
        self.check_case("dates")
        feature = self.model()["features"][0]
        self.assertEqual((feature["kind"], feature["missing"]), ("date", 9))

    def test_words_of_texts(self):
        """Found to be text without being told; beside it a number."""
        case, _ = self.check_case("descriptions")
        text = self.model()["features"][0]
        self.assertEqual((text["name"], text["kind"]), ("line", "text"))
        self.assertEqual(text["words"], case["words"])
        self.assert_close(text["idf"], case["idf"], 1e-12, "weights of the words")


class Kinds(TableTestCase):
    def kinds(self, output):
        return {feature["name"]: feature["kind"] for feature in output["features"]}

    def test_inference_and_what_is_left_out(self):
        rows = "".join(
            f"u{i:03},{i % 7},{i / 8},{['true', 'false', ''][i % 3]},{['yes', 'no'][i % 2]},"
            f"k,2024-01-{i % 28 + 1:02},,{i // 2 % 2}\n" for i in range(56))
        output = self.train("id,count,size,flag,answer,same,day,empty,y\n" + rows, "y")
        self.assertEqual(self.kinds(output), {
            "count": "numeric", "size": "numeric", "flag": "boolean", "answer": "categorical",
            "day": "date"})
        self.assertEqual([item["column"] for item in output["left_out"]], ["id", "same", "empty"])

    def test_kinds_can_be_said(self):
        rows = "".join(f"{i % 4},{'old house' if i % 3 else 'a house'},{i % 5},{i // 3 % 2}\n"
                       for i in range(40))
        output = self.train("code,words,other,y\n" + rows, "y", "--categorical", "code", "--text",
                            "words", "--exclude", "other")
        self.assertEqual(self.kinds(output), {"code": "categorical", "words": "text"})
        # Words of one letter are none, as in scikit-learn.
        self.assertEqual(self.model()["features"][1]["words"], ["house", "old"])

    def test_numeric_refuses_a_word(self):
        self.write("data.csv", "x,y\n1,0\n2,1\nmany,0\n")
        self.assert_fails(self.run_mlserve("train", "data.csv", "--target", "y", "--numeric", "x"),
                          3, "data.csv:4: column 'x'", '"many" is not a number')

    def test_dry_run_shows_the_schema_and_saves_nothing(self):
        self.write("data.csv", reference()["tables"]["iris"])
        output = json.loads(self.run_well("train", "data.csv", "--target", "species", "--dry-run",
                                          "--json").stdout)
        self.assertEqual((output["task"], len(output["features"])), ("classification", 4))
        self.assertFalse((self.folder / "model.json").exists())

    def test_task_by_the_values_of_the_target(self):
        for values, task, kind in [("0 1 2", "classification", "integer"),
                                   ("0.5 1.5", "classification", None),
                                   ("true false", "classification", "boolean"),
                                   ("yes no", "classification", "string")]:
            with self.subTest(values):
                values = values.split()
                table = "x,y\n" + "".join(
                    f"{i * 5 % 7},{values[i % len(values)]}\n" for i in range(30))
                output = self.train(table, "y")
                if kind is None:
                    self.assertEqual(output["task"], "regression")
                else:
                    self.assertEqual((output["task"], self.model()["target"]["type"]),
                                     (task, kind))
        numbers = "x,y\n" + "".join(f"{i * 5 % 7},{i}\n" for i in range(21))
        self.assertEqual(self.train(numbers, "y")["task"], "regression")
        self.assertEqual(self.train(numbers, "y", "--task", "count")["estimator"], "poisson")


class Categories(TableTestCase):
    def test_spellings_of_one_number_are_one_category(self):
        """3, "3" and 3.0, in training, in CSV and in JSON."""
        spellings = ["3", '"3"', "3.0", "4", '"4.0"', "4"]
        rows = "".join(f"{spellings[i % 6]},{int(i % 6 < 3) if i % 5 else i % 2}\n"
                       for i in range(60))
        self.train("code,y\n" + rows, "y", "--categorical", "code")
        self.assertEqual(len(self.model()["features"][0]["categories"]), 2)
        self.write("new.csv", 'code\n3\n"3"\n3.0\n3.00\n')
        self.write("new.json", '[{"code":3},{"code":"3"},{"code":3.0},{"code":"3.00"}]')
        result = self.run_well("predict", "new.csv", "--probabilities", "--format", "json")
        self.assertEqual(result.stderr, "", "no category is unknown")
        self.assertEqual(json.loads(result.stdout), json.loads(
            self.run_well("predict", "new.json", "--probabilities").stdout))
        probabilities = [row["1"] for row in json.loads(result.stdout)["probabilities"]]
        self.assertEqual(len(set(probabilities)), 1)

    def test_features_whose_columns_have_one_name(self):
        """A with the category B_C, and A_B with C: both columns are A_B_C, and apart."""
        rows = "".join(
            f"{['B_C', 'z', 'w'][i % 3]},{['C', 'z'][i // 3 % 2]},{int(i * 13 % 17 > 8)}\n"
            for i in range(90))
        self.train("A,A_B,y\n" + rows, "y")
        model = self.model()
        self.assertEqual(model["columns"].count("A_B_C"), 2)
        twice = self.scores()
        # The same table with other names gives the same answers.
        self.train("first,second,y\n" + rows, "y")
        self.assert_close(twice, self.scores(), 1e-9, "probabilities")

    def test_boolean_with_missing_values(self):
        rows = "".join(f"{['true', 'False', '', 'NA', 'TRUE'][i % 5]},{int(i * 7 % 11 > 5)}\n"
                       for i in range(50))
        self.train("flag,y\n" + rows, "y")
        feature = self.model()["features"][0]
        self.assertEqual((feature["kind"], feature["missing"]), ("boolean", 20))
        self.assertAlmostEqual(feature["fill"], 2 / 3, delta=1e-15)
        self.write("new.json", '[{"flag":true},{"flag":"true"},{"flag":1},{"flag":null},'
                               '{"flag":""}]')
        answer = json.loads(self.run_well("predict", "new.json", "--probabilities").stdout)
        scores = [row["1"] for row in answer["probabilities"]]
        self.assertEqual((len(set(scores[:3])), len(set(scores[3:]))), (1, 1))

    def test_a_thousand_categories(self):
        rows = "".join(f"c{i % 1000:04},{i * 31 % 97},{int(i * 7919 % 101 > 50)}\n"
                       for i in range(6000))
        output = self.train("code,x,y\n" + rows, "y")
        self.assertTrue(output["converged"])
        self.assertEqual(len(self.model()["columns"]), 1001)
        self.assertEqual(len(self.predictions()), 6000)

    def test_more_categories_only_by_name(self):
        rows = "".join(f"c{i % 1500:04},{i * 31 % 97},{int(i * 7919 % 101 > 50)}\n"
                       for i in range(6000))
        output = self.train("code,x,y\n" + rows, "y")
        self.assertEqual([item["column"] for item in output["left_out"]], ["code"])
        self.train("code,x,y\n" + rows, "y", "--categorical", "code", "--max-categories", "50")
        self.assertEqual(len(self.model()["columns"]), 51)

    def test_unknown_and_missing_categories_add_nothing(self):
        self.train_case("warpbreaks")
        self.write("new.csv", "wool,tension\nQ,L\n,L\n")
        unknown, missing = self.scores("new.csv")
        self.assertEqual(unknown, missing)

    def test_a_hundred_thousand_words(self):
        rows = "".join(" ".join(f"w{i * 50 + j:06}" for j in range(50)) + f" common,{i % 2}\n"
                       for i in range(2000))
        output = self.train("text,y\n" + rows, "y", "--text", "text")
        self.assertTrue(output["converged"])
        self.assertEqual(len(self.model()["features"][0]["words"]), 100001)
        predicted = collections.Counter(row["prediction"] for row in self.predictions())
        self.assertEqual(predicted, {"0": 1000, "1": 1000})


class Labels(TableTestCase):
    LABELS = ["no, never", "Où? déjà", 'he said "maybe"', "日本 語", " spaced "]

    def table(self):
        field = lambda text: '"' + text.replace('"', '""') + '"'
        return "x,z,y\n" + "".join(
            f"{i % 5 + i % 3 / 10},{i * 7 % 4},{field(self.LABELS[i % 5])}\n" for i in range(100))

    def test_labels_come_back_as_they_were(self):
        self.train(self.table(), "y", "--C", "1000")
        self.assertEqual(self.model()["target"]["classes"], sorted(self.LABELS))
        in_csv = [row["prediction"] for row in self.predictions()]
        self.assertEqual(in_csv, [self.LABELS[i % 5] for i in range(100)])
        in_json = json.loads(self.run_well("predict", "data.csv", "--format", "json").stdout)
        self.assertEqual(in_json["prediction"], in_csv)
        names = list(self.predictions("--probabilities")[0])
        self.assertEqual(names, ["prediction"] + [f"probability_{c}" for c in sorted(self.LABELS)])

    def test_labels_have_the_type_of_the_file(self):
        for spellings, answers in [(["true", "false"], [True, False]), (["7", "-1"], [7, -1]),
                                   (["yes", "no"], ["yes", "no"])]:
            with self.subTest(spellings[0]):
                rows = "".join(f"{i % 2},{i * 7 % 4},{spellings[i % 2]}\n" for i in range(40))
                self.train("x,z,y\n" + rows, "y")
                got = json.loads(self.run_well("predict", "data.csv", "--format", "json").stdout)
                self.assertEqual(got["prediction"][:2], answers)
                self.assertEqual([type(a) for a in got["prediction"][:2]],
                                 [type(a) for a in answers])

    def test_integers_sort_as_numbers(self):
        rows = "".join(f"{i % 3},{[10, 9, -2][i % 3]}\n" for i in range(60))
        self.train("x,y\n" + rows, "y", "--task", "classification")
        self.assertEqual(self.model()["target"]["classes"], ["-2", "9", "10"])

    def test_latin1(self):
        table = "ville,x,y\n" + "".join(
            f"{['Orléans', 'Köln', 'Åre'][i % 3]},{i * 7 % 5},{['été', 'hiver'][i * 5 % 7 > 3]}\n"
            for i in range(60))
        self.train(table, "y")
        expected = self.read("model.json")
        self.write("latin.csv", table.encode("latin-1"))
        self.run_well("train", "latin.csv", "--target", "y", "--encoding", "latin1",
                      "--test-size", "0", "-o", "latin.json")
        self.assertEqual(self.model("latin.json")["coefficients"],
                         json.loads(expected)["coefficients"])
        self.assertEqual(self.model("latin.json")["target"], json.loads(expected)["target"])
        utf8 = self.run_well("predict", "data.csv", "--probabilities").stdout
        latin = self.run_well("predict", "latin.csv", "--encoding", "latin1",
                              "--probabilities").stdout
        self.assertEqual(latin, utf8)
        self.assert_fails(self.run_mlserve("train", "latin.csv", "--target", "y"), 3,
                          "latin.csv", "latin1|utf-8")


class Inputs(TableTestCase):
    """The same rows by another way give the same model, but for the hash of the bytes."""

    def fitted(self, *arguments, **options):
        self.run_well("train", *arguments, "--target", "cultivar", "-o", "other.json", **options)
        model = self.model("other.json")
        return {name: model[name] for name in ["coefficients", "intercept", "metrics", "features"]}

    def test_all_ways(self):
        table = reference()["tables"]["wine"]
        header, *rows = table.splitlines(keepends=True)
        self.write("wine.csv", table)
        self.write("wine.csv.gz", gzip.compress(table.encode()))
        self.write("a.csv", header + "".join(rows[:70]))
        self.write("b.csv.gz", gzip.compress((header + "".join(rows[70:])).encode()))
        self.write("wine.tsv", table.replace(",", "\t"))
        self.write("semicolon.csv", table.replace(",", ";"))
        self.write("bar.csv", table.replace(",", "|"))
        expected = self.fitted("wine.csv")
        for files in [["wine.csv.gz"], ["a.csv", "b.csv.gz"], ["wine.tsv"], ["semicolon.csv"],
                      ["bar.csv"]]:
            with self.subTest(files):
                self.assertEqual(self.fitted(*files), expected)
        self.assertEqual(self.fitted("-", stdin=table), expected)


if __name__ == "__main__":
    unittest.main()
