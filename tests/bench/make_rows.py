"""Makes large inputs from data/titanic.csv by drawing its rows again and again.

    make_rows.py ROWS OUTPUT [--jitter] [--seed 42]

The extension of OUTPUT decides what is written: .csv rows of all columns with PassengerIds of
their own, .json a list of records of the three features, .jsonl such a record a line. --jitter adds
a fraction of a year to each age, so that hardly two rows are equal. The same arguments give the
same bytes. Needs only python3's standard library.
"""

import argparse
import csv
import io
import json
import pathlib
import random

TITANIC = pathlib.Path(__file__).resolve().parents[2] / "data" / "titanic.csv"
CHUNK = 50_000


def read_titanic():
    with TITANIC.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def csv_text(fields):
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(fields)
    return text.getvalue()


class CsvRows:
    """Text of a row around its id and its age."""

    def __init__(self, passengers):
        names = list(passengers[0])
        at = names.index("Age")
        self.opening = ",".join(names) + "\n"
        self.closing = ""
        self.parts = []
        for passenger in passengers:
            values = list(passenger.values())
            self.parts.append(("," + csv_text(values[1:at]) + ",", values[at],
                               "," + csv_text(values[at + 1:]) + "\n"))

    def text(self, number, age, part):
        return f"{number}{part[0]}{age}{part[2]}"


class JsonRecords:
    """Records of the features; `separator` stands before each but the first."""

    def __init__(self, passengers, opening, separator, closing):
        self.opening, self.separator, self.closing = opening, separator, closing
        self.parts = []
        for passenger in passengers:
            rest = {name: passenger[name] for name in ("Sex", "Embarked")}
            self.parts.append(('{"Age":', passenger["Age"],
                               "," + json.dumps(rest, separators=(",", ":"))[1:]))

    def text(self, number, age, part):
        separator = self.separator if number > 1 else ""
        return f"{separator}{part[0]}{age or 'null'}{part[2]}"


def make_format(suffix, passengers):
    if suffix == ".csv":
        return CsvRows(passengers)
    if suffix == ".json":
        return JsonRecords(passengers, "[", ",\n", "]\n")
    if suffix == ".jsonl":
        return JsonRecords(passengers, "", "\n", "\n")
    raise SystemExit(f"make_rows.py: unknown extension '{suffix}'")


def write_rows(output, rows, jitter, seed):
    form = make_format(output.suffix, read_titanic())
    source = random.Random(seed)
    with output.open("w", encoding="utf-8", newline="") as file:
        file.write(form.opening)
        for start in range(1, rows + 1, CHUNK):
            numbers = range(start, min(start + CHUNK, rows + 1))
            parts = source.choices(form.parts, k=len(numbers))
            ages = [part[1] for part in parts]
            if jitter:
                ages = [f"{float(age) + source.random():.6f}" if age else "" for age in ages]
            file.write("".join(map(form.text, numbers, ages, parts)))
        file.write(form.closing)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--jitter", action="store_true")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    write_rows(options.output, options.rows, options.jitter, options.seed)


if __name__ == "__main__":
    main()
