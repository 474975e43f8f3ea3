"""What bad input gets: one line that names the place, the right exit code, no output touched."""

import gzip
import json
import unittest

from harness import BAD_DATA, NOT_USABLE, PASSENGERS, TITANIC, USAGE, CliTestCase

HEADER = b"Survived,Age,Sex,Embarked\n"
# Enough good rows that only the bad one can be what is wrong.
ROWS = b"".join(
    b"%d,%d,%s,%s\n" % (i % 2, 20 + i % 30, b"male" if i % 3 else b"female", b"S" if i % 5 else b"C")
    for i in range(60))
GOOD = HEADER + ROWS
LAST_LINE = GOOD.count(b"\n")

# A line or record that is longer than any real one.
HUGE = b"x" * 100_000_000

# (what it is, the file, exit code, place, words)
BAD_CSV_FILES = [
    ("an empty file", b"", BAD_DATA, "bad.csv:", "empty"),
    ("only blank lines", b"\n\r\n\n", BAD_DATA, "bad.csv:", "empty"),
    ("a header only", HEADER, BAD_DATA, "bad.csv:", "row"),
    ("a row with a field too few", GOOD + b"1,22,male\n", BAD_DATA,
     f"bad.csv:{LAST_LINE + 1}:", "3.*4|4.*3"),
    ("a row with a field too many", GOOD + b"1,22,male,S,C\n" + ROWS, BAD_DATA,
     f"bad.csv:{LAST_LINE + 1}:", "5.*4|4.*5"),
    ("a ragged row behind a line break in quotes",
     GOOD + b'1,22,male,"S\nC"\n1,22\n', BAD_DATA, f"bad.csv:{LAST_LINE + 3}:", ""),
    ("a column twice", b"Survived,Age,Sex,Age\n" + ROWS, BAD_DATA, "bad.csv:1:", "'Age'"),
    ("a target with one class", HEADER + b"1,22,male,S\n1,30,female,C\n" * 20, BAD_DATA,
     "bad.csv:", "'Survived'"),
    ("a target without a value", HEADER + b",22,male,S\n,30,female,C\n" * 20, BAD_DATA,
     "bad.csv:", "'Survived'"),
    ("a feature without a value", HEADER + b"0,,male,S\n1,,female,C\n" * 20, BAD_DATA,
     "bad.csv:", "'Age'"),
    ("text that is not UTF-8", GOOD + b"1,22,m\xe2le,S\n", BAD_DATA,
     f"bad.csv:{LAST_LINE + 1}:", "UTF-8"),
    ("a header that is not UTF-8", b"Survived,\xc2ge,Sex\n1,2,male\n", BAD_DATA, "bad.csv:1:",
     "UTF-8"),
    ("UTF-16", GOOD.decode().encode("utf-16"), BAD_DATA, "bad.csv:1:", "UTF-8|NUL|UTF-16"),
    ("a NUL byte", GOOD + b"1,2\x002,male,S\n" + ROWS, BAD_DATA, f"bad.csv:{LAST_LINE + 1}:",
     "NUL"),
    ("a quote that is never closed", GOOD + b'1,22,"male,S\n' + ROWS, BAD_DATA,
     f"bad.csv:{LAST_LINE + 1}:", "quote"),
    ("a quote in mid-field", GOOD + b'1,22,ma"le,S\n' + ROWS, BAD_DATA,
     f"bad.csv:{LAST_LINE + 1}:", "quote"),
    ("lone carriage returns", GOOD.replace(b"\n", b"\r"), BAD_DATA, "bad.csv:1:", ""),
    ("no column 'Survived' and no --target", b"a,b\n0,x\n1,y\n" * 20, USAGE, "bad.csv:",
     "a, b.*--target"),
]

