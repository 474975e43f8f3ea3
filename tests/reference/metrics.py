#!/usr/bin/python3
"""Expected values of the tests of lib/metrics, by scikit-learn, statsmodels, scipy and R.

    metrics.py           writes metrics.json beside this script
    metrics.py --check   computes it anew and fails if the committed file differs

The data are those that the packages ship. Fits are made here, so that the file holds what the
module is given (labels, probabilities, Hessians) beside what it has to say of them.
"""

import sys
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from sklearn import datasets, metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor
from sklearn.preprocessing import label_binarize

from make_reference import main, through_json, versions
from metrics_fits import make_fits

REFERENCE = Path(__file__).resolve().parent / "metrics.json"


# Classification.


def predicted(probabilities, threshold=0.5):
    if probabilities.ndim == 1:
        return (probabilities > threshold).astype(int)
    return probabilities.argmax(axis=1)


def class_metrics(y, probabilities, weights=None):
    w = {"sample_weight": weights}
    binary = probabilities.ndim == 1
    labels = np.arange(2 if binary else probabilities.shape[1])
    guess = predicted(probabilities)
    by_class = metrics.precision_recall_fscore_support(
        y, guess, labels=labels, zero_division=0, **w
    )
    macro = metrics.precision_recall_fscore_support(
        y, guess, average="macro", zero_division=0, **w
    )
    result = {
        "rows": len(y) if weights is None else weights.sum(),
        "confusion": metrics.confusion_matrix(y, guess, labels=labels, **w),
        "accuracy": metrics.accuracy_score(y, guess, **w),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, guess, **w),
        "by_class": dict(zip(["precision", "recall", "f1", "support"], by_class)),
        "macro": dict(zip(["precision", "recall", "f1"], macro)),
        "log_loss": metrics.log_loss(y, probabilities, labels=labels, **w),
        "deviance": 2 * metrics.log_loss(y, probabilities, labels=labels, normalize=False, **w),
        "mcc": metrics.matthews_corrcoef(y, guess, **w),
    }
    if binary:
        result["brier_score"] = metrics.brier_score_loss(y, probabilities, **w)
    else:
        squares = (probabilities - label_binarize(y, classes=labels)) ** 2
        result["brier_score"] = np.average(squares.sum(axis=1), weights=weights)
    if len(np.unique(y)) == len(labels):
        truth = y if binary else label_binarize(y, classes=labels)
        result["roc_auc"] = metrics.roc_auc_score(y, probabilities, multi_class="ovr", **w)
        result["pr_auc"] = metrics.average_precision_score(truth, probabilities, **w)
    return result


def curves(y, probabilities):
    """The first threshold of the ROC curve is above all scores, its value a convention."""
    fpr, tpr, roc_thresholds = metrics.roc_curve(y, probabilities)
    precision, recall, thresholds = metrics.precision_recall_curve(y, probabilities)
    uniform = calibration_curve(y, probabilities, n_bins=10)
    quantile = calibration_curve(y, probabilities, n_bins=5, strategy="quantile")
    return {
        "roc": {"x": fpr, "y": tpr, "thresholds": roc_thresholds[1:]},
        "precision_recall": {"x": recall, "y": precision, "thresholds": thresholds},
        "equal_width_10": {"observed_share": uniform[0], "mean_predicted": uniform[1]},
        "equal_count_5": {"observed_share": quantile[0], "mean_predicted": quantile[1]},
    }


def best_thresholds(y, probabilities, weights=None):
    """The lowest best one of all that lie halfway between neighbours, 0 and 1 the outer ones."""
    ends = np.unique(np.concatenate([[0.0], probabilities, [1.0]]))
    candidates = (ends[1:] + ends[:-1]) / 2
    guesses = [predicted(probabilities, t) for t in candidates]
    w = {"sample_weight": weights}
    f1 = [metrics.f1_score(y, guess, zero_division=0, **w) for guess in guesses]
    youden = [metrics.balanced_accuracy_score(y, guess, **w) for guess in guesses]
    # Rounding must not choose between equals.
    return {name: candidates[np.argmax(np.round(values, 12))]
            for name, values in [("f1", f1), ("youden", youden)]}


def classifier(data, columns, decimals=None):
    x, y = data.data[:, columns], data.target
    model = LogisticRegression(max_iter=10000).fit(x, y)
    probabilities = model.predict_proba(x)
    if len(model.classes_) == 2:
        probabilities = probabilities[:, 1]
    return y, probabilities if decimals is None else probabilities.round(decimals)


def classes():
    rng = np.random.default_rng(3)

    def described(y, p, **more):
        weights = rng.integers(0, 4, size=len(y))
        return {
            "labels": y,
            "probabilities": p,
            "weights": weights,
            "unweighted": class_metrics(y, p),
            "weighted": class_metrics(y, p, weights),
            **more,
        }

    # Two decimals make ties, one of them at 0.5.
    y, p = classifier(datasets.load_breast_cancer(), [0], decimals=2)
    cancer = described(y, p, curves=curves(y, p), thresholds=best_thresholds(y, p))
    cancer["weighted_thresholds"] = best_thresholds(y, p, cancer["weights"])
    y, p = classifier(datasets.load_iris(), [0, 1])
    iris = described(y, p, curves_of_class_1=curves((y == 1).astype(int), p[:, 1]))
    iris["without_class_0"] = class_metrics(y[50:], p[50:])
    wine = described(*classifier(datasets.load_wine(), [0, 1]))
    y = np.repeat([0, 1], 4)
    perfect = {"labels": y, "probabilities": y, "metrics": class_metrics(y, y.astype(float))}
    return {"breast_cancer": cancer, "iris": iris, "wine": wine, "perfect": perfect}


# Regression and counts.


def number_metrics(y, prediction, count, weights=None):
    w = {"sample_weight": weights}
    result = {
        "r2": metrics.r2_score(y, prediction, **w),
        "rmse": metrics.mean_squared_error(y, prediction, squared=False, **w),
        "mae": metrics.mean_absolute_error(y, prediction, **w),
    }
    rows = len(y) if weights is None else weights.sum()
    if count:
        result["deviance"] = rows * metrics.mean_poisson_deviance(y, prediction, **w)
        result["d2"] = metrics.d2_tweedie_score(y, prediction, power=1, **w)
    else:
        result["deviance"] = rows * metrics.mean_squared_error(y, prediction, **w)
    return result


def numbers():
    rng = np.random.default_rng(4)
    diabetes = datasets.load_diabetes()
    fair = sm.datasets.fair.load_pandas().exog.iloc[:200]
    x, children = fair[["age", "religious", "educ"]].to_numpy(), fair["children"].to_numpy()
    linear = LinearRegression().fit(diabetes.data, diabetes.target)
    fits = {
        "diabetes": (diabetes.target, linear.predict(diabetes.data), False),
        "fair": (children, PoissonRegressor(alpha=0.01).fit(x, children).predict(x), True),
    }
    result = {}
    for name, (y, prediction, count) in fits.items():
        weights = rng.integers(0, 4, size=len(y))
        result[name] = {
            "targets": y,
            "predictions": prediction,
            "weights": weights,
            "unweighted": number_metrics(y, prediction, count),
            "weighted": number_metrics(y, prediction, count, weights),
        }
    return result


def make():
    return through_json(
        {"versions": versions(), "classes": classes(), "numbers": numbers(), **make_fits()}
    )


if __name__ == "__main__":
    sys.exit(main(REFERENCE, make, __doc__))
