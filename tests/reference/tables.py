#!/usr/bin/python3
"""Expected values of the tests of whole tables, by scikit-learn, statsmodels and R.

    tables.py           writes tables.json beside this script
    tables.py --check   computes it anew and fails if the committed file differs

Each case is a table, the options of `mlserve train` and what the model must then say. Columns are
named and sorted as pandas.get_dummies does. A penalised fit is scikit-learn's, and the steps of
Newton's method which it leaves: they move no margin by more than 1e-6 of the largest.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.special import expit, softmax
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.class_weight import compute_sample_weight

from make_estimators_reference import derivatives, make_model, of_r
from make_reference import encode, main, through_json, versions
from tables_data import make_tables, read

REFERENCE = Path(__file__).resolve().parent / "tables.json"


# Fits with a penalty.


def newton_step(estimator, design, y, weights, theta, l1, l2):
    gradient, hessian = derivatives(estimator, design, y, weights, theta)
    flat = theta.ravel()
    penalised = np.tile(np.append(np.ones(theta.shape[1] - 1), 0.0), len(theta))
    gradient += penalised * (l2 * flat + l1 * np.sign(flat))
    hessian += np.diag(l2 * penalised)
    free = (flat != 0) | (penalised == 0) | (l1 == 0)
    assert (np.abs(gradient[~free]) <= l1 * (1 + 1e-9)).all(), "held at zero by too little"
    step = np.zeros_like(flat)
    if l2 > 0 and len(theta) == 1:  # regular
        step[free] = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
    else:
        step[free] = np.linalg.lstsq(hessian[np.ix_(free, free)], gradient[free], rcond=1e-14)[0]
    return step.reshape(theta.shape)


def polish(estimator, design, y, weights, theta, l1, l2):
    """Takes the steps that scikit-learn's solvers leave when they give up, which have to be small."""
    start = theta
    for _ in range(2):
        theta = theta - newton_step(estimator, design, y, weights, theta, l1, l2)
    last = newton_step(estimator, design, y, weights, theta, l1, l2)
    size = max(1, np.abs(design @ theta.T).max())
    assert np.abs(design @ (theta - start).T).max() <= 1e-6 * size, "scikit-learn is elsewhere"
    assert np.abs(design @ last.T).max() <= 1e-11 * size, "not the minimum"
    return theta


def scores_of(estimator, margins):
    if estimator == "linear":
        return margins[:, 0]
    if estimator == "poisson":
        return np.exp(margins[:, 0])
    return softmax(margins, axis=1) if margins.shape[1] > 1 else np.column_stack(
        [expit(-margins), expit(margins)])


def as_codes(y):
    return np.unique(y, return_inverse=True)[1] if y.dtype == object else np.asarray(y)


def penalised(x, y, estimator, penalty="l2", C=1.0, l1_ratio=None, scaled=(), weights=None):
    """Coefficients and answers of a fit; the columns `scaled` are standardised for it."""
    y = as_codes(y)
    w = np.ones(len(y)) if weights is None else np.asarray(weights)
    each = [name in scaled for name in x.columns]
    values = x.to_numpy(dtype=float)
    centre = np.where(each, values.mean(axis=0), 0.0)
    scale = np.where(each, values.std(axis=0), 1.0)
    # For many columns conjugate gradients are faster than a Hessian.
    solver = "newton-cholesky" if estimator == "logistic" and len(scale) < 500 else "newton-cg"
    model = make_model(estimator, penalty, C, l1_ratio, w, solver if penalty == "l2" else "saga")
    z = (values - centre) / scale
    with warnings.catch_warnings():
        # Some line searches end at the precision of the numbers; `polish` judges.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="(?i).*line search.*")
        model.fit(z, y, sample_weight=w)
    theta = np.column_stack([np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)])
    share = {"l2": 0.0, "l1": 1.0, "elasticnet": l1_ratio}[penalty]
    design = np.column_stack([z, np.ones(len(z))])
    theta = polish(estimator, design, y, w, theta, share / C, (1 - share) / C)
    coefficients = theta[:, :-1] / scale
    return {
        "columns": list(x.columns),
        "coefficients": coefficients,
        "intercepts": theta[:, -1] - coefficients @ centre,
        "scores": scores_of(estimator, design @ theta.T),
    }


