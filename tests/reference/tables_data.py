"""The tables that the reference fits of tables.py are made from, each as the CSV text of a user.

They are those that scikit-learn, statsmodels and R ship, and made ones where a table needs holes,
rare categories or dates. A fit reads the text again, so that it sees the same digits as a program.
"""

import io
import re

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn import datasets

from make_estimators_reference import of_r


def of_sklearn(loaded, target, labels=None):
    frame = loaded.data.copy()
    frame.columns = [re.sub(r" \(cm\)$", "", str(name)).replace(" ", "_") for name in frame.columns]
    frame[target] = loaded.target if labels is None else labels[loaded.target]
    return frame


def warpbreaks():
    rows = of_r("cbind(warpbreaks$breaks, warpbreaks$wool, warpbreaks$tension)")
    return pd.DataFrame([
        {"breaks": int(breaks), "wool": "AB"[int(wool) - 1], "tension": "LMH"[int(tension) - 1]}
        for breaks, wool, tension in rows
    ])


def duncan():
    rows = of_r("cbind(carData::Duncan$income, carData::Duncan$education, "
                "carData::Duncan$prestige, as.integer(carData::Duncan$type))")
    names = ["income", "education", "prestige"]
    frame = pd.DataFrame([row[:3] for row in rows], columns=names).astype(int)
    frame["type"] = [["bc", "prof", "wc"][int(row[3]) - 1] for row in rows]
    return frame


def duncan_with_holes():
    frame = duncan().astype({"income": object})
    frame.loc[::6, "income"] = None
    frame.loc[3::11, "type"] = None
    return frame


def descriptions():
    """Lines of the texts that describe scikit-learn's data sets: which set is a line about?"""
    rows = []
    for name in ["breast_cancer", "diabetes", "wine"]:
        text = getattr(datasets, f"load_{name}")().DESCR
        lines = [" ".join(line.split()) for line in text.splitlines()]
        rows += [{"line": line, "about": name} for line in lines if line.count(" ") >= 5]
    frame = pd.DataFrame(rows).drop_duplicates("line")
    # More words than ASCII has letters for, with capitals.
    frame["line"] = [line + [" Ärger über Öl", " ΟΔΟΣ Straße", " naïve İzmir", ""][i % 4]
                     for i, line in enumerate(frame["line"])]
    frame["length"] = frame["line"].str.len()
    return frame


def many_words():
    """More words than a Hessian is built for, by Zipf's law."""
    rng = np.random.default_rng(23)
    words = np.array([f"w{i:04}" for i in range(2150)])
    share = 1 / np.arange(1, 2151) ** 0.4
    texts = [" ".join(rng.choice(words, 40, p=share / share.sum())) for _ in range(320)]
    effect = dict(zip(words, rng.normal(0, 0.6, size=2150)))
    score = np.array([sum(effect[word] for word in text.split()) for text in texts])
    y = (rng.random(320) < 1 / (1 + np.exp(-score))).astype(int)
    return pd.DataFrame({"text": texts, "y": y})


def mixture():
    """Numbers and categories with holes, row weights, a rare category, and truth values."""
    rng = np.random.default_rng(19)
    rows = 240
    town = np.array(["Åre", "Bonn", "Caen", "Dorking, Surrey", "Ely"])[
        rng.choice(5, size=rows, p=[0.36, 0.3, 0.2, 0.1, 0.04])]
    age = rng.integers(18, 80, size=rows).astype(float)
    income = rng.gamma(3.0, 900.0, size=rows).round(1)
    member = rng.random(rows) < 0.4
    score = 0.03 * (age - 45) + 0.0004 * (income - 2700) + 0.9 * member - 0.8 * (town == "Bonn")
    bought = rng.random(rows) < 1 / (1 + np.exp(-score))
    return pd.DataFrame({
        "age": np.where(rng.random(rows) < 0.12, np.nan, age),
        "income": np.where(rng.random(rows) < 0.2, np.nan, income),
        "town": np.where(rng.random(rows) < 0.1, None, town),
        "member": np.where(rng.random(rows) < 0.15, None, np.where(member, "true", "false")),
        "weight": rng.integers(1, 9, size=rows) / 4,
        "bought": np.where(bought, "yes", "no"),
    })


def rare():
    """A feature of many categories, most of them rare, some equally rare."""
    rng = np.random.default_rng(5)
    share = 1 / np.arange(1, 31) ** 1.2
    code = rng.choice(30, size=400, p=share / share.sum())
    x = rng.normal(size=400).round(3)
    y = rng.random(400) < 1 / (1 + np.exp(-(0.7 * x + rng.normal(size=30)[code])))
    return pd.DataFrame({"x": x, "shop": [f"s{k:02}" for k in code], "y": y.astype(int)})


def moments():
    """Dates with and without a time, some missing."""
    rng = np.random.default_rng(8)
    when = pd.Timestamp("2019-11-05") + pd.to_timedelta(rng.integers(0, 9 * 10**7, size=150), "s")
    demand = (50 + 4 * when.month - 3 * when.dayofweek + 0.5 * when.hour
              + rng.normal(0, 2, size=150)).to_numpy().round(2)
    text = when.strftime("%Y-%m-%dT%H:%M:%SZ").to_numpy().astype(object)
    text[::17] = None
    return pd.DataFrame({"when": text, "demand": demand})


def make_frames():
    iris, wine = datasets.load_iris(as_frame=True), datasets.load_wine(as_frame=True)
    cancer = datasets.load_breast_cancer(as_frame=True)
    spector = sm.datasets.spector.load_pandas().data.astype({"GRADE": int})
    anes = sm.datasets.anes96.load_pandas().data[["logpopul", "selfLR", "age", "educ", "income",
                                                  "PID"]].astype({"PID": int})
    visits = sm.datasets.randhie.load_pandas().data[::40]
    visits = visits[["mdvis", "lncoins", "idp", "disea", "hlthg", "hlthp"]]
    fair = sm.datasets.fair.load_pandas().data[::10]
    return {
        "iris": of_sklearn(iris, "species", iris.target_names),
        "wine": of_sklearn(wine, "cultivar"),
        "breast_cancer": of_sklearn(cancer, "diagnosis", cancer.target_names),
        "diabetes": of_sklearn(datasets.load_diabetes(as_frame=True, scaled=False), "progression"),
        "spector": spector,
        "anes96": anes,
        "visits": visits.astype({"mdvis": int}),
        "fair": fair.drop(columns="affairs").assign(affair=(fair["affairs"] > 0)),
        "warpbreaks": warpbreaks(),
        "duncan": duncan(),
        "duncan, weighted": duncan().assign(weight=lambda rows: rows["income"] % 7 / 8 + 0.25),
        "duncan with holes": duncan_with_holes(),
        "descriptions": descriptions(),
        "many words": many_words(),
        "mixture": mixture(),
        "rare": rare(),
        "moments": moments(),
    }


def make_tables():
    """CSV text by name."""
    return {name: frame.to_csv(index=False) for name, frame in make_frames().items()}


def read(csv):
    return pd.read_csv(io.StringIO(csv), float_precision="round_trip")
