"""What `mlserve serve` does, as the tutorials do it: Flask, pandas and a pickled model.

    MODEL=model.pkl gunicorn -w 2 -k gthread --threads 8 flask_service:app
"""

import os
import pickle

import pandas as pd
from flask import Flask, jsonify, request

from recipe import predict

app = Flask(__name__)
with open(os.environ["MODEL"], "rb") as file:
    pickled = pickle.load(file)


@app.post("/predict")
def answer():
    return jsonify({"prediction": predict(pickled, pd.DataFrame(request.get_json()))})


@app.get("/readyz")
def ready():
    return "ready\n"
