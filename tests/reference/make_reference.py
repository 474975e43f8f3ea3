#!/usr/bin/python3
"""Expected values of the numeric tests, by scikit-learn and statsmodels.

    make_reference.py           writes reference.json beside this script
    make_reference.py --check   computes it anew and fails if the committed file differs

Data sets that are not in data/ stand in the file itself, as CSV text, so that a test needs
nothing else. Every fit is checked here to be the minimum, independently of the solver.
"""

import argparse
import io
import json
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
import sklearn
import statsmodels
import statsmodels.api
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "data"
REFERENCE = HERE / "reference.json"

RECIPE = ["Age", "Sex", "Embarked"]
ALL_FEATURES = ["Pclass", "Sex", "Age", "SibSp", "Parch", "Fare", "Embarked"]


# Encoding: missing numbers become the mean, every category a column, columns sorted by name.


def one_hot(features):
    encoded = pd.get_dummies(features)
    return encoded[sorted(encoded.columns)].astype(float)


def encode(features):
    return one_hot(features.fillna(features.mean(numeric_only=True)))


def encode_as(training, records):
    """Columns and means are those of the training data; an unknown category is all zeros."""
    features = records.reindex(columns=training.columns)
    features = features.fillna(training.mean(numeric_only=True))
    return one_hot(features).reindex(columns=encode(training).columns, fill_value=0.0)


# Fitting.


def fit_logistic(x, y, C=1.0):
    model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=10000)
    model.fit(x.to_numpy(), y)
    check_minimum(np.append(model.coef_[0], model.intercept_), x, y, C)
    return model


def gradient_and_hessian(theta, x, y, C):
    """Of sum(log loss) + w.w / (2 C), the intercept last and not penalised."""
    design = np.column_stack([x.to_numpy(), np.ones(len(x))])
    penalty = np.append(np.full(x.shape[1], 1 / C), 0.0)
    p = 1 / (1 + np.exp(-design @ theta))
    gradient = design.T @ (p - y) + penalty * theta
    hessian = (design.T * (p * (1 - p))) @ design + np.diag(penalty)
    return gradient, hessian


def check_minimum(theta, x, y, C):
    """A solver that stopped early would be found by the Newton steps that remain to be done."""
    polished = theta.copy()
    for _ in range(5):
        gradient, hessian = gradient_and_hessian(polished, x, y, C)
        polished -= np.linalg.solve(hessian, gradient)
    np.testing.assert_allclose(theta, polished, rtol=1e-9, atol=1e-9)


def binary_metrics(y, probabilities, weights=None):
    predicted = (np.asarray(probabilities) > 0.5).astype(int)
    by_prediction = {
        "accuracy": metrics.accuracy_score,
        "precision": metrics.precision_score,
        "recall": metrics.recall_score,
        "f1": metrics.f1_score,
    }
    by_probability = {
        "roc_auc": metrics.roc_auc_score,
        "log_loss": metrics.log_loss,
        "brier": metrics.brier_score_loss,
    }
    result = {name: f(y, predicted, sample_weight=weights) for name, f in by_prediction.items()}
    result |= {name: f(y, probabilities, sample_weight=weights) for name, f in by_probability.items()}
    counts = metrics.confusion_matrix(y, predicted, sample_weight=weights)
    names = ["true_negative", "false_positive", "false_negative", "true_positive"]
    return result | {"confusion": dict(zip(names, counts.ravel()))}


def describe_fit(x, y, C=1.0):
    model = fit_logistic(x, y, C)
    probabilities = model.predict_proba(x.to_numpy())[:, 1]
    return {
        "C": C,
        "rows": len(x),
        "intercept": model.intercept_[0],
        "coefficients": dict(zip(x.columns, model.coef_[0])),
        "metrics": binary_metrics(y, probabilities),
    }


# The sections of the file.


def titanic(data, features):
    training = data[features]
    x, y = encode(training), data["Survived"].to_numpy()
    records = pd.DataFrame(json.loads((DATA / "passengers.json").read_text(encoding="utf-8")))
    model = fit_logistic(x, y)
    new = encode_as(training, records).to_numpy()
    return {
        "features": features,
        **describe_fit(x, y),
        "passengers": {
            "probabilities": model.predict_proba(new)[:, 1],
            "predictions": model.predict(new),
        },
    }


def penalised_standard_errors(data):
    x, y = encode(data[RECIPE]), data["Survived"].to_numpy()
    model = fit_logistic(x, y)
    theta = np.append(model.coef_[0], model.intercept_)
    _, hessian = gradient_and_hessian(theta, x, y, C=1.0)
    return {
        "names": [*x.columns, "intercept"],
        "coefficients": theta,
        "hessian": hessian,
        "standard_errors": np.sqrt(np.diag(np.linalg.inv(hessian))),
    }