# (what it is, the options, exit code, place, words)
BAD_TRAIN_OPTIONS = [
    ("no such target", ["--target", "Survivd"], USAGE, "", "'Survivd'.*'?Survived"),
    ("no such feature", ["--features", "Age,Ticket"], USAGE, "", "'Ticket'"),
    ("no such column to exclude", ["--exclude", "Ticket"], USAGE, "", "'Ticket'"),
    ("the target among the features", ["--features", "Age,Survived"], USAGE, "", "'Survived'"),
    ("text in a numeric column", ["--numeric", "Sex"], BAD_DATA, "good.csv:2:",
     "column 'Sex'.*female.*number"),
    ("C of zero", ["--C", "0"], USAGE, "", "C"),
    ("a holdout of everything", ["--test-size", "1"], USAGE, "", "test-size"),
    ("an unknown option", ["--colour", "red"], USAGE, "", "colour"),
    ("a value that is no number", ["--seed", "today"], USAGE, "", "seed"),
    ("an unknown choice", ["--missing", "guess"], USAGE, "", "missing"),
]

GOOD_RECORD = '{"Age":30,"Sex":"male","Embarked":"S"}'


def listed(*records):
    """A JSON list with a record a line, which makes record n stand in line n."""
    return ("[" + ",\n".join(records) + "]").encode()


def record_place(number, name="bad.json"):
    return f"{name}: record {number}:"


# (what it is, the bytes, place, words); exit code 3
BAD_JSON_FILES = [
    ("an empty file", b"", "bad.json:", "empty"),
    ("a list cut short", listed(GOOD_RECORD, GOOD_RECORD)[:-1], "bad.json:", ""),
    ("a record cut short", listed(GOOD_RECORD, '{"Age":3')[:-1], "bad.json:", ""),
    ("a string cut short", b'[{"Sex":"ma', "bad.json:", ""),
    ("100,000 brackets", b"[" * 100_000, "bad.json:", ""),
    ("100,000 levels inside a record",
     listed('{"Age":3,"x":' + "[" * 100_000 + "]" * 100_000 + "}"), record_place(1), ""),
    ("a list of lists", b'[[22,"male","S"],\n[23,"male","S"]]', record_place(1), ""),
    ("a list of numbers", listed(GOOD_RECORD, "5"), record_place(2), ""),
    ("a number", b"5", "bad.json:", ""),
    ("NaN", listed(GOOD_RECORD, '{"Age":NaN,"Sex":"male"}'), record_place(2), ""),
    ("Infinity", listed(GOOD_RECORD, '{"Age":Infinity,"Sex":"male"}'), record_place(2), ""),
    ("a number beyond every double", listed(GOOD_RECORD, '{"Age":1e400,"Sex":"male"}'),
     record_place(2), ""),
    ("a number beyond every double in quotes", listed(GOOD_RECORD, '{"Age":"1e400"}'),
     record_place(2), "Age"),
    ("an integer of 400 digits", listed(GOOD_RECORD, '{"Age":' + "9" * 400 + "}"),
     record_place(2), ""),
    ("a word as a number", listed(GOOD_RECORD, '{"Age":"old","Sex":"male"}'), record_place(2),
     "Age.*old"),
    ("a list as a number", listed(GOOD_RECORD, '{"Age":[22],"Sex":"male"}'), record_place(2),
     "Age"),
    ("an object as a category", listed(GOOD_RECORD, '{"Age":2,"Sex":{"a":1}}'), record_place(2),
     "Sex"),
    ("a record with none of the features", listed(GOOD_RECORD, '{"age":2,"sex":"male"}'),
     record_place(2), "Age|Sex"),
    ("single quotes", b"[{'Age': 22, 'Sex': 'male'}]", "bad.json:", "quotes"),
    ("text behind the list", listed(GOOD_RECORD) + b"\n[]", "bad.json:", ""),
    ("JSON Lines named .json", f"{GOOD_RECORD}\n{GOOD_RECORD}\n".encode(), "bad.json:", "jsonl"),
    ("a comma too many", b"[" + GOOD_RECORD.encode() + b",]", "bad.json:", ""),
    ("no comma between records", f"[{GOOD_RECORD} {GOOD_RECORD}]".encode(), "bad.json:", ""),
    ("text that is not UTF-8", listed(GOOD_RECORD, GOOD_RECORD).replace(b"male", b"m\xe2le"),
     record_place(1), ""),
    ("a NUL byte", listed(GOOD_RECORD, '{"Age":2\0}'), record_place(2), ""),
    ("a NUL byte behind the list", listed(GOOD_RECORD) + b"\0", "bad.json:", ""),
    ("half of a surrogate pair", listed(GOOD_RECORD, '{"Age":2,"Sex":"\\ud800"}'),
     record_place(2), ""),
    ("a record of 100 MB", b'[{"Sex":"' + HUGE + b'"}]', "bad.json:", ""),
]