def options(penalty="l2", C=1.0, l1_ratio=None, scaled=()):
    named = ["--penalty", penalty, "--C", str(C)]
    named += ["--l1-ratio", str(l1_ratio)] if l1_ratio is not None else []
    return named + (["--standardize"] if scaled else [])


def case(table, target, arguments, **expected):
    return {"table": table, "target": target, "arguments": list(arguments), **expected}


def plain(tables, table, target, estimator, scale=False, arguments=(), **fit):
    """All other columns are features as they are, missing numbers their means."""
    frame = read(tables[table])
    features = frame.drop(columns=target)
    scaled = list(features.select_dtypes("number").columns) if scale else []
    expected = penalised(encode(features), frame[target], estimator, scaled=scaled, **fit)
    fit.pop("weights", None)
    return case(table, target, [*arguments, *options(**fit, scaled=scaled)], **expected)


def class_metrics(y, scores):
    """What `evaluate` must say of the rows of the fit."""
    labels = np.arange(scores.shape[1])
    guess = scores.argmax(axis=1)
    binary = scores.shape[1] == 2
    average = {"average": "binary" if binary else "macro"}
    p = scores[:, 1] if binary else scores
    return {
        "accuracy": metrics.accuracy_score(y, guess),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, guess),
        "precision": metrics.precision_score(y, guess, **average),
        "recall": metrics.recall_score(y, guess, **average),
        "f1": metrics.f1_score(y, guess, **average),
        "mcc": metrics.matthews_corrcoef(y, guess),
        "log_loss": metrics.log_loss(y, p, labels=labels),
        "roc_auc": metrics.roc_auc_score(y, p, multi_class="ovr"),
        "pr_auc": metrics.average_precision_score(
            y if binary else np.eye(len(labels))[y], p),
    }


def with_class_metrics(tables, expected):
    y = as_codes(read(tables[expected["table"]])[expected["target"]])
    scores = expected["scores"]
    expected["metrics"] = class_metrics(y, scores)
    expected["confusion_matrix"] = metrics.confusion_matrix(y, scores.argmax(axis=1))
    by_class = metrics.precision_recall_fscore_support(y, scores.argmax(axis=1))
    expected["by_class"] = dict(zip(["precision", "recall", "f1", "support"], by_class))
    if scores.shape[1] == 2:
        observed, predicted = calibration_curve(y, scores[:, 1], n_bins=10)
        expected["calibration"] = {"observed_share": observed, "mean_predicted": predicted}
    return expected


def with_number_metrics(tables, expected):
    y, scores = read(tables[expected["table"]])[expected["target"]], expected["scores"]
    expected["metrics"] = {
        "r2": metrics.r2_score(y, scores),
        "rmse": metrics.mean_squared_error(y, scores, squared=False),
        "mae": metrics.mean_absolute_error(y, scores),
    }
    if "poisson" in expected["arguments"]:
        expected["metrics"]["d2"] = metrics.d2_tweedie_score(y, scores, power=1)
        expected["metrics"]["deviance"] = len(y) * metrics.mean_poisson_deviance(y, scores)
    return expected


