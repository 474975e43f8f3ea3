"""The SELECTs of `mlserve export --format sql` in the databases that they are for: every answer is that
of `mlserve predict`. Each class of tests is of one database; PostgreSQL wants a server's URI in
MLSERVE_TEST_POSTGRESQL, DuckDB the packages that tests/exports/package.json names."""

import csv
import pathlib
import random
import re
import tempfile
import unittest

import cases
from sql_engines import (Table, ask_duckdb, ask_postgresql, ask_sqlite, as_view, fill_postgresql,
                         run_psql)

TABLE = "data\"; DROP TABLE x; --\\ $$ 'é\n/*"
KEY = "row \"id\"; --'\\ */"

KINDS = {"numeric": "number", "boolean": "boolean", "categorical": "text"}
MARKERS = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
           "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]


def table_of(case):
    is_truth = [feature["kind"] == "boolean" for feature in case.features]
    rows = [[i, *(bool(value) if truth and value is not None else value
                  for value, truth in zip(row, is_truth))] for i, row in enumerate(case.rows)]
    columns = [(feature["name"], KINDS[feature["kind"]]) for feature in case.features]
    return Table(TABLE, [(KEY, "key"), *columns], rows)


def label(case, value):
    """A prediction as the text of its class; SQLite has 1 and 0 for truth values."""
    if case.target["type"] == "boolean":
        return {0: "false", 1: "true", "f": "false", "t": "true"}[value]
    return cases.class_text(value)


class Exports(unittest.TestCase):
    """Cases in a folder of the class."""

    dialect = None  # of the database

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="mlserve-sql-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.cases = []  # those of the whole, once trained

    def standard_cases(self):
        if not self.cases:
            self.cases.extend(cases.standard_cases(self.folder))
        return self.cases

    def select(self, case, table=TABLE, key=KEY):
        path = case.export(self.folder, "--format", "sql", "--dialect", self.dialect, "--table",
                           table, "--key", key)
        return path.read_text(encoding="utf-8")

    def compare(self, comparison, case, answer):
        names, rows = answer
        expected = [KEY, "prediction"] + [f"probability_{name}" for name in case.classes]
        self.assertEqual(names, expected, case.name)
        rows = sorted((int(row[0]), *row[1:]) for row in rows)
        self.assertEqual([row[0] for row in rows], list(range(len(case.rows))), case.name)
        labels = [label(case, row[1]) for row in rows] if case.classes else None
        comparison.check(case, labels, [row[2:] if case.classes else row[1:] for row in rows])

    def compare_all(self, title, ask, **options):
        """`ask(table, select)` gives the answers of every case."""
        comparison = cases.Comparison(title)
        for case in self.standard_cases():
            self.compare(comparison, case, ask(table_of(case), self.select(case), **options))
        comparison.report()

    def compare_wide(self, title, ask, numbers):
        """A model of so many numbers, half of which each row lacks: more than fit a sum of a stage,
        and than fit a page of PostgreSQL."""
        chance = random.Random(3)
        path = self.folder / f"wide{numbers}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*(f"number {i}" for i in range(numbers)), "y"])
            for i in range(60):
                writer.writerow([*("" if chance.random() < 0.5 else round(chance.gauss(0, 1), 3)
                                   for _ in range(numbers)), "abc"[i % 3]])
        case = cases.Case(f"wide_{numbers}", self.folder,
                          [path, "--target", "y", "--missing-indicator"], path)
        comparison = cases.Comparison(title)
        self.compare(comparison, case, ask(table_of(case), self.select(case)))
        comparison.report()

    def case_of_each_kind(self, *arguments):
        """A model of a number, a truth value and a category."""
        path = self.folder / "kinds.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write("number,truth,category,y\n")
            for i in range(60):
                file.write(f"{i % 7},{'true' if i % 3 else 'false'},{'abc'[i % 3]},{i % 2}\n")
        return cases.Case("kinds", self.folder, [path, "--target", "y", *arguments], path)

    def answers_to(self, case, ask, rows, kinds=("number", "boolean", "text")):
        """What is said to rows of a number, a truth value and a category: (label, probability of
        the second class)."""
        columns = [("id", "key"), *zip(("number", "truth", "category"), kinds)]
        table = Table("t", columns, [[i, *row] for i, row in enumerate(rows)])
        _, answers = ask(table, self.select(case, table="t", key="id"))
        answers = sorted(answers, key=lambda answer: int(answer[0]))
        self.assertEqual(len(answers), len(rows))
        return [(answer[1], answer[3]) for answer in answers]

    def compare_columns_of_numbers(self, title, ask):
        """Numbers that are categories, in columns that the database turns into text in its way."""
        chance = random.Random(5)
        path = self.folder / "rates.csv"
        rates = ["0.00001", "0.0001", "0.5", "-0.25", "3", "100000", "1000000000000000"]
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write("rate,y\n")
            for i in range(210):
                rate = i % len(rates)
                file.write(f"{rates[rate]},{int(chance.gauss(0, 1) < rate % 2 * 2 - 1)}\n")
        case = cases.Case("rates", self.folder,
                          [path, "--target", "y", "--categorical", "rate", "--missing-indicator"], path)
        self.assertEqual(len(case.features[0]["categories"]), len(rates))
        comparison = cases.Comparison(title)
        for kind in ("number", "decimal"):
            rows = [[i, float(rate)] for i, (rate,) in enumerate(case.rows)]
            table = Table(TABLE, [(KEY, "key"), ("rate", kind)], rows)
            self.compare(comparison, case, ask(table, self.select(case)))
        comparison.report()

    def check_refused_rows(self, ask):
        whole = [1, True, "a"]
        refusing = self.case_of_each_kind("--missing", "error")
        rows = [whole] + [[None if c == lost else value for c, value in enumerate(whole)]
                          for lost in range(3)] + [[1, True, "NA"], [1, True, ""]]
        answers = self.answers_to(refusing, ask, rows)
        self.assertNotEqual(answers[0], (None, None))
        self.assertEqual(answers[1:], [(None, None)] * 5)

        taking = self.case_of_each_kind()
        answers = self.answers_to(taking, ask, [whole, [1e151, True, "a"], [-1e300, True, "a"],
                                                [None, True, "a"], [1e-310, True, "a"]])
        self.assertEqual(answers[1:3], [(None, None)] * 2)
        for answer in (answers[0], *answers[3:]):
            self.assertNotIn(None, answer)


