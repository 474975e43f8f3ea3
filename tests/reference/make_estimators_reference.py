#!/usr/bin/python3
"""Expected fits of the estimators, by scikit-learn, statsmodels and R.

    make_estimators_reference.py           writes estimators.json beside this script
    make_estimators_reference.py --check   computes it anew and fails if the committed file differs

The data stand in the file too, so that a test needs nothing else: columns of numbers, and a target
of numbers or of class indices. Coefficients are in the units of these columns, also where the fit
was made on standardised ones. That a fit has converged is checked here by the Newton step which
remains to be done, independently of the solver.
"""

import argparse
import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn import datasets
from sklearn.linear_model import ElasticNet, LogisticRegression, PoissonRegressor, Ridge

from make_reference import differences

REFERENCE = Path(__file__).resolve().parent / "estimators.json"


# The data: what the packages ship, at most some hundred rows of it.


def data_set(x, y):
    x = pd.DataFrame(x)
    return {
        "names": [str(name) for name in x.columns],
        "columns": [x[name].astype(float).tolist() for name in x.columns],
        "target": list(y),
    }


def of_sklearn(load, every=1):
    loaded = load(as_frame=True)
    return data_set(loaded.data[::every], loaded.target[::every].tolist())


def of_statsmodels(module, target, every=1):
    data = module.load_pandas().data[::every]
    y = data[target]
    return data.drop(columns=target), y


def of_r(expression):
    """Lines of numbers that an R expression prints."""
    code = f"options(digits = 17); write.table({expression}, row.names = FALSE, col.names = FALSE)"
    text = subprocess.run(
        ["Rscript", "--vanilla", "-e", code], check=True, capture_output=True, text=True
    ).stdout
    return [[float("nan") if v == "NA" else float(v) for v in l.split()] for l in text.splitlines()]


def warpbreaks():
    """R's warpbreaks with all its categories as 0/1 columns."""
    rows = np.array(of_r("cbind(warpbreaks$breaks, model.matrix(~ 0 + wool, warpbreaks), "
                         "model.matrix(~ 0 + tension, warpbreaks))"))
    names = ["wool_A", "wool_B", "tension_L", "tension_M", "tension_H"]
    return data_set(pd.DataFrame(rows[:, 1:], columns=names), rows[:, 0].tolist())


def make_data():
    fair_x, fair_y = of_statsmodels(sm.datasets.fair, "affairs", every=5)
    spector_x, spector_y = of_statsmodels(sm.datasets.spector, "GRADE")
    anes_x, anes_y = of_statsmodels(sm.datasets.anes96, "PID")
    return {
        "iris": of_sklearn(datasets.load_iris),
        "wine": of_sklearn(datasets.load_wine),
        "breast_cancer": of_sklearn(datasets.load_breast_cancer),
        "digits": of_sklearn(datasets.load_digits, every=5),
        "diabetes": of_sklearn(datasets.load_diabetes),
        "fair": data_set(fair_x, (fair_y > 0).astype(int).tolist()),
        "spector": data_set(spector_x, spector_y.astype(int).tolist()),
        "anes96": data_set(anes_x[["logpopul", "selfLR", "age", "educ", "income"]],
                           anes_y.astype(int).tolist()),
        "warpbreaks": warpbreaks(),
    }


# What is left to do after a fit.