def penalised_cases(tables):
    cancer = ("breast_cancer", "diagnosis", "logistic", True)
    poisson = ["--estimator", "poisson"]
    cases = {
        "iris": plain(tables, "iris", "species", "multinomial"),
        "wine": plain(tables, "wine", "cultivar", "multinomial", scale=True, C=10.0),
        "breast cancer, l2": plain(tables, *cancer),
        "breast cancer, l1": plain(tables, *cancer, penalty="l1", C=0.3),
        "breast cancer, elastic net": plain(tables, *cancer, penalty="elasticnet", C=0.3,
                                            l1_ratio=0.4),
        "descriptions": descriptions(tables),
    }
    cases = {name: with_class_metrics(tables, expected) for name, expected in cases.items()}
    numbers = {
        "diabetes, ridge": plain(tables, "diabetes", "progression", "linear", scale=True, C=0.05),
        "diabetes, lasso": plain(tables, "diabetes", "progression", "linear", scale=True,
                                 penalty="l1", C=0.002),
        "visits": plain(tables, "visits", "mdvis", "poisson", scale=True, C=0.1,
                        arguments=poisson),
        "warpbreaks": plain(tables, "warpbreaks", "breaks", "poisson", C=0.5, arguments=poisson),
    }
    return cases | {name: with_number_metrics(tables, e) for name, e in numbers.items()}


# Encodings: what becomes of the cells before the fit.


def mixture_columns(tables):
    """Numbers (truth values as 0 and 1) with their holes; categories as they are."""
    frame = read(tables["mixture"])
    numbers = frame[["age", "income"]].assign(
        member=frame["member"].map({"true": 1.0, "false": 0.0, True: 1.0, False: 0.0}))
    return frame, numbers, pd.get_dummies(frame[["town"]]).astype(float)


def mixture_case(tables, arguments=(), strategy="mean", indicator=False, weights=None, town=None):
    frame, numbers, towns = mixture_columns(tables)
    imputer = SimpleImputer(strategy=strategy, fill_value=0.0)
    parts = [pd.DataFrame(imputer.fit_transform(numbers), columns=numbers.columns),
             towns if town is None else town]
    if indicator:
        missing = MissingIndicator(features="all").fit_transform(numbers.assign(t=frame["town"]))
        names = ["age_missing", "income_missing", "member_missing", "town_missing"]
        parts.append(pd.DataFrame(missing.astype(float), columns=names))
    x = pd.concat(parts, axis=1)
    x = x[sorted(x.columns)]
    expected = penalised(x, frame["bought"], "logistic", scaled=["age", "income", "member"],
                         weights=weights)
    exclude = [] if "--sample-weight" in arguments else ["--exclude", "weight"]
    return case("mixture", "bought", [*arguments, *exclude, "--standardize"], **expected)


def weighting_cases(tables):
    frame = read(tables["mixture"])
    weight, balanced = frame["weight"], compute_sample_weight("balanced", frame["bought"])
    column = ["--sample-weight", "weight"]
    return {
        "sample weights": mixture_case(tables, column, weights=weight),
        "balanced": mixture_case(tables, ["--class-weight", "balanced"], weights=balanced),
        "sample weights, balanced": mixture_case(
            tables, [*column, "--class-weight", "balanced"], weights=weight * balanced),
    }


def missing_cases(tables):
    policies = {"mean": "mean", "median": "median", "zero": "constant",
                "most-frequent": "most_frequent"}
    cases = {f"missing {name}": mixture_case(tables, ["--missing", name], strategy)
             for name, strategy in policies.items()}
    return cases | {"missing indicator": mixture_case(tables, ["--missing-indicator"],
                                                      indicator=True)}


def rare_case(tables, arguments, **encoder):
    frame = read(tables["rare"])
    one_hot = OneHotEncoder(sparse_output=False, **encoder)
    shops = pd.DataFrame(one_hot.fit_transform(frame[["shop"]]),
                         columns=[name.removesuffix("_sklearn")
                                  for name in one_hot.get_feature_names_out()])
    x = pd.concat([frame[["x"]], shops], axis=1)
    return case("rare", "y", arguments, **penalised(x[sorted(x.columns)], frame["y"], "logistic"))