class SqliteTest(Exports):
    dialect = "sqlite"

    def test_typed_columns(self):
        self.compare_all("SQLite, typed columns", ask_sqlite)

    def test_categories_in_columns_of_numbers(self):
        self.compare_columns_of_numbers("SQLite, columns of numbers", ask_sqlite)

    def test_as_a_view(self):
        self.compare_all("SQLite, a view", ask_sqlite, view=True)

    def test_utf16_and_columns_that_fold_case(self):
        self.compare_all("SQLite, UTF-16 and NOCASE", ask_sqlite, encoding="UTF-16le",
                         text_type="TEXT COLLATE NOCASE")

    def test_imported_file(self):
        """As .import makes a table: every column is of texts, and nothing is NULL."""
        comparison = cases.Comparison("SQLite, an imported CSV file")
        for case in self.standard_cases():
            with open(case.rows_csv, encoding="utf-8", newline="") as file:
                names, *rows = csv.reader(file)
            table = Table(TABLE, [(name, "text") for name in (KEY, *names)],
                          [[str(i), *row] for i, row in enumerate(rows)])
            self.compare(comparison, case, ask_sqlite(table, self.select(case)))
        comparison.report()

    def test_a_wide_table(self):
        self.compare_wide("SQLite, a wide table", ask_sqlite, 1500)

    def test_rows_without_an_answer(self):
        self.check_refused_rows(ask_sqlite)

    def test_texts_in_place_of_numbers(self):
        case = self.case_of_each_kind("--missing-indicator")

        def answers(numbers):
            return self.answers_to(case, ask_sqlite, [[number, "true", "a"] for number in numbers],
                                   kinds=("text", "text", "text"))
        one, missing = answers(["1", None])
        self.assertEqual(answers(["1.0", " 1 ", "+1", "1e0", "true", "TRUE"]), [one] * 6)
        self.assertEqual(answers(MARKERS), [missing] * len(MARKERS))
        wrong = ["x", "1x", "1,5", "0x1", "inf", "1e999", "2e150", " ", "yes", b"1"]
        self.assertEqual(answers(wrong), [(None, None)] * len(wrong))

    def test_truth_values_of_all_types(self):
        case = self.case_of_each_kind()
        rows = [[1, value, "a"] for value in (1, 1.0, "1", "true", "True", "TRUE")]
        self.assertEqual(len(set(self.answers_to(case, ask_sqlite, rows,
                                                 kinds=("number", "text", "text")))), 1)

    def test_many_categories_are_found_by_an_index(self):
        case = next(case for case in self.standard_cases() if case.name == "hostile_two")
        _, plan = ask_sqlite(table_of(case), "EXPLAIN QUERY PLAN " + self.select(case))
        steps = [step for *_, step in plan if "weights" in step and "MATERIALIZE" not in step]
        self.assertTrue(steps)
        for step in steps:
            self.assertIn("AUTOMATIC COVERING INDEX", step)


