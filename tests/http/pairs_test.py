"""The protocols of other people's clients, request by request: what pairs/*.json say the server
answers is what it answers. Each file is a list of

    {"rule": "what the pair shows",
     "request": {"method": "POST", "path": "/…", "headers": {…}, "body": any JSON, or "text": "…"},
     "response": {"status": 200, "headers": {…}, "body": any JSON, or "text": "…"}}

"method" is GET without a body and POST with one, a "body" goes as application/json, and "status" is
200 when not given. Of the headers those named are compared; the body is compared as JSON: numbers
to 1e-12, "*" stands for anything where a value is not determined. The pairs of a file run in their
order on one server, that has the model `titanic`; if it needs other options, the file's first item
is {"serve": ["--option", …]}.
"""

import json
import math
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

from harness import ROOT, CliTestCase  # noqa: E402  (found by the line above)
from servers import Server  # noqa: E402

MODEL = ROOT / "tests" / "golden" / "titanic_v1.json"
TOLERANCE = 1e-12
ANYTHING = "*"


def difference(expected, got, place="body"):
    """Where two JSON values differ, in words; "" when they are the same."""
    if expected == ANYTHING:
        return ""
    if is_number(expected) and is_number(got):
        near = math.isclose(expected, got, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        return "" if near else f"{place} is {got!r}, not {expected!r}"
    if type(expected) is not type(got):
        return f"{place} is {shown(got)}, not {shown(expected)}"
    if isinstance(expected, dict):
        if expected.keys() != got.keys():
            return f"{place} has the members {sorted(got)}, not {sorted(expected)}: {shown(got)}"
        return first(difference(value, got[name], f"{place}.{name}")
                     for name, value in expected.items())
    if isinstance(expected, list):
        if len(expected) != len(got):
            return f"{place} is {shown(got)}, not {shown(expected)}"
        return first(difference(value, got[i], f"{place}[{i}]")
                     for i, value in enumerate(expected))
    return "" if expected == got else f"{place} is {shown(got)}, not {shown(expected)}"


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def shown(value):
    text = json.dumps(value)
    return text if len(text) <= 500 else text[:500] + "…"


def first(differences):
    return next(filter(None, differences), "")


def strict_json(text):
    """JSON as RFC 8259 has it: Python also takes NaN and Infinity, and a name that stands twice."""

    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    def unique(members):
        found = dict(members)
        if len(found) != len(members):
            raise ValueError(f"a name stands twice: {[name for name, _ in members]}")
        return found

    return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)


def send(server, request):
    headers = dict(request.get("headers", {}))
    body = request.get("text")
    if "body" in request:
        body = json.dumps(request["body"])
        headers.setdefault("Content-Type", "application/json")
    method = request.get("method", "GET" if body is None else "POST")
    data = None if body is None else body.encode()
    return server.request(method, request["path"], data, headers)


def complaint(expected, status, headers, body):
    """What is wrong with an answer; "" when nothing is."""
    if status != expected.get("status", 200):
        return f"status is {status}, not {expected.get('status', 200)}: {body!r}"
    found = {name.lower(): value for name, value in headers.items()}
    for name, value in expected.get("headers", {}).items():
        if value not in (ANYTHING, found.get(name.lower())) or name.lower() not in found:
            return f"header {name} is {found.get(name.lower())!r}, not {value!r}"
    if "text" in expected and expected["text"] not in (ANYTHING, body.decode()):
        return f"body is {body!r}, not {expected['text']!r}"
    if "body" not in expected:
        return ""
    try:
        return difference(expected["body"], strict_json(body))
    except ValueError as error:
        return f"body is no JSON: {error}: {body!r}"


class PairsTest(CliTestCase):
    def run_file(self, path):
        items = strict_json(path.read_text())
        options = items.pop(0)["serve"] if items and "serve" in items[0] else []
        self.assertTrue(items, f"{path.name} holds no pairs")
        server = Server(self.folder, "-m", MODEL, "--name", "titanic", *options)
        self.addCleanup(server.stop)
        for number, pair in enumerate(items, 1):
            with self.subTest(file=path.name, pair=number, rule=pair["rule"]):
                answer = send(server, pair["request"])
                problem = complaint(pair["response"], *answer)
                self.assertFalse(problem, f"\n{path.name}, {number}: {pair['rule']}\n{problem}")

    def test_every_file_of_pairs(self):
        files = sorted((HERE / "pairs").glob("*.json"))
        self.assertTrue(files, "no files of pairs")
        for path in files:
            self.run_file(path)


class DifferenceTest(unittest.TestCase):
    """The comparison sees what it must see."""

    def test_same(self):
        for one, other in [(1, 1.0), (0.1, 0.1 + 1e-15), ([1, {"a": None}], [1, {"a": None}]),
                           ({"error": "*"}, {"error": "any"}), ("x", "x"), ([], [])]:
            self.assertEqual(difference(one, other), "", (one, other))

    def test_different(self):
        for one, other in [(1, True), (0, False), (0.1, 0.1 + 1e-9), ("1", 1), (None, 0),
                           ([1], [1, 2]), ({"a": 1}, {"a": 1, "b": 2}), ({"a": 1}, {}),
                           ([[1, 2]], [[1, 3]]), ({}, []), ("x", "y")]:
            self.assertNotEqual(difference(one, other), "", (one, other))

    def test_strict_json(self):
        for text in ["NaN", '{"a": 1, "a": 1}', "[Infinity]", ""]:
            self.assertRaises(ValueError, strict_json, text)


if __name__ == "__main__":
    unittest.main()