def encoding_cases(tables):
    frame, _, towns = mixture_columns(tables)
    first = pd.get_dummies(frame[["town"]], drop_first=True).astype(float)
    assert set(towns.columns) - set(first.columns) == {"town_Bonn"}
    return {
        **weighting_cases(tables),
        **missing_cases(tables),
        "drop first": mixture_case(tables, ["--drop", "first"], town=first),
        "min frequency": rare_case(tables, ["--min-frequency", "12"], min_frequency=12),
        "min frequency as a share": rare_case(tables, ["--min-frequency", "0.05"],
                                              min_frequency=0.05),
        "max categories": rare_case(tables, ["--max-categories", "9"], max_categories=9),
        "both limits": rare_case(tables, ["--max-categories", "5", "--min-frequency", "6"],
                                 max_categories=5, min_frequency=6),
        "dates": dates(tables),
        "many words, l2": many_words(tables, C=10.0),
        "many words, l1": many_words(tables, penalty="l1", C=2.5),
    }


def dates(tables):
    frame = read(tables["moments"])
    when = pd.to_datetime(frame["when"], utc=True)
    when = when.fillna(when.mean())
    parts = pd.DataFrame({
        "when_year": when.dt.year, "when_month": when.dt.month, "when_day": when.dt.day,
        "when_day_of_week": when.dt.dayofweek + 1, "when_day_of_year": when.dt.dayofyear,
        "when_hour": when.dt.hour, "when_minute": when.dt.minute, "when_second": when.dt.second,
    }).astype(float)
    parts = parts[sorted(parts.columns)]
    expected = penalised(parts, frame["demand"], "linear", scaled=list(parts.columns))
    return case("moments", "demand", ["--standardize"], **expected)


def descriptions(tables):
    frame = read(tables["descriptions"])
    vectorizer = TfidfVectorizer()
    words = pd.DataFrame.sparse.from_spmatrix(vectorizer.fit_transform(frame["line"]))
    words.columns = [f"line_{word}" for word in vectorizer.get_feature_names_out()]
    x = pd.concat([frame[["length"]], words.sparse.to_dense()], axis=1)
    expected = penalised(x[sorted(x.columns)], frame["about"], "multinomial",
                         scaled=["length"], C=5.0)
    return case("descriptions", "about", ["--C", "5", "--standardize"], **expected,
                words=vectorizer.get_feature_names_out(), idf=vectorizer.idf_)


def many_words(tables, **fit):
    frame = read(tables["many words"])
    vectorizer = TfidfVectorizer()
    words = vectorizer.fit_transform(frame["text"]).toarray()
    assert words.shape[1] > 2000
    x = pd.DataFrame(words, columns=[f"text_{w}" for w in vectorizer.get_feature_names_out()])
    expected = penalised(x, frame["y"], "logistic", **fit)
    return case("many words", "y", ["--text", "text", *options(**fit)], **expected)


# Fits without a penalty: inference.


def estimates(names, fit, output=None):
    interval = np.asarray(fit.conf_int())
    rows = zip(names, fit.params, fit.bse, fit.tvalues, fit.pvalues, interval[:, 0], interval[:, 1])
    keys = ["column", "coefficient", "standard_error", "statistic", "p", "lower", "upper"]
    return [dict(zip(keys, row)) for row in rows]


def without_penalty(table, target, arguments, inference, **expected):
    return case(table, target, [*arguments, "--penalty", "none"], inference=inference, **expected)


def logit(tables, table, target):
    frame = read(tables[table])
    x = frame.drop(columns=target)
    x = x[sorted(x.columns)]
    fit = sm.Logit(frame[target].astype(int), sm.add_constant(x)).fit(
        method="newton", tol=1e-14, maxiter=100, disp=False)
    p = fit.predict()
    return without_penalty(
        table, target, [], estimates(["(intercept)", *x.columns], fit),
        scores=np.column_stack([1 - p, p]),
        statistics={"null_deviance": -2 * fit.llnull, "deviance": -2 * fit.llf, "aic": fit.aic,
                    "bic": fit.bic, "log_likelihood": fit.llf, "parameters": len(fit.params)})