class PostgresqlTest(Exports):
    dialect = "postgresql"

    def test_every_row(self):
        self.compare_all("PostgreSQL", ask_postgresql)

    def test_categories_in_columns_of_numbers(self):
        self.compare_columns_of_numbers("PostgreSQL, columns of numbers", ask_postgresql)

    def test_a_view_where_backslashes_escape(self):
        self.compare_all("PostgreSQL, a view, backslashes escape", ask_postgresql, view=True,
                         settings=["standard_conforming_strings = off",
                                   "escape_string_warning = off"])

    def test_a_wide_table(self):
        self.compare_wide("PostgreSQL, a wide table", ask_postgresql, 1500)

    def test_rows_without_an_answer(self):
        self.check_refused_rows(ask_postgresql)

    def test_truth_values_of_all_types(self):
        case = self.case_of_each_kind()
        found = set()
        for kind, value in (("boolean", True), ("number", 1), ("text", "True"), ("text", "1.0")):
            found.update(self.answers_to(case, ask_postgresql, [[1, value, "a"]],
                                         kinds=("number", kind, "text")))
        self.assertEqual(len(found), 1)

    def test_nan_is_missing(self):
        case = self.case_of_each_kind()
        missing, nan = self.answers_to(case, ask_postgresql,
                                       [[None, True, "a"], ["NaN", True, "a"]])
        self.assertEqual(missing, nan)

    def test_margins_that_exp_cannot_take(self):
        """exp() of PostgreSQL raises an error where others give 0 or infinity."""
        case = self.case_of_each_kind("--penalty", "none")
        answers = self.answers_to(case, ask_postgresql,
                                  [[1e140, True, "a"], [-1e140, True, "a"], [1e6, False, "b"]])
        self.assertLessEqual({p for _, p in answers}, {0.0, 1.0})

    def test_products_that_underflow(self):
        """They are an error in PostgreSQL."""
        case = next(case for case in self.standard_cases() if case.name == "titanic_products")
        age, fare = case.names.index("Age") + 1, case.names.index("Fare") + 1
        table = table_of(case)
        row = [0, *case.rows[0]]
        table.rows = []
        for i, tiny in enumerate((0.0, 1e-140, 1e-200, 5e-324)):
            row = [i, *row[1:]]
            row[age] = row[fare] = tiny
            table.rows.append(row)
        _, answers = ask_postgresql(table, self.select(case))
        self.assertEqual(len({tuple(answer[1:]) for answer in answers}), 1)

    def test_a_condition_on_the_key_of_a_view_finds_its_index(self):
        for case in self.standard_cases():
            before, select = as_view(self.select(case), "TEMPORARY VIEW")
            plan = run_psql("SET enable_seqscan = off;\n" + fill_postgresql(table_of(case)) + before +
                            f'EXPLAIN {select} WHERE "{KEY.replace(chr(34), 2 * chr(34))}" = 5;\n')
            self.assertRegex(plan, re.compile(r"Index Cond: .* = 5\)"), case.name)


class DuckdbTest(Exports):
    dialect = "duckdb"

    def test_every_row(self):
        self.compare_all("DuckDB", ask_duckdb)

    def test_categories_in_columns_of_numbers(self):
        self.compare_columns_of_numbers("DuckDB, columns of numbers", ask_duckdb)

    def test_a_view_where_texts_fold_case(self):
        self.compare_all("DuckDB, a view, texts fold case", ask_duckdb, view=True,
                         before="SET default_collation = 'nocase';")

    def test_a_wide_table(self):
        self.compare_wide("DuckDB, a wide table", ask_duckdb, 3000)

    def test_rows_without_an_answer(self):
        self.check_refused_rows(ask_duckdb)

    def test_truth_values_of_all_types(self):
        case = self.case_of_each_kind()
        found = set()
        for kind, value in (("boolean", True), ("number", 1), ("text", "True"), ("text", "1.0")):
            found.update(self.answers_to(case, ask_duckdb, [[1, value, "a"]],
                                         kinds=("number", kind, "text")))
        self.assertEqual(len(found), 1)

    def test_nan_is_missing(self):
        case = self.case_of_each_kind()
        missing, = self.answers_to(case, ask_duckdb, [[None, True, "a"]])
        nan, = self.answers_to(case, lambda table, select: ask_duckdb(
            table, select, before="UPDATE t SET number = 'NaN';"), [[1, True, "a"]])
        self.assertEqual(missing, nan)


if __name__ == "__main__":
    unittest.main()
