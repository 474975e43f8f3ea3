"""Models over which every format of the export is compared with `mlserve predict`: each estimator,
over the Titanic data with missing and unknown values thrown in, and over a table of a thousand
categories whose names and values are hostile. Texts and dates are apart: few formats carry them.

    for case in standard_cases(folder):  …  case.model, case.rows, case.answers
    comparison.check(case, labels, numbers)
"""

import csv
import json
import math
import pathlib
import random
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

import hostile_table  # noqa: E402
from harness import TITANIC, binary  # noqa: E402

TOLERANCE = 1e-12
PASSENGER_FEATURES = ["Pclass", "Sex", "Age", "SibSp", "Parch", "Fare", "Embarked"]


def mlserve(*arguments, folder=None):
    """Standard output of a run that must end well."""
    done = subprocess.run([binary(), *map(str, arguments)], capture_output=True, cwd=folder, check=False,
                          timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"mlserve {arguments}: {done.stderr.decode()}")
    return done.stdout


class Case:
    """A trained model, rows to ask it, and what `mlserve predict` answers.

    rows     by row and feature: None where missing, a float (numeric and boolean features), or a
             text, which may be a marker of a missing value such as "NA"
    labels   by row the class, as a text; None without classes
    numbers  by row: probabilities of all classes in their order, or the predicted number alone
    """

    def __init__(self, name, folder, train_arguments, rows_csv):
        self.name = name
        self.model = folder / f"{name}.json"
        self.rows_csv = rows_csv
        mlserve("train", *train_arguments, "--test-size", 0, "-o", self.model)
        document = json.loads(self.model.read_text(encoding="utf-8"))
        self.task = document["task"]
        self.threshold = document.get("threshold")
        self.target = document["target"]
        self.classes = [class_text(value) for value in self.target.get("classes", [])]
        self.features = document["features"]
        self.names = [feature["name"] for feature in self.features]
        self.rows = self._read_rows()
        self._ask()

    def _read_rows(self):
        with open(self.rows_csv, encoding="utf-8", newline="") as file:
            table = list(csv.reader(file))
        columns = [table[0].index(name) for name in self.names]
        return [[value_of(feature, row[c]) for feature, c in zip(self.features, columns)]
                for row in table[1:]]

    def _ask(self):
        wanted = ["--probabilities"] if self.classes else []
        lines = mlserve("predict", self.rows_csv, "-m", self.model, "--format", "jsonl", *wanted)
        answers = [json.loads(line) for line in lines.splitlines()]
        assert len(answers) == len(self.rows), (len(answers), len(self.rows))
        if self.classes:
            self.labels = [class_text(answer["prediction"]) for answer in answers]
            self.numbers = [list(answer["probabilities"].values()) for answer in answers]
        else:
            self.labels = None
            self.numbers = [[answer["prediction"]] for answer in answers]

    def export(self, folder, *arguments):
        """The file that `mlserve export` writes of the model."""
        path = pathlib.Path(folder) / f"{self.name}_export"
        mlserve("export", "-m", self.model, "-o", path, *arguments)
        return path