def several_classes(tables):
    frame = read(tables["anes96"])
    x = frame.drop(columns="PID")
    x = x[sorted(x.columns)]
    model = sm.MNLogit(frame["PID"], sm.add_constant(x))
    fit = model.fit(method="newton", tol=1e-14, maxiter=100, disp=False)
    params, errors = np.asarray(fit.params), np.asarray(fit.bse)
    rows = [
        {"output": f"{k + 1} - 0", "column": name, "coefficient": params[i, k],
         "standard_error": errors[i, k], "statistic": np.asarray(fit.tvalues)[i, k],
         "p": np.asarray(fit.pvalues)[i, k]}
        for k in range(params.shape[1]) for i, name in enumerate(["(intercept)", *x.columns])
    ]
    shares = frame["PID"].value_counts().to_numpy()
    null = (shares * np.log(shares / shares.sum())).sum()  # statsmodels searches it and stops early
    return without_penalty(
        "anes96", "PID", [], rows, scores=np.asarray(fit.predict()),
        statistics={"null_deviance": -2 * null, "deviance": -2 * fit.llf, "aic": fit.aic,
                    "bic": fit.bic, "parameters": params.size})


def least_squares(tables, formula, arguments, rename):
    """statsmodels' OLS by a formula; `rename` has its names of columns that are ours otherwise."""
    frame = read(tables["diabetes"])
    fit = smf.ols(formula, frame).fit()
    null = ((frame["progression"] - frame["progression"].mean()) ** 2).sum()
    rows = estimates([rename.get(name, name) for name in fit.params.index], fit)
    return without_penalty(
        "diabetes", "progression", arguments, rows, scores=fit.fittedvalues,
        metrics={"r2": fit.rsquared},
        statistics={"null_deviance": null, "deviance": fit.ssr, "aic": fit.aic, "bic": fit.bic,
                    "residual_degrees": fit.df_resid, "parameters": len(fit.params),
                    "residual_standard_error": np.sqrt(fit.mse_resid)})


def r_estimates(call, names):
    rows = np.array(of_r(f"summary({call})$coefficients"))
    keys = ["coefficient", "standard_error", "statistic", "p"]
    return [{"column": name, **dict(zip(keys, row))} for name, row in zip(names, rows)]


def r_poisson(formula, names, arguments):
    """R's glm with the first category in our order as the base."""
    call = (f"glm({formula}, poisson, transform(warpbreaks, tension = relevel(tension, 'H')), "
            "epsilon = 1e-14)")
    extract = f"with({call}, cbind(null.deviance, deviance, aic))"
    null, deviance, aic = of_r(extract)[0]
    return without_penalty(
        "warpbreaks", "breaks", ["--estimator", "poisson", *arguments],
        r_estimates(call, ["(intercept)", *names]),
        scores=[row[0] for row in of_r(f"fitted({call})")],
        statistics={"null_deviance": null, "deviance": deviance, "aic": aic,
                    "bic": of_r(f"BIC({call})")[0][0], "parameters": 1 + len(names)})


def r_duncan():
    call = "lm(prestige ~ income + education + type, carData::Duncan)"
    inflation = of_r(f"car::vif({call})")
    return without_penalty(
        "duncan", "prestige", ["--task", "regression"],
        r_estimates(call, ["(intercept)", "income", "education", "type_prof", "type_wc"]),
        variance_inflation={name: {"gvif": row[0], "columns": int(row[1])} for name, row in
                            zip(["income", "education", "type"], inflation)})


def weighted_least_squares(tables):
    """Weights say how exact a row is, not how often it stands for one: as R's lm has it too."""
    frame = read(tables["duncan, weighted"])
    fit = smf.wls("prestige ~ education + income + type", frame, weights=frame["weight"]).fit()
    by_r = of_r("summary(lm(prestige ~ education + income + type, carData::Duncan, "
                "weights = income %% 7 / 8 + 0.25))$coefficients[, 2]")
    names = ["(intercept)", "type_prof", "type_wc", "education", "income"]
    rows = estimates(names, fit)
    errors = dict(zip(["(intercept)", "education", "income", "type_prof", "type_wc"], by_r))
    for row in rows:
        np.testing.assert_allclose(row["standard_error"], errors[row["column"]][0], rtol=1e-9)
    return without_penalty("duncan, weighted", "prestige",
                           ["--task", "regression", "--sample-weight", "weight"], rows)


