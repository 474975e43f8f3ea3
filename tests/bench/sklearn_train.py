"""What `mlserve train` does, in pandas and scikit-learn.

    sklearn_train.py DATA.csv MODEL.pkl [--usecols]

Reads the CSV, fills missing ages with their mean, one-hot encodes, evaluates on a stratified
holdout of a fifth, fits on all rows and pickles the model. --usecols reads the four columns in use
only, which tutorials don't but a careful user would.
"""

import argparse
import json
import pickle

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

from recipe import FEATURES, TARGET, design


def fit(rows):
    age_mean = rows["Age"].mean()
    encoded = design(rows, age_mean)
    model = LogisticRegression(max_iter=1000).fit(encoded, rows[TARGET])
    return {"model": model, "columns": list(encoded.columns), "age_mean": age_mean}


def evaluate(rows):
    train, test = train_test_split(rows, test_size=0.2, random_state=42, stratify=rows[TARGET])
    fitted = fit(train)
    query = design(test, fitted["age_mean"]).reindex(columns=fitted["columns"], fill_value=0)
    probabilities = fitted["model"].predict_proba(query)[:, 1]
    return {
        "accuracy": accuracy_score(test[TARGET], probabilities > 0.5),
        "roc_auc": roc_auc_score(test[TARGET], probabilities),
        "log_loss": log_loss(test[TARGET], probabilities),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("model")
    parser.add_argument("--usecols", action="store_true")
    options = parser.parse_args()
    rows = pd.read_csv(options.data, usecols=[TARGET, *FEATURES] if options.usecols else None)
    print(json.dumps(evaluate(rows)))
    with open(options.model, "wb") as file:
        pickle.dump(fit(rows), file)


if __name__ == "__main__":
    main()
