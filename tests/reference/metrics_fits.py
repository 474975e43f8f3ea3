"""What statsmodels, scipy and R say of fits: likelihood, inference, variance inflation.

A part of metrics.py, which is what is run.
"""

import subprocess
from pathlib import Path

import numpy as np
import scipy.stats
import statsmodels.api as sm
from sklearn import datasets, metrics
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.outliers_influence import variance_inflation_factor

R_SCRIPT = Path(__file__).resolve().parent / "metrics.R"


def from_r():
    """The lines of metrics.R as arrays by name."""
    command = ["Rscript", "--vanilla", str(R_SCRIPT)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.split() for line in output.splitlines()]
    return {name: np.array(values, dtype=float) for name, *values in lines}


def section(values, name):
    """What R says of `name`, by the rest of each name."""
    start = name + "."
    return {key.removeprefix(start): v for key, v in values.items() if key.startswith(start)}


def fitted(x, intercepts, coefficients, blocks):
    """A fit as a solver saw it, on centred and scaled columns.

    `blocks[k][l]` are the row weights of the Hessian between outputs k and l: it is the sum of
    weight times x x'. The intercepts come first.
    """
    centres, scales = x.mean(axis=0), x.std(axis=0)
    z = np.column_stack([np.ones(len(x)), (x - centres) / scales])
    hessian = np.block([[(z.T * weights) @ z for weights in row] for row in blocks])
    each = z.shape[1]
    order = np.arange(len(hessian)).reshape(-1, each)
    order = np.concatenate([order[:, 0], order[:, 1:].ravel()])
    return {
        "intercepts": intercepts + coefficients @ centres,
        "coefficients": coefficients * scales,
        "centres": centres,
        "scales": scales,
        "information": hessian[np.ix_(order, order)],
    }


def parameters(fit):
    """One row an output, the intercept first."""
    interval = fit.conf_int()
    rows = {
        "values": fit.params,
        "standard_errors": fit.bse,
        "statistics": fit.tvalues,
        "p_values": fit.pvalues,
        "lower": interval[..., 0],
        "upper": interval[..., 1],
    }
    # statsmodels has parameters x outputs here, but outputs first in its intervals.
    several = fit.params.ndim == 2
    return {name: v.T if several and name not in ("lower", "upper") else np.atleast_2d(v)
            for name, v in rows.items()}


def likelihood(fit, parameters, null, deviance=None, null_deviance=None, bic=None):
    """Deviances are -2 log likelihood where none are given."""
    return {
        "parameters": parameters,
        "log_likelihood": fit.llf,
        "null_log_likelihood": null,
        "deviance": -2 * fit.llf if deviance is None else deviance,
        "null_deviance": -2 * null if null_deviance is None else null_deviance,
        "aic": fit.aic,
        "bic": fit.bic if bic is None else bic,
    }


def logistic(spector):
    x, y = spector.exog.to_numpy(), spector.endog.to_numpy()
    model = sm.Logit(y, sm.add_constant(x))
    fit = model.fit(method="newton", tol=1e-14, disp=False)
    p = fit.predict()
    return {
        "fit": fitted(x, fit.params[:1], fit.params[None, 1:], [[p * (1 - p)]]),
        "parameters": parameters(fit),
        "labels": y,
        "probabilities": p,
        "likelihood": likelihood(fit, 4, fit.llnull),
    }


def multinomial(anes):
    """Seven parties. The Hessian gets a curvature along the changes that all classes share."""
    rows = slice(0, 300)
    x, y = anes.exog[["age", "educ", "income"]].to_numpy()[rows], anes.endog.to_numpy()[rows]
    model = sm.MNLogit(y, sm.add_constant(x))
    fit = model.fit(method="newton", tol=1e-14, maxiter=100, disp=False)
    assert np.abs(model.score(fit.params.ravel("F"))).max() < 1e-9
    p = fit.predict()
    # statsmodels looks for the null model by iteration and stops early.
    shares = np.tile(np.bincount(y.astype(int)) / len(y), (len(y), 1))
    null = -metrics.log_loss(y, shares, normalize=False)
    np.testing.assert_allclose(null, fit.llnull, rtol=1e-8)
    symmetric = np.column_stack([np.zeros(4), fit.params]).T
    symmetric -= symmetric.mean(axis=0)
    classes = range(7)
    blocks = [[p[:, k] * ((k == l) - p[:, l]) + 0.01 for l in classes] for k in classes]
    return {
        "fit": fitted(x, symmetric[:, 0], symmetric[:, 1:], blocks),
        "parameters": parameters(fit),
        "labels": y,
        "probabilities": p,
        "likelihood": likelihood(fit, 24, null),
    }