def inference_cases(tables):
    names = [name for name in read(tables["diabetes"]).columns if name != "progression"]
    plain_formula = "progression ~ " + " + ".join(names)
    main_effects = ["tension_L", "tension_M", "wool_B"]
    return {
        "spector": logit(tables, "spector", "GRADE"),
        "fair": logit(tables, "fair", "affair"),
        "anes96": several_classes(tables),
        "diabetes, least squares": least_squares(tables, plain_formula, [],
                                                 {"Intercept": "(intercept)"}),
        "diabetes, interactions": least_squares(
            tables, plain_formula.replace("sex", "C(sex)") + " + bmi:C(sex) + bmi:bp",
            ["--categorical", "sex", "--interaction", "bmi:sex", "--interaction", "bmi:bp"],
            {"Intercept": "(intercept)", "C(sex)[T.2.0]": "sex_2.0",
             "bmi:C(sex)[T.2.0]": "bmi:sex_2.0"}),
        "warpbreaks, glm": r_poisson("breaks ~ tension + wool", main_effects, []),
        "warpbreaks, interaction": r_poisson(
            "breaks ~ tension * wool",
            [*main_effects, "tension_L:wool_B", "tension_M:wool_B"],
            ["--interaction", "tension:wool"]),
        "duncan": r_duncan(),
        "weighted least squares": weighted_least_squares(tables),
    }


# With as many folds as rows it is known which rows are in a fold.


def left_out_scores(features, y, estimator, numbers, C):
    """By row what a fit to all other rows says: their means, scales and categories."""
    scores = []
    for i in range(len(y)):
        rest = features.index != i
        filled = features.fillna(features[rest].mean(numeric_only=True))
        x = encode(filled)
        centre, scale = x[rest][numbers].mean(), x[rest][numbers].std(ddof=0)
        x[numbers] = (x[numbers] - centre) / scale
        fit = penalised(x[rest], y[rest], estimator, C=C)
        margin = x[~rest].to_numpy() @ np.transpose(fit["coefficients"]) + fit["intercepts"]
        scores.append(scores_of(estimator, margin)[0])
    return np.array(scores)


def leave_one_out(tables):
    frame = read(tables["duncan with holes"])
    features, y = frame.drop(columns="prestige"), frame["prestige"]
    scores = left_out_scores(features, y, "linear", ["income", "education"], C=0.2)
    errors = np.abs(y.to_numpy() - scores)
    return case("duncan with holes", "prestige",
                ["--task", "regression", "--C", "0.2", "--standardize", "--folds", str(len(y))],
                mean=errors.mean(), deviation=errors.std())


def search(tables):
    frame = read(tables["spector"])
    features, y = frame.drop(columns="GRADE"), frame["GRADE"]
    features = features[sorted(features.columns)]
    trials = []
    for C in [0.03, 0.3, 3.0, 30.0]:
        scores = left_out_scores(features, y, "logistic", list(features.columns), C)
        losses = -np.log(scores[np.arange(len(y)), y])
        trials.append({"C": C, "loss": losses.mean(), "standard_deviation": losses.std()})
    return case("spector", "GRADE", ["--standardize", "--folds", str(len(y))], trials=trials)


def make_reference_tables():
    tables = make_tables()
    return through_json({
        "versions": versions(),
        "tables": tables,
        "cases": {**penalised_cases(tables), **encoding_cases(tables), **inference_cases(tables),
                  "leave one out": leave_one_out(tables), "search": search(tables)},
    })


if __name__ == "__main__":
    sys.exit(main(REFERENCE, make_reference_tables, __doc__))