def derivatives(estimator, design, y, weights, theta):
    """Of sum(weights * loss); theta is outputs x columns."""
    margins = design @ theta.T
    if estimator == "multinomial":
        p = np.exp(margins - margins.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        residuals = p - np.eye(len(theta))[y]
        curvatures = np.einsum("ij,jk->ijk", p, np.eye(len(theta))) - np.einsum("ij,ik->ijk", p, p)
    else:
        m = margins[:, 0]
        mean = {"logistic": 1 / (1 + np.exp(-m)), "linear": m, "poisson": np.exp(np.minimum(m, 50))}
        variance = {"logistic": lambda p: p * (1 - p), "linear": np.ones_like, "poisson": np.copy}
        residuals = (mean[estimator] - y)[:, None]
        curvatures = variance[estimator](mean[estimator])[:, None, None]
    gradient = np.einsum("i,ij,ic->jc", weights, residuals, design)
    hessian = np.einsum("i,ijk,ia,ib->jakb", weights, curvatures, design, design, optimize=True)
    return gradient.ravel(), hessian.reshape(theta.size, theta.size)


def check_minimum(estimator, x, y, weights, coefficients, intercepts, l1, l2):
    """The step of Newton's method over what is not held at zero has to be short."""
    design = np.column_stack([x, np.ones(len(x))])
    theta = np.column_stack([coefficients, intercepts])
    gradient, hessian = derivatives(estimator, design, np.asarray(y), weights, theta)
    penalised = np.ones_like(theta)
    penalised[:, -1] = 0
    penalised = penalised.ravel()
    gradient += penalised * (l2 * theta.ravel() + l1 * np.sign(theta.ravel()))
    hessian += np.diag(l2 * penalised)
    held = (theta.ravel() == 0) & (penalised > 0) & (l1 > 0)
    assert (np.abs(gradient[held]) <= l1 * (1 + 1e-9)).all(), "held at zero by too little"
    # In units of the columns' standard deviations; the least step where there are several.
    unit = np.tile(np.append(1 / np.maximum(x.std(axis=0), 1e-9), 1.0), len(theta))[~held]
    scaled = hessian[np.ix_(~held, ~held)] * np.outer(unit, unit)
    step = np.linalg.lstsq(scaled, gradient[~held] * unit, rcond=1e-12)[0] * unit
    assert np.abs(step).max() <= 1e-7 * np.abs(theta).max(), np.abs(step).max()


# The fits.


def make_model(estimator, penalty, C, l1_ratio, weights, solver):
    alpha = 1 / (C * weights.sum())
    if estimator in ("logistic", "multinomial"):
        multi_class = "multinomial" if estimator == "multinomial" else "ovr"
        # newton-cg compares the gradient itself, which is not to be had smaller than its rounding:
        # it goes on in vain until it has no more iterations.
        tol, iterations = {"saga": (1e-12, 1000000)}.get(solver, (1e-9, 1000))
        return LogisticRegression(
            penalty=penalty, C=C, l1_ratio=l1_ratio, solver=solver, tol=tol, max_iter=iterations,
            random_state=0, multi_class=multi_class)
    if estimator == "poisson":
        return PoissonRegressor(alpha=alpha, solver="newton-cholesky", tol=1e-12, max_iter=10000)
    if penalty == "l2":
        return Ridge(alpha=1 / C, solver="cholesky")
    share = 1.0 if penalty == "l1" else l1_ratio
    return ElasticNet(alpha=alpha, l1_ratio=share, tol=1e-14, max_iter=10000000)


def fit(data, name, estimator, penalty, C=1.0, l1_ratio=None, standardize=False, weighted=False,
        solver="newton-cg"):
    """`solver` is that of a classification with an l2 penalty; the other penalties have saga."""
    x = np.column_stack(data[name]["columns"])
    y = np.asarray(data[name]["target"])
    weights = np.arange(len(y)) * 7 % 4 + 0.0 if weighted else np.ones(len(y))
    centre, scale = (x.mean(axis=0), x.std(axis=0)) if standardize else (0.0, 1.0)
    scale = np.where(scale == 0, 1.0, scale)
    scaled = (x - centre) / scale
    model = make_model(estimator, penalty, C, l1_ratio, weights,
                       solver if penalty == "l2" else "saga")
    with warnings.catch_warnings():
        # Some line searches end at the precision of the numbers; check_minimum judges.
        warnings.simplefilter("ignore")
        model.fit(scaled, y, sample_weight=weights if weighted else None)
    coefficients = np.atleast_2d(model.coef_)
    intercepts = np.atleast_1d(model.intercept_)
    share = {"l2": 0.0, "l1": 1.0, "elasticnet": l1_ratio}[penalty]
    check_minimum(estimator, scaled, y, weights, coefficients, intercepts, share / C,
                  (1 - share) / C)
    coefficients = coefficients / scale
    intercepts = intercepts - coefficients @ np.broadcast_to(centre, x.shape[1])
    if estimator == "multinomial":
        # Those of standardised columns sum to zero; a constant for all classes changes nothing.
        intercepts -= intercepts.mean()
    return {
        "data": name, "estimator": estimator, "penalty": penalty, "C": C,
        "l1_ratio": l1_ratio or 0.0, "standardize": standardize, "weighted": weighted,
        "coefficients": coefficients,
        "intercepts": intercepts,
    }


def penalised_fits(data):
    return [
        fit(data, "breast_cancer", "logistic", "l2", solver="newton-cholesky"),
        fit(data, "breast_cancer", "logistic", "l2", C=0.1, standardize=True, weighted=True),
        fit(data, "fair", "logistic", "l2", C=10.0),
        fit(data, "breast_cancer", "logistic", "l1", C=0.3, standardize=True),
        fit(data, "breast_cancer", "logistic", "elasticnet", C=0.3, l1_ratio=0.4, standardize=True),
        fit(data, "iris", "multinomial", "l2"),
        fit(data, "wine", "multinomial", "l2", C=10.0, standardize=True, weighted=True),
        fit(data, "wine", "multinomial", "l2", standardize=True),
        fit(data, "digits", "multinomial", "l2", C=0.01),
        fit(data, "wine", "multinomial", "l1", C=0.5, standardize=True),
        fit(data, "iris", "multinomial", "elasticnet", C=1.0, l1_ratio=0.7, standardize=True),
        fit(data, "diabetes", "linear", "l2"),
        fit(data, "diabetes", "linear", "l2", C=100.0, weighted=True),
        fit(data, "diabetes", "linear", "l1", C=0.01, standardize=True),
        fit(data, "diabetes", "linear", "l1", C=1.0),
        fit(data, "diabetes", "linear", "elasticnet", C=0.1, l1_ratio=0.5, weighted=True),
        fit(data, "warpbreaks", "poisson", "l2"),
        fit(data, "warpbreaks", "poisson", "l2", C=0.02, weighted=True),
    ]


def unpenalised(data, name, estimator, make, **options):
    """Several classes: as differences from the first, which is how MNLogit has them."""
    x = np.column_stack(data[name]["columns"])
    model = make(np.asarray(data[name]["target"]), sm.add_constant(x))
    result = model.fit(**options)
    params = np.atleast_2d(np.asarray(result.params).T)
    errors = np.atleast_2d(np.asarray(result.bse).T)
    return {
        "data": name, "estimator": estimator,
        "coefficients": params[:, 1:], "intercepts": params[:, 0],
        "standard_errors": errors[:, 1:], "intercept_standard_errors": errors[:, 0],
    }


def poisson(y, x):
    return sm.GLM(y, x, family=sm.families.Poisson())


def unpenalised_fits(data):
    newton = {"method": "newton", "tol": 1e-14, "maxiter": 200, "disp": False}
    return [
        unpenalised(data, "spector", "logistic", sm.Logit, **newton),
        unpenalised(data, "fair", "logistic", sm.Logit, **newton),
        unpenalised(data, "anes96", "multinomial", sm.MNLogit, **newton),
        unpenalised(data, "diabetes", "linear", sm.OLS),
        unpenalised(data, "fair", "poisson", poisson, tol=1e-14),
    ]


def aliased():
    """R's glm of columns some of which are combinations of earlier ones; None where it has NA. A smaller epsilon
    would also make it find fewer."""
    call = ("glm(breaks ~ woolA + woolB + tension2 + tension3 + both + tension1, poisson, "
            "transform(warpbreaks, woolA = 0 + (wool == 'A'), woolB = 0 + (wool == 'B'), "
            "tension1 = 0 + (tension == 'L'), tension2 = 0 + (tension == 'M'), "
            "tension3 = 0 + (tension == 'H'), "
            "both = (wool == 'A') + (tension == 'M')))")
    intercept, *coefficients = [row[0] for row in of_r(f"coef({call})")]
    return {"intercept": intercept,
            "coefficients": [None if np.isnan(c) else c for c in coefficients]}


def interaction():
    """R's example of a Poisson regression; wool A and tension L are the base."""
    call = "glm(breaks ~ wool * tension, poisson, warpbreaks, epsilon = 1e-14)"
    rows = np.array(of_r(f"summary({call})$coefficients[, 1:2]"))
    return {"parameters": rows[:, 0], "standard_errors": rows[:, 1]}


def make_reference():
    data = make_data()
    reference = {
        "data": data,
        "penalised": penalised_fits(data),
        "unpenalised": unpenalised_fits(data),
        "r": {"aliased": aliased(), "interaction": interaction()},
    }
    # Through JSON, so that a new and a read reference have the same types.
    return json.loads(json.dumps(reference, default=lambda value: value.tolist()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file")
    made = make_reference()
    if parser.parse_args().check:
        committed = json.loads(REFERENCE.read_text(encoding="utf-8"))
        # With another BLAS the solvers end elsewhere, within what their fits are checked to.
        found = list(differences(committed, made, share=1e-6))
        print(*found, sep="\n", file=sys.stderr, end="\n" if found else "")
        return 1 if found else 0
    sections = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in made.items()]
    REFERENCE.write_text("{" + ",\n".join(sections) + "}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
