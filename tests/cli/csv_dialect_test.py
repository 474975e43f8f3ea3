"""CSV as people have it: other delimiters, decimal commas, Latin-1, several files."""

import csv
import gzip
import io
import json
import unittest

from harness import BAD_DATA, TITANIC, USAGE, CliTestCase

FEATURES = "Pclass,Sex,Age,Fare,Embarked"


def titanic_rows():
    with TITANIC.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def as_csv(rows, delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def reordered(rows):
    """The same rows, their columns in the reverse order."""
    return [row[::-1] for row in rows]


def fitted(model):
    """What a model has learned, without what tells one file from another."""
    return {name: part for name, part in json.loads(model).items()
            if name not in ("training", "checksum")}


class CsvDialectTest(CliTestCase):

    def train(self, *arguments, **options):
        self.run_well("train", *arguments, "--features", FEATURES, "--target", "Survived",
                      "-o", "model.json", **options)
        return fitted(self.read("model.json"))

    def test_each_delimiter_is_found_by_every_command(self):
        rows = titanic_rows()
        expected = self.train(TITANIC)
        predictions = self.run_well("predict", TITANIC).stdout
        metrics = self.run_well("evaluate", TITANIC).stdout
        for number, delimiter in enumerate(";\t|"):
            with self.subTest(delimiter=delimiter):
                name = self.write(f"{number}.csv", as_csv(rows, delimiter))
                self.assertEqual(self.train(name), expected)
                self.assertEqual(self.run_well("predict", name).stdout, predictions)
                self.assertEqual(self.run_well("evaluate", name).stdout, metrics)

    def test_delimiter_is_given(self):
        # Two bars a row are found before one semicolon.
        rows = "".join(f"{i};{i % 2}|{i % 3}|{i % 2}\n" for i in range(60))
        self.write("data.csv", "a;y|x|z\n" + rows)
        self.run_well("train", "data.csv", "--target", "z", "--dry-run")
        result = self.run_mlserve("train", "data.csv", "--target", "z", "--delimiter", ";")
        self.assert_fails(result, USAGE, "--target: no column 'z'", r"columns are: a, y\|x\|z")

    def test_tab_has_two_names(self):
        self.write("data.tsv", "a\ty\n" + "".join(f"{i}\t{i % 2}\n" for i in range(60)))
        for text in ("tab", r"\t", "\t"):
            self.run_well("train", "data.tsv", "--target", "y", "--delimiter", text, "--dry-run")
            self.run_well("train", "data.tsv", "--target", "y", "--dry-run",
                          environment={"MLSERVE_DELIMITER": text})

    def test_other_delimiters_and_encodings_are_wrong_usage(self):
        for option, text, words in (("--delimiter", ":", r'":" is none of , ; \| tab'),
                                    ("--delimiter", "", '""'),
                                    ("--encoding", "utf-16", '"utf-16" is none of utf-8 latin1')):
            with self.subTest(option=option, text=text):
                for command in ("train", "predict", "evaluate"):
                    self.assert_fails(self.run_mlserve(command, TITANIC, option, text), USAGE,
                                      option, words)

    def test_decimal_commas(self):
        rows = "".join(f"{i % 3},5;{i % 2}\n" for i in range(60))
        self.write("data.csv", "x;y\n" + rows)
        shown = self.run_well("train", "data.csv", "--target", "y", "--dry-run", "--json")
        self.assertEqual(json.loads(shown.stdout)["features"][0]["kind"], "categorical")
        self.assert_fails(
            self.run_mlserve("train", "data.csv", "--target", "y", "--numeric", "x"), BAD_DATA,
            "data.csv:2: column 'x'", '"0,5" is not a number.*decimal comma')
        self.write("points.csv", "x;y\n" + rows.replace(",", "."))
        self.run_well("train", "points.csv", "--target", "y")
        self.assert_fails(self.run_mlserve("predict", "data.csv"), BAD_DATA,
                          "data.csv:2: column 'x'", "decimal comma")

    def test_latin1(self):
        rows = "".join(f"{'Köln' if i % 3 else 'Münster'};{i % 2}\n" for i in range(60))
        text = "größe;y\n" + rows
        self.write("utf8.csv", text)
        self.write("latin1.csv", text.encode("latin1"))
        self.write("latin1.csv.gz", gzip.compress(text.encode("latin1")))
        self.run_well("train", "utf8.csv", "--target", "y", "-o", "utf8.json")
        expected = fitted(self.read("utf8.json"))
        self.assertIn("größe", json.dumps(expected, ensure_ascii=False))
        predictions = self.run_well("predict", "utf8.csv", "-m", "utf8.json").stdout
        for name in ("latin1.csv", "latin1.csv.gz"):
            self.run_well("train", name, "--target", "y", "--encoding", "latin1")
            self.assertEqual(fitted(self.read("model.json")), expected)
            for command in ("predict", "evaluate"):
                self.run_well(command, name, "--encoding", "ISO-8859-1")
            self.assertEqual(
                self.run_well("predict", name, "--encoding", "latin1").stdout, predictions)
            self.assert_fails(self.run_mlserve("train", name, "--target", "y"), BAD_DATA,
                              f"{name}:1:", "not valid UTF-8.*--encoding latin1")

    def test_several_files_are_one_table(self):
        header, *rows = titanic_rows()
        expected = self.train(TITANIC)
        self.write("a.csv", as_csv([header, *rows[:300]]))
        self.write("b.CSV.GZ", gzip.compress(
            as_csv(reordered([header, *rows[300:600]]), ";").encode()))
        rest = as_csv([header, *rows[600:]], "\t")
        model = self.train("a.csv", "b.CSV.GZ", "-", stdin=rest)
        self.assertEqual(model, expected)
        result = self.run_well("train", "a.csv", "b.CSV.GZ", "-", "--json", stdin=rest)
        self.assertEqual(json.loads(result.stdout)["rows"], len(rows))
        table = self.run_well("train", "a.csv", "b.CSV.GZ")
        self.assertRegex(table.stdout, "data +a.csv and 1 more, 600 rows")
        self.assertEqual(self.run_well("predict", "b.CSV.GZ").code, 0)

    def test_places_in_several_files(self):
        good = "x,y\n" + "".join(f"{i},{i % 2}\n" for i in range(30))
        self.write("a.csv", good)
        for name, text, place, words in (
                ("number.csv", good + "\nold,1\n", "number.csv:33: column 'x'", '"old"'),
                ("short.csv", good + "1\n", "short.csv:32:", "1 field"),
                ("missing.csv", "x\n1\n", "missing.csv:1: has no column 'y'", "a.csv has"),
                ("more.csv", "z,y,x\n1,2,3\n", "more.csv:1: has a column 'z'", "a.csv has not")):
            with self.subTest(name=name):
                self.write(name, text)
                result = self.run_mlserve("train", "a.csv", name, "--target", "y",
                                          "--numeric", "x")
                self.assert_fails(result, BAD_DATA, place, words)

    def test_files_that_cannot_go_together(self):
        self.assert_fails(self.run_mlserve("train", TITANIC, TITANIC), USAGE, ".*titanic.csv:",
                          "named twice")
        self.write("a.csv", "x,y\n1,0\n")
        self.assert_fails(self.run_mlserve("train", TITANIC, "a.csv", "-o", "a.csv"), USAGE,
                          "--output is the input")


if __name__ == "__main__":
    unittest.main()
