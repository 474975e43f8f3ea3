#!/usr/bin/python3
"""Population stability indices by numpy, for the tests of lib/metrics/stability.

    stability.py           writes stability.json beside this script
    stability.py --check   computes it anew and fails if the committed file differs

Bins are counted by numpy.histogram over edges from the first sample alone, as mlserve's are over
those of the training rows.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from make_reference import DATA, main, through_json, versions

REFERENCE = Path(__file__).resolve().parent / "stability.json"
LEAST_SHARE = 1e-4


def stability(expected, actual):
    e = np.clip(expected / np.sum(expected), LEAST_SHARE, None)
    a = np.clip(actual / np.sum(actual), LEAST_SHARE, None)
    return np.sum((a - e) * np.log(a / e))


def case(expected, actual):
    expected, actual = np.asarray(expected, float), np.asarray(actual, float)
    return {"expected": expected, "actual": actual, "index": stability(expected, actual)}


def of_numbers(expected, actual, bins=10):
    """Missing values have a bin of their own; what lies outside falls into the end bins."""
    edges = np.linspace(np.nanmin(expected), np.nanmax(expected), bins + 1)

    def counts(values):
        known = np.clip(values[~np.isnan(values)], edges[0], edges[-1])
        return np.append(np.isnan(values).sum(), np.histogram(known, edges)[0])

    return case(counts(expected), counts(actual))


def of_categories(expected, actual):
    kinds = sorted(set(expected.dropna()))

    def counts(values):
        known = [(values == kind).sum() for kind in kinds]
        unknown = len(values) - values.isna().sum() - sum(known)
        return [values.isna().sum(), unknown, *known]

    return case(counts(expected), counts(actual))


def make():
    titanic = pd.read_csv(DATA / "titanic.csv")
    first, third = titanic[titanic.Pclass == 1], titanic[titanic.Pclass == 3]
    rng = np.random.default_rng(5)
    normal = rng.normal(size=5000)
    return through_json(
        {
            "versions": versions(),
            "cases": {
                "the same": of_numbers(normal, normal),
                "the same population": of_numbers(normal, rng.normal(size=2000)),
                "moved": of_numbers(normal, rng.normal(0.5, 1.5, size=3000)),
                "far away": of_numbers(normal, rng.normal(50, 1, size=300)),
                "ages of two classes": of_numbers(first.Age.to_numpy(), third.Age.to_numpy()),
                "ports of two classes": of_categories(first.Embarked, third.Embarked),
                "unknown ports": of_categories(first.Embarked, third.Embarked.replace("S", "X")),
                "one empty bin": case([10, 20, 0, 30], [10, 0, 5, 45]),
            },
        }
    )


if __name__ == "__main__":
    sys.exit(main(REFERENCE, make, __doc__))