def linear(diabetes):
    x, y = diabetes.data, diabetes.target
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    null = sm.OLS(y, np.ones(len(y))).fit()
    return {
        "fit": fitted(x, fit.params[:1], fit.params[None, 1:], [[np.ones(len(y))]]),
        "parameters": parameters(fit),
        "sum_of_squares": fit.ssr,
        "degrees_of_freedom": fit.df_resid,
        "targets": y,
        "mean": fit.fittedvalues,
        "likelihood": likelihood(fit, 11, null.llf, fit.ssr, fit.centered_tss),
        "variance_inflation": [
            variance_inflation_factor(sm.add_constant(x), column) for column in range(1, 11)
        ],
    }


def counts(r):
    wool, tension = r["warpbreaks.wool"], r["warpbreaks.tension"]
    x = np.column_stack([wool == 2, tension == 2, tension == 3]).astype(float)
    y = r["warpbreaks.breaks"]
    fit = sm.GLM(y, sm.add_constant(x), family=sm.families.Poisson()).fit(tol=1e-14)
    by_r = section(r, "warpbreaks")
    for ours, theirs in [(fit.params, "coefficients"), (fit.bse, "standard_errors"),
                         (fit.llf, "log_likelihood"), (fit.aic, "aic"), (fit.bic_llf, "bic"),
                         (fit.deviance, "deviance"), (fit.null_deviance, "null_deviance")]:
        np.testing.assert_allclose(ours, np.squeeze(by_r[theirs]), rtol=1e-9)
    return {
        "fit": fitted(x, fit.params[:1], fit.params[None, 1:], [[fit.mu]]),
        "parameters": parameters(fit),
        "targets": y,
        "mean": fit.mu,
        "likelihood": likelihood(fit, 4, fit.llnull, fit.deviance, fit.null_deviance, fit.bic_llf),
    }


def aliased(r):
    """R's lm gives NA to the third column, which is the sum of the others."""
    x = np.column_stack([r["duncan.income"], r["duncan.education"]])
    x = np.column_stack([x, x.sum(axis=1)])
    expected = section(r, "duncan_aliased")
    values = expected.pop("coefficients")
    coefficients = np.array([[*values[1:], 0.0]])
    return {
        "fit": fitted(x, values[:1], coefficients, [[np.ones(len(x))]]),
        "values": values,
        **expected,
    }


def effective_parameters(diabetes, spector):
    """Of a ridge the trace of its hat matrix by singular values; of a logistic fit as defined."""
    z = diabetes.data / diabetes.data.std(axis=0)
    d = np.linalg.svd(z - z.mean(axis=0), compute_uv=False)
    design = np.column_stack([np.ones(len(z)), z])
    penalty = np.array([0.0] + [25.0] * 10)
    x, y = spector.exog.to_numpy(), spector.endog.to_numpy()
    model = LogisticRegression(C=0.5, solver="newton-cholesky", tol=1e-12).fit(x, y)
    p = model.predict_proba(x)[:, 1]
    xs = np.column_stack([np.ones(len(x)), x])
    loss = (xs.T * (p * (1 - p))) @ xs
    logistic_penalty = np.array([0.0, 2.0, 2.0, 2.0])
    information = loss + np.diag(logistic_penalty)
    return {
        "ridge": {
            "information": design.T @ design + np.diag(penalty),
            "penalty": penalty,
            "expected": 1 + np.sum(d**2 / (d**2 + 25.0)),
        },
        "logistic": {
            "information": information,
            "penalty": logistic_penalty,
            "expected": np.trace(np.linalg.solve(information, loss)),
        },
    }


def inflation(r):
    """Columns of R's covariances: the intercept, then the terms in their order."""
    def term_columns(name):
        sizes = r[name + ".vif.degrees_of_freedom"].astype(int)
        ends = 1 + np.cumsum(sizes)
        return [list(range(end - size, end)) for end, size in zip(ends, sizes)]

    result = {}
    for name in ["duncan", "duncan_logistic"]:
        covariance = r[name + ".covariance"]
        side = int(np.sqrt(len(covariance)))
        result[name] = {
            "covariance": covariance.reshape(side, side),
            "groups": term_columns(name),
            **section(r, name + ".vif"),
        }
    return result


def student():
    statistics = [0, 0.01, 0.9, 1.1, 2, -5, 40]
    grid = [(t, n) for n in [0.5, 1, 2.5, 10, 431, 1e5, 1e7] for t in statistics]
    degrees = [0.5, 1, 2, 3.7, 28, 431, 1e4, 1e7]
    return {
        "two_sided_p": [[t, n, 2 * scipy.stats.t.sf(abs(t), n)] for t, n in grid],
        "quantile_975": [[n, scipy.stats.t.ppf(0.975, n)] for n in degrees],
    }


def make_fits():
    r = from_r()
    spector, anes = sm.datasets.spector.load_pandas(), sm.datasets.anes96.load_pandas()
    diabetes = datasets.load_diabetes()
    return {
        "logistic": logistic(spector),
        "multinomial": multinomial(anes),
        "linear": linear(diabetes),
        "counts": counts(r),
        "aliased": aliased(r),
        "effective_parameters": effective_parameters(diabetes, spector),
        "inflation": inflation(r),
        "student": student(),
    }
