"""What `mlserve predict` does, in pandas and scikit-learn.

    sklearn_predict.py RECORDS.json|RECORDS.jsonl MODEL.pkl OUTPUT

A JSON list gives {"prediction":[…]}, JSON Lines one such object a line.
"""

import json
import pickle
import sys

import pandas as pd

from recipe import predict


def main():
    source, model, output = sys.argv[1:]
    with open(model, "rb") as file:
        pickled = pickle.load(file)
    lines = source.endswith(".jsonl")
    with open(source, encoding="utf-8") as file:
        records = [json.loads(line) for line in file] if lines else json.load(file)
    predictions = predict(pickled, pd.DataFrame(records))
    with open(output, "w", encoding="utf-8") as file:
        if lines:
            file.writelines(f'{{"prediction":{value}}}\n' for value in predictions)
        else:
            json.dump({"prediction": predictions}, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