# (what it is, the bytes, place, words); exit code 3
BAD_JSON_LINES = [
    ("a broken line", f'{GOOD_RECORD}\n\n{{"Age":\n{GOOD_RECORD}\n'.encode(), "bad.jsonl:3:", ""),
    ("a wrong type", f'{GOOD_RECORD}\n{{"Age":"old"}}\n'.encode(), "bad.jsonl:2:", "Age"),
    ("a list in a line", f"{GOOD_RECORD}\n[{GOOD_RECORD}]\n".encode(), "bad.jsonl:2:", ""),
    ("two records in a line", f"{GOOD_RECORD}\n{GOOD_RECORD} {GOOD_RECORD}\n".encode(),
     "bad.jsonl:2:", ""),
    ("a line of 100 MB", f'{GOOD_RECORD}\n{{"Sex":"'.encode() + HUGE + b'"}\n', "bad.jsonl:2:",
     ""),
]

# (what it is, the bytes, place, words); exit code 3
BAD_CSV_TO_PREDICT = [
    ("an empty file", b"", "bad.csv:", "empty"),
    ("a header that lacks a feature", b"Age,Gender,Embarkd\n22,male,S\n", "bad.csv:1:",
     "Sex|Embarked"),
    ("a ragged row", b"Age,Sex,Embarked\n22,male,S\n22,male\n", "bad.csv:3:", ""),
    ("text in a numeric column", b"Age,Sex,Embarked\n22,male,S\n23,male,S\nold,male,S\n",
     "bad.csv:4:", "Age.*old"),
    ("text that is not UTF-8", b"Age,Sex,Embarked\n22,m\xe2le,S\n", "bad.csv:2:", "UTF-8"),
    ("a NUL byte", b"Age,Sex,Embarked\n22,ma\x00le,S\n", "bad.csv:2:", "NUL"),
]


class BadTrainingData(CliTestCase):
    def test_bad_csv_files(self):
        for name, content, code, place, words in BAD_CSV_FILES:
            with self.subTest(name):
                self.write("bad.csv", content)
                self.assert_fails_and_touches_nothing(["train", "bad.csv"], code, place, words)

    def test_bad_options(self):
        self.write("good.csv", GOOD)
        for name, options, code, place, words in BAD_TRAIN_OPTIONS:
            with self.subTest(name):
                self.assert_fails_and_touches_nothing(["train", "good.csv", *options], code,
                                                      place, words)

    def test_missing_file(self):
        self.assert_fails_and_touches_nothing(["train", "nowhere.csv"], NOT_USABLE, "",
                                              r"nowhere\.csv")

    def test_directory(self):
        (self.folder / "folder.csv").mkdir()
        self.assert_fails_and_touches_nothing(["train", "folder.csv"], NOT_USABLE, "",
                                              r"folder\.csv.*directory")

    def test_line_of_100_mb(self):
        self.write("bad.csv", GOOD + b"1,22," + HUGE + b",S\n")
        self.assert_fails_and_touches_nothing(["train", "bad.csv"], BAD_DATA,
                                              f"bad.csv:{LAST_LINE + 1}:", "long")

    def test_quoted_field_of_100_mb_lines(self):
        self.write("bad.csv", GOOD + b'1,22,"' + b"xxxxxxx\n" * 12_500_000 + b'",S\n')
        self.assert_fails_and_touches_nothing(["train", "bad.csv"], BAD_DATA,
                                              f"bad.csv:{LAST_LINE + 1}:", "")

    def test_bad_csv_by_stdin(self):
        self.assert_fails_and_touches_nothing(["train", "-"], BAD_DATA,
                                              f"[^:]+:{LAST_LINE + 1}:", stdin=GOOD + b"1,2\n")

    def test_output_folder_that_is_not_there(self):
        result = self.run_mlserve("train", TITANIC, "-o", "nowhere/model.json")
        self.assert_fails(result, NOT_USABLE, "", "nowhere")

    def test_output_onto_the_data(self):
        self.write("data.csv", GOOD)
        self.write("link.csv", "")
        (self.folder / "link.csv").unlink()
        (self.folder / "link.csv").symlink_to("data.csv")
        for output in ("data.csv", "link.csv"):
            result = self.run_mlserve("train", "data.csv", "-o", output)
            self.assert_fails(result, USAGE, "--output is the input")
        self.assertEqual(self.read("data.csv"), GOOD)

    def test_output_to_standard_output(self):
        self.assert_fails(self.run_mlserve("train", TITANIC, "-o", "-"), USAGE, "--output")

    def test_number_too_large_to_compute_with(self):
        self.write("bad.csv", b"x,y\n" + b"5e161,0\n-5e161,1\n" * 20)
        self.assert_fails_and_touches_nothing(["train", "bad.csv", "--target", "y"], BAD_DATA,
                                              "bad.csv: column 'x'", "1e150")

    def test_unknown_option_in_a_config_file(self):
        self.write("bad.toml", "[train]\ntest_sise = 0.3\n")
        self.assert_fails_and_touches_nothing(["train", TITANIC, "--config", "bad.toml"], USAGE, "",
                                              "test_sise")

    def test_output_that_is_a_directory(self):
        result = self.run_mlserve("train", TITANIC, "-o", ".")
        self.assertIn(result.code, (USAGE, NOT_USABLE), result)
        self.assert_fails(result, result.code, "", "directory")


