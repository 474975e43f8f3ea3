"""Makes tables to fit, with a target `y` of 0 and 1 that depends on the features.

    make_table.py dense|text ROWS OUTPUT.csv [--seed 42]

dense: 50 normal columns x0 … x49 of standard deviations from 0.1 to 10, which are what a table has
whose columns were measured in different units.
text: a column `text` of documents of 20 to 200 words, drawn from 100,000 words by Zipf's law.

The same arguments give the same bytes. Needs numpy.
"""

import argparse
import pathlib

import numpy as np

COLUMNS = 50
VOCABULARY = 100_000
CHUNK = 10_000


def drawn(random, score):
    """0 or 1 for each score, with the odds that a score of that size has."""
    return (random.random(len(score)) < 1 / (1 + np.exp(-score))).astype(int)


def write_dense(file, rows, random):
    scales = np.geomspace(0.1, 10, COLUMNS)[random.permutation(COLUMNS)]
    weights = random.normal(size=COLUMNS) / np.sqrt(COLUMNS)
    file.write("y," + ",".join(f"x{column}" for column in range(COLUMNS)) + "\n")
    line = "%d" + ",%.6g" * COLUMNS + "\n"
    for start in range(0, rows, CHUNK):
        values = random.normal(size=(min(CHUNK, rows - start), COLUMNS))
        target = drawn(random, values @ weights - 1)
        file.writelines(line % (y, *row)
                        for y, row in zip(target.tolist(), (values * scales).tolist()))


def word(number):
    """A word of small letters, another one for each number."""
    letters = ""
    number += 26  # two letters at least: TfidfVectorizer passes over shorter words
    while number:
        number, letter = divmod(number, 26)
        letters += chr(ord("a") + letter)
    return letters


def write_text(file, rows, random):
    words = np.array([word(number) for number in range(VOCABULARY)])
    weights = random.normal(size=VOCABULARY)
    share = np.cumsum(1 / np.arange(1, VOCABULARY + 1))
    share /= share[-1]
    file.write("y,text\n")
    for _ in range(rows):
        drawn_words = np.searchsorted(share, random.random(random.integers(20, 201)))
        score = weights[drawn_words].mean() * np.sqrt(len(drawn_words))
        target = drawn(random, np.array([2 * score]))[0]
        file.write(f"{target},{' '.join(words[drawn_words])}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["dense", "text"])
    parser.add_argument("rows", type=int)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    write = write_dense if options.kind == "dense" else write_text
    with options.output.open("w", encoding="utf-8", newline="") as file:
        write(file, options.rows, np.random.default_rng(options.seed))


if __name__ == "__main__":
    main()
