"""One logistic regression by scikit-learn, as `mlserve train --target y --test-size 0` fits it.

    sklearn_fit.py DATA.csv [--text COLUMN] [--standardize] [--solver lbfgs] [--tol 1e-4]
                   [--ftol F]

Reads the CSV, makes TF-IDF of the text column if there is one, fits, and prints one line of JSON:
`seconds` of fit() alone, its `iterations`, the `objective` it reached (the log loss of all rows and
half the squared coefficients: C is 1) and how many threads its libraries have.

lbfgs ends when an iteration gains less than ftol of the objective. scikit-learn has no option for
it, so that SciPy's 2.2e-9 ends most fits, whatever their tol; --ftol hands SciPy another.
"""

import argparse
import json
import time

import numpy as np
import pandas as pd
import scipy.optimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info

TARGET = "y"


def end_lbfgs_at(ftol):
    minimize = scipy.optimize.minimize

    def minimize_to_ftol(*arguments, options, **named):
        return minimize(*arguments, options={**options, "ftol": ftol}, **named)

    scipy.optimize.minimize = minimize_to_ftol


def read_features(options):
    """Features and target in memory, in the form that fit() takes without a copy."""
    data = pd.read_csv(options.data)
    target = data.pop(TARGET).to_numpy()
    if options.text:
        return TfidfVectorizer().fit_transform(data[options.text]), target
    features = np.ascontiguousarray(data.to_numpy(dtype=float))
    return StandardScaler().fit_transform(features) if options.standardize else features, target


def objective(model, features, target):
    margins = np.where(target == model.classes_[1], 1, -1) * model.decision_function(features)
    return float(np.logaddexp(0, -margins).sum() + (model.coef_ ** 2).sum() / 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--text")
    parser.add_argument("--standardize", action="store_true")
    parser.add_argument("--solver", default="lbfgs")
    parser.add_argument("--tol", type=float, default=1e-4)
    parser.add_argument("--ftol", type=float)
    options = parser.parse_args()
    if options.ftol is not None:
        end_lbfgs_at(options.ftol)
    features, target = read_features(options)
    model = LogisticRegression(solver=options.solver, tol=options.tol, max_iter=100_000)
    start = time.monotonic()
    model.fit(features, target)
    seconds = time.monotonic() - start
    print(json.dumps({
        "seconds": seconds,
        "iterations": int(model.n_iter_[0]),
        "objective": objective(model, features, target),
        "threads": {library["internal_api"]: library["num_threads"]
                    for library in threadpool_info()},
    }))


if __name__ == "__main__":
    main()