def class_text(value):
    """A class as it stands in a CSV file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.17g}" if value % 1 else str(int(value))


def value_of(feature, text):
    """A cell as a typed value."""
    if feature["kind"] in ("numeric", "boolean"):
        spelled = {"true": 1.0, "True": 1.0, "TRUE": 1.0, "false": 0.0, "False": 0.0, "FALSE": 0.0}
        return None if text in ("", "NA") else spelled[text] if text in spelled else float(text)
    return text if text != "" else None


class Comparison:
    """What a format said, beside what the model says. Use one a format; `report` at its end."""

    def __init__(self, title):
        self.title = title
        self.lines = []
        self.largest = 0.0

    def check(self, case, labels, numbers):
        """Every label equal, every number within TOLERANCE (of its size above 1); else an
        AssertionError that names the first row that is not."""
        assert len(numbers) == len(case.numbers), \
            f"{case.name}: {len(numbers)} answers for {len(case.numbers)} rows"
        worst = 0.0
        for i, (given, expected) in enumerate(zip(numbers, case.numbers)):
            assert len(given) == len(expected), f"{case.name}, row {i}: {given} for {expected}"
            for a, b in zip(given, expected):
                difference = abs(a - b) / max(1.0, abs(b))
                assert difference <= TOLERANCE, \
                    f"{case.name}, row {i} {case.rows[i]}: {given}, but the model says {expected}"
                worst = max(worst, difference)
        if case.labels is not None:
            for i, (given, expected) in enumerate(zip(labels, case.labels)):
                assert given == expected, \
                    f"{case.name}, row {i} {case.rows[i]}: {given!r}, but the model says {expected!r}"
            assert len(labels) == len(case.labels), case.name
        self.largest = max(self.largest, worst)
        self.lines.append(f"  {case.name:<24} {len(numbers):>6} rows  largest difference {worst:.2g}")

    def report(self):
        print(f"{self.title}: largest difference {self.largest:.2g} in {len(self.lines)} models")
        print("\n".join(self.lines), flush=True)


# The Titanic data.

def passenger_rows(folder):
    """Every passenger, with values taken away and values that training never saw thrown in."""
    path = folder / "passengers.csv"
    if path.exists():
        return path
    with open(TITANIC, encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    chance = random.Random(11)
    unknown = {"Sex": "unknown", "Embarked": "Z", "Pclass": "9", "Age": "150", "Fare": "-1"}
    strange = []
    for row in table:
        strange.append(row)
        if chance.random() < 0.5:
            changed = dict(row)
            for name in chance.sample(PASSENGER_FEATURES, chance.randint(1, 7)):
                changed[name] = chance.choice(["", "NA", unknown.get(name, "3")])
            strange.append(changed)
    strange.append({name: "" for name in table[0]})
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(strange)
    return path


PASSENGER_MODELS = {
    "titanic_recipe": [],
    "titanic_products": ["--target", "Survived", "--features", "Pclass,Sex,Age,SibSp,Parch,Fare",
                         "--categorical", "Pclass", "--interaction", "Sex:Pclass", "--interaction",
                         "Age:Sex", "--interaction", "Age:Fare", "--penalty", "none"],
    "titanic_indicators": ["--target", "Survived", "--features", ",".join(PASSENGER_FEATURES),
                           "--missing-indicator", "--missing", "median", "--standardize",
                           "--threshold", "0.3", "--class-weight", "balanced"],
    "titanic_l1": ["--target", "Survived", "--features", ",".join(PASSENGER_FEATURES), "--penalty",
                   "l1", "--C", "0.05", "--categorical", "SibSp", "--min-frequency", "30", "--missing-indicator"],
    "titanic_classes": ["--target", "Embarked", "--features", "Pclass,Sex,Age,Fare,SibSp",
                        "--categorical", "Pclass", "--interaction", "Pclass:Sex", "--interaction",
                        "Fare:Sex"],
    "titanic_integers": ["--target", "Pclass", "--features", "Sex,Age,Fare,Embarked,Parch",
                         "--missing-indicator"],
    "titanic_fares": ["--target", "Fare", "--features", "Pclass,Sex,Age,SibSp,Embarked",
                      "--interaction", "Age:Sex", "--missing-indicator"],
    "titanic_counts": ["--target", "SibSp", "--task", "count", "--features",
                       "Pclass,Sex,Age,Parch,Fare,Embarked", "--standardize"],
}


# The hostile table.

def hostile_files(folder):
    """(file to train on, file to ask): both have missing values, the second unknown ones as well."""
    train, ask = folder / "hostile.csv", folder / "hostile_rows.csv"
    if not ask.exists():
        chance = random.Random(12)
        rows = hostile_table.make_rows(3000, seed=5)
        for row in rows[1000::20]:
            row[chance.randrange(len(hostile_table.FEATURES))] = ""
        hostile_table.write(train, rows)
        rows = hostile_table.make_rows(1200, seed=6)
        for row in rows[::3]:
            for c in chance.sample(range(len(hostile_table.FEATURES)), chance.randint(1, 4)):
                is_number = hostile_table.FEATURES[c] in (hostile_table.SIZE, hostile_table.FLAG,
                                                          hostile_table.DOSE)
                row[c] = chance.choice(["", "NA"] if is_number else
                                       ["", "NA", "never seen", "' never \"seen\" \\"])
        hostile_table.write(ask, rows)
    return train, ask


def hostile_models():
    """Arguments of `train` by name: each of the four targets from the features."""
    # Names with commas in them cannot be listed, so the table is taken whole, without other targets.
    targets = {"hostile_two": (hostile_table.TWO, []),
               "hostile_classes": (hostile_table.LABEL, ["--interaction", "dose:group"]),
               "hostile_numbers": (hostile_table.AMOUNT, ["--missing-indicator"]),
               "hostile_counts": (hostile_table.COUNT, ["--task", "count", "--interaction",
                                                        "group:code 1.0"])}
    return targets


def without_columns(source, path, names):
    """`source` without the columns called `names`."""
    with open(source, encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    kept = [c for c, name in enumerate(table[0]) if name not in names]
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
            [row[c] for c in kept] for row in table)
    return path


def standard_cases(folder):
    """Cases of numbers, truth values and categories, which every format carries."""
    folder = pathlib.Path(folder)
    for name, arguments in PASSENGER_MODELS.items():
        yield Case(name, folder, [TITANIC, *arguments], passenger_rows(folder))
    train, ask = hostile_files(folder)
    targets = [hostile_table.TWO, hostile_table.LABEL, hostile_table.AMOUNT, hostile_table.COUNT]
    for name, (target, arguments) in hostile_models().items():
        others = [other for other in targets if other != target]
        source = without_columns(train, folder / f"{name}.csv", others)
        arguments = ["--target", target, "--categorical", hostile_table.CODE, *arguments]
        yield Case(name, folder, [source, *arguments], ask)


def text_and_date_cases(folder):
    """Cases with texts and dates, two classes, several, and a number."""
    folder = pathlib.Path(folder)
    train, ask = folder / "notes.csv", folder / "notes_rows.csv"
    chance = random.Random(21)
    words = ["good", "bad", "Größe", "ΟΔΟΣ", "naïve", "x_1", "日本語", "the", "THE", "İstanbul", "42",
             "kelvin\u212a", "ﬁne", "straße", "c++", "a", "don't"]

    def row(strange):
        note = " ".join(chance.choices(words, k=chance.randint(6, 14)))
        note = note.replace(" ", chance.choice([" ", ", ", "-", "\u00a0", "; '\"\\ "]))
        year, month, day = chance.randint(1899, 2099), chance.randint(1, 12), chance.randint(1, 28)
        date = f"{year:04}-{month:02}-{day:02}"
        date += chance.choice(["", "T23:59", " 05:06:07.25", "T12:00:00Z", "T00:30:00+02:00"])
        number = round(chance.gauss(0, 1), 3)
        margin = note.count("good") - note.count("bad") + month / 6 - 1 + number + chance.gauss(0, 1)
        if strange:
            note = chance.choice([note, "", "NA", "?!", "unheard", note + " \u0130 \u03a3ας"])
            date = chance.choice([date, "", "NA", "0001-01-01", "9999-12-31T23:59:59.999"])
            number = chance.choice([number, ""])
        return [note, date, number, "up" if margin > 0 else "down",
                "abc"[min(2, max(0, int(margin + 1.5)))], round(margin, 4)]

    for path, strange, count in ((train, False, 900), (ask, True, 700)):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["note", "when", "x", "way", "grade", "value"])
            writer.writerows(row(strange) for _ in range(count))
    for target in ("way", "grade", "value"):
        yield Case(f"notes_{target}", folder,
                   [train, "--target", target, "--features", "note,when,x", "--text", "note",
                    "--missing-indicator"], ask)