def unpenalised_inference(data):
    features = data[["Age", "Parch", "Pclass", "SibSp"]]
    x = statsmodels.api.add_constant(encode(features), prepend=False)
    model = statsmodels.api.Logit(data["Survived"].to_numpy(), x.to_numpy())
    fit = model.fit(method="newton", tol=1e-14, maxiter=100, disp=False)
    assert np.abs(model.score(fit.params)).max() < 1e-9
    return {
        "note": "mlserve fits this with C=1e9, which moves the coefficients by less than 1e-6",
        "names": [*features.columns, "intercept"],
        "coefficients": fit.params,
        "hessian": -model.hessian(fit.params),
        "standard_errors": fit.bse,
        "z": fit.tvalues,
        "p_values": fit.pvalues,
        "log_likelihood": fit.llf,
    }


def fit_of_csv(csv, target):
    """As a program would: from the text, whose numbers are rounded."""
    data = pd.read_csv(io.StringIO(csv))
    x, y = encode(data.drop(columns=target)), data[target].to_numpy()
    return {"csv": csv, "target": target, **describe_fit(x, y)}


def separable():
    values = [-4.0, -3.0, -1.5, -0.5, 0.5, 1.0, 2.5, 4.0]
    data = pd.DataFrame({"x": values, "y": [0] * 4 + [1] * 4})
    return fit_of_csv(data.to_csv(index=False), "y")


def collinear():
    """Two equal columns share one effect; the columns of `group` add up to the intercept."""
    x = [1.5, 2.0, 0.5, 3.0, 2.5, 4.0, 1.0, 3.5, 0.0, 2.0, 4.5, 1.0]
    group = ["a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c"]
    y = [0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1]
    data = pd.DataFrame({"x1": x, "x2": x, "group": group, "y": y})
    return fit_of_csv(data.to_csv(index=False), "y")


def weighted_metrics():
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 2, size=50)
    # One decimal makes ties, some of them at the threshold.
    probabilities = np.clip(0.25 + 0.35 * labels + rng.normal(0, 0.25, size=50), 0, 1).round(1)
    weights = rng.integers(1, 6, size=50)
    return {
        "labels": labels,
        "probabilities": probabilities,
        "weights": weights,
        "unweighted": binary_metrics(labels, probabilities),
        "weighted": binary_metrics(labels, probabilities, weights),
    }


def categories():
    rng = np.random.default_rng(11)
    rows = 300
    levels = [f"shop {i:02}" for i in range(1, 13)]
    share = np.arange(12, 0, -1) / 78
    shop = rng.choice(12, size=rows, p=share)
    amount = rng.gamma(2.0, 20.0, size=rows).round(2)
    member = rng.random(rows) < 0.4
    score = 0.03 * (amount - 40) + 0.8 * member + rng.normal(0, 1, size=12)[shop]
    bought = (rng.random(rows) < 1 / (1 + np.exp(-score))).astype(int)
    data = pd.DataFrame(
        {
            "amount": np.where(rng.random(rows) < 0.1, np.nan, amount),
            "shop": np.where(rng.random(rows) < 0.05, None, np.array(levels)[shop]),
            "member": np.where(member, "true", "false"),
            "bought": bought,
        }
    )
    return fit_of_csv(data.to_csv(index=False), "bought")


def versions():
    return {m.__name__: m.__version__ for m in (np, pd, scipy, sklearn, statsmodels)}


def through_json(reference):
    """So that a new and a read reference have the same types."""
    return json.loads(json.dumps(reference, default=lambda value: value.tolist()))


def make_reference():
    data = pd.read_csv(DATA / "titanic.csv")
    reference = {
        "versions": versions(),
        "titanic": titanic(data, RECIPE),
        "titanic_all": titanic(data, ALL_FEATURES),
        "standard_errors": {
            "titanic": penalised_standard_errors(data),
            "unpenalised": unpenalised_inference(data),
        },
        "separable": separable(),
        "collinear": collinear(),
        "metrics": weighted_metrics(),
        "categories": categories(),
    }
    return through_json(reference)


# Comparing.


def differences(expected, actual, place="reference", share=1e-9):
    """Places where two references differ by more than `share` of the value."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(expected.keys() | actual.keys()):
            yield from differences(expected.get(key), actual.get(key), f"{place}.{key}", share)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for i, pair in enumerate(zip(expected, actual)):
            yield from differences(*pair, f"{place}[{i}]", share)
    elif isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        # Below 1e-12 stand rounding errors of values that are zero.
        if not math.isclose(expected, actual, rel_tol=share, abs_tol=share / 1000):
            yield f"{place}: {expected} is now {actual}"
    elif expected != actual:
        yield f"{place}: is different now"


def check(path, make):
    committed = json.loads(path.read_text(encoding="utf-8"))
    # Other versions may make the file; they have to agree on the numbers alone.
    found = list(differences(committed, make() | {"versions": committed["versions"]}))
    print(*found, sep="\n", file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


def main(path, make, description):
    """Writes or checks the file `path`, whose content `make` computes; other scripts use it too."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file")
    if parser.parse_args().check:
        return check(path, make)
    path.write_text(json.dumps(make(), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(REFERENCE, make_reference, __doc__))