class BadRecords(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def check(self, name, cases):
        for what, content, place, words in cases:
            with self.subTest(what):
                self.write(name, content)
                self.assert_fails_and_touches_nothing(["predict", name, "-m", "model.json"],
                                                      BAD_DATA, place, words)

    def test_two_outputs_that_are_one_file(self):
        result = self.run_mlserve("predict", PASSENGERS, "-m", "model.json", "-o", "x.json",
                                  "--rejects", "x.json")
        self.assert_fails(result, USAGE, "--rejects is the output")
        result = self.run_mlserve("predict", PASSENGERS, "-m", "model.json", "-o", "model.json")
        self.assert_fails(result, USAGE, "--output is the model")

    def test_word_that_no_option_takes(self):
        for option in ("--format", "--on-error"):
            for word in ("docx", "2"):
                result = self.run_mlserve("predict", PASSENGERS, option, word)
                self.assert_fails(result, USAGE, option, f"{word} is none of")

    def test_bad_json_files(self):
        self.check("bad.json", BAD_JSON_FILES)

    def test_bad_json_lines(self):
        self.check("bad.jsonl", BAD_JSON_LINES)

    def test_bad_csv_files(self):
        self.check("bad.csv", BAD_CSV_TO_PREDICT)

    def test_bad_json_by_stdin(self):
        self.assert_fails_and_touches_nothing(
            ["predict", "-", "--input-format", "json", "-m", "model.json"], BAD_DATA,
            "[^:]+: record 2:", stdin=listed(GOOD_RECORD, "5"))

    def test_missing_file(self):
        self.assert_fails_and_touches_nothing(["predict", "nowhere.json", "-m", "model.json"],
                                              NOT_USABLE, "", r"nowhere\.json")

    def test_directory(self):
        (self.folder / "folder.json").mkdir()
        self.assert_fails_and_touches_nothing(["predict", "folder.json", "-m", "model.json"],
                                              NOT_USABLE, "", r"folder\.json.*directory")

    def test_unknown_extension(self):
        self.write("records.txt", "[]")
        self.assert_fails_and_touches_nothing(["predict", "records.txt", "-m", "model.json"],
                                              USAGE, "", "--input-format")

    def test_gzip_cut_short(self):
        packed = gzip.compress(f"{GOOD_RECORD}\n".encode() * 1000)
        self.write("records.jsonl.gz", packed[:-20])
        result = self.run_mlserve("predict", "records.jsonl.gz", "-m", "model.json", "-o", "out")
        self.assertIn(result.code, (BAD_DATA, NOT_USABLE), result)
        self.assert_fails(result, result.code, "", r"records\.jsonl\.gz")
        self.assertFalse((self.folder / "out").exists())


class BadModels(CliTestCase):
    """Each command that loads a model says the same of a bad one."""

    def setUp(self):
        super().setUp()
        self.text = self.read(self.train_titanic())
        self.write("passengers.json", PASSENGERS.read_bytes())

    def bad_models(self):
        document = json.loads(self.text)
        newer = {**document, "format_version": document["format_version"] + 1}
        edited = self.text.replace(b'"Sex"', b'"Sez"')
        # The first digit of the first coefficient, so that only the checksum can tell.
        start = self.text.index(b'"coefficients"')
        digit = next(i for i in range(start, len(self.text)) if self.text[i:i + 1].isdigit())
        changed = b"%d" % ((int(self.text[digit:digit + 1]) + 1) % 10)
        tampered = self.text[:digit] + changed + self.text[digit + 1:]
        return [
            ("cut short", self.text[:len(self.text) // 2], ""),
            ("without its last byte but one", self.text.rstrip()[:-1], ""),
            ("with an edited name", edited, "checksum|edited|changed"),
            ("with an edited coefficient", tampered, "checksum|edited|changed"),
            ("from a newer version", json.dumps(newer).encode(), "version"),
            ("of another format", b'{"format":"onnx"}', ""),
            ("that is an empty object", b"{}", ""),
            ("that is a list", b"[]", ""),
            ("that is empty", b"", ""),
            ("of random bytes", bytes(i * i * 7 % 251 for i in range(5000)), ""),
            ("of 100,000 brackets", b"[" * 100_000, ""),
            ("that is a CSV file", TITANIC.read_bytes(), ""),
        ]

    def test_predict(self):
        for what, content, words in self.bad_models():
            with self.subTest("a model " + what):
                self.write("bad.json", content)
                self.assert_fails_and_touches_nothing(
                    ["predict", "passengers.json", "-m", "bad.json"], NOT_USABLE,
                    r".*bad\.json", words)

    def test_other_commands(self):
        self.write("bad.json", self.text[:-100])
        for command in (["inspect", "-m", "bad.json"], ["evaluate", TITANIC, "-m", "bad.json"],
                        ["export", "-m", "bad.json", "--format", "c"],
                        ["serve", "-m", "bad.json", "--port", "0"]):
            with self.subTest(command[0]):
                self.assert_fails(self.run_mlserve(*command), NOT_USABLE, r".*bad\.json")

    def test_missing_model(self):
        for command in (["inspect"], ["predict", "passengers.json"], ["evaluate", TITANIC],
                        ["export"], ["serve", "--port", "0"]):
            with self.subTest(command[0]):
                result = self.run_mlserve(*command, "-m", "nowhere.json")
                self.assert_fails(result, NOT_USABLE, "", r"nowhere\.json")

    def test_directory(self):
        self.assert_fails_and_touches_nothing(["predict", "passengers.json", "-m", "."],
                                              NOT_USABLE, "", "directory")


class BadUsage(CliTestCase):
    def test_wrong_usage(self):
        for arguments in ([], ["tran"], ["train"], ["train", "x.csv", "--nope"], ["predict"],
                          ["export", "--format", "docx"], ["serve", "--port", "70000"],
                          ["serve", "--port", "-1"], ["train", "x.csv", "--threads", "no"]):
            with self.subTest(" ".join(arguments)):
                result = self.run_mlserve(*arguments)
                self.assertEqual(result.code, USAGE, result)
                self.assertEqual(result.stdout, "", result)
                self.assertNotEqual(result.stderr, "", result)


class EvaluateBadData(CliTestCase):
    def test_bad_files(self):
        self.train_titanic()
        header = b"Survived,Age,Sex,Embarked\n"
        for what, content, place, words in [
                ("an empty file", b"", "bad.csv:", "empty"),
                ("no target column", b"Age,Sex,Embarked\n22,male,S\n", "bad.csv:1:", "Survived"),
                ("a class the model does not know", header + b"1,22,male,S\n2,22,male,S\n",
                 "bad.csv:3:", "Survived"),
                ("a ragged row", header + b"1,22,male,S\n0,22\n", "bad.csv:3:", "")]:
            with self.subTest(what):
                self.write("bad.csv", content)
                result = self.run_mlserve("evaluate", "bad.csv", "-m", "model.json")
                self.assert_fails(result, BAD_DATA, place, words)


if __name__ == "__main__":
    unittest.main()
