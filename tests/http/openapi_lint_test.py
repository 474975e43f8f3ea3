"""Redocly's linter reads the OpenAPI document of models of all sorts, and finds nothing."""

import json
import random
import unittest

from clients import HERE, TITANIC_MODEL, ServerTestCase, run_tool

# Names of columns, categories and models as files may have them.
HOSTILE = ['"quoted"', "a/b~c", "größe", "{curly}", "${gap}", "#/a", "100%", "<b>", "tab\there",
           "line\nbreak", "\N{SHIP}", "it's", "\\", "x-when", "type",
           "$ref"]


def csv_field(text):
    return '"' + text.replace('"', '""') + '"'


def table(header, rows):
    return "".join(",".join(csv_field(str(value)) for value in row) + "\n"
                   for row in [header, *rows])


class Lint(ServerTestCase):
    def setUp(self):
        super().setUp()
        self.random = random.Random(5)
        self.documents = []

    def document_of(self, name, *arguments, key=None):
        """Keeps the document of a server with a model; returns it."""
        server = self.serve(*arguments)
        headers = {"X-API-Key": key} if key else {}
        status, _, body = server.request("GET", "/openapi.json", None, headers)
        self.assertEqual(status, 200, body)
        document = json.loads(body)
        self.assertIn("/predict", document["paths"])
        self.write(f"{name}.openapi.json", json.dumps(document))
        server.stop()
        return document

    def train(self, name, text, *options):
        self.write("data.csv", text)
        self.run_well("train", "data.csv", "-o", "model.json", *options)
        self.document_of(name, "-m", "model.json")

    def lint(self, *names):
        return run_tool("redocly", "lint", "--config", HERE / "redocly.yaml", "--format", "stylish",
                        *(self.folder / f"{name}.openapi.json" for name in names))

    def test_documents_of_models_of_all_sorts_are_valid(self):
        self.document_of("titanic", "-m", TITANIC_MODEL, "--name", "titanic", "--allow-training")
        choice, uniform = self.random.choice, self.random.uniform
        self.train("regression", table(
            ["area", "rooms", "price"],
            [[uniform(20, 200), choice("1234"), uniform(1e5, 1e6)] for _ in range(80)]),
            "--target", "price", "--categorical", "rooms")
        self.train("classes", table(
            ["petal", "new", "species"],
            [[uniform(1, 7), choice(["true", "false"]), choice(["setosa", "virginica", "other"])]
             for _ in range(90)]), "--target", "species")
        self.train("texts_and_dates", table(
            ["review", "day", "good"],
            [[" ".join(self.random.sample(["fine", "poor", "late", "quick", "new"], 3)),
              f"2024-0{i % 9 + 1}-1{i % 7}", choice(["yes", "no"])] for i in range(90)]),
            "--target", "good", "--text", "review")
        self.train("no_missing", table(
            ["x", "y"], [[uniform(0, 1), choice("01")] for _ in range(40)]),
            "--target", "y", "--missing", "error")
        self.train("hostile", table(
            [*HOSTILE, "target"],
            [[choice(HOSTILE) for _ in HOSTILE] + [choice(HOSTILE[:3])] for _ in range(90)]),
            "--target", "target")
        self.document_of("hostile_name", "-m", "model.json", "--name", "${gap} \"{name}\" größe")
        key = self.run_well("key", "shop", "--file", "keys.txt").stdout.strip()
        keyed = self.document_of("keys", "-m", "model.json", "--keys", "keys.txt", key=key)
        self.assertEqual(len(keyed["components"]["securitySchemes"]), 2)
        code, output = self.lint("titanic", "keys", "regression", "classes", "texts_and_dates", "no_missing",
                                 "hostile", "hostile_name")
        self.assertEqual(code, 0, output)

    def test_the_linter_would_find_what_is_wrong(self):
        document = self.document_of("good", "-m", TITANIC_MODEL, "--name", "titanic")
        body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
        body["examples"]["record"]["value"]["Age"] = "old"
        self.write("bad.openapi.json", json.dumps(document))
        self.assertEqual(self.lint("good")[0], 0)
        code, output = self.lint("bad")
        self.assertNotEqual(code, 0, output)
        self.assertIn("no-invalid-media-type-examples", output)


if __name__ == "__main__":
    unittest.main()
