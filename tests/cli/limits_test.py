"""Limits of `mlserve serve` and gzip both ways, by the real binary; gzip is Python's."""

import gzip
import http.client
import json
import unittest

from harness import PASSENGERS, TITANIC, USAGE, CliTestCase
from servers import Server

JSON = {"Content-Type": "application/json"}
CSV = {"Content-Type": "text/csv"}
PACKED = {"Content-Encoding": "gzip"}
TAKES_GZIP = {"Accept-Encoding": "gzip"}


class LimitsTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def serve(self, *arguments, **options):
        server = Server(self.folder, *arguments, **options)
        self.addCleanup(server.stop)
        return server

    def assert_problem(self, expected, answer):
        status, headers, body = answer
        self.assertEqual(status, expected, body)
        self.assertEqual(headers["Content-Type"], "application/problem+json")
        self.assertEqual(json.loads(body)["status"], expected)


class Gzip(LimitsTestCase):
    def test_packed_bodies_are_answered_as_plain_ones(self):
        server = self.serve("--max-body-bytes", 200_000)
        rows = TITANIC.read_bytes()
        plain = server.request("POST", "/predict", rows, CSV)
        packed = server.request("POST", "/predict", gzip.compress(rows), {**CSV, **PACKED})
        self.assertEqual((packed[0], packed[2]), (200, plain[2]))
        members = gzip.compress(rows[:1000]) + gzip.compress(rows[1000:])
        self.assertEqual(server.request("POST", "/predict", members, {**CSV, **PACKED})[2],
                         plain[2])
        records = gzip.compress(PASSENGERS.read_bytes())
        self.assertEqual(json.loads(server.request("POST", "/predict", records,
                                                   {**JSON, **PACKED})[2]),
                         {"prediction": [0, 1, 0, 0]})
        self.assert_problem(400, server.request("POST", "/predict", records[:-1],
                                                {**JSON, **PACKED}))
        self.assert_problem(400, server.request("POST", "/predict", records + b"x",
                                                {**JSON, **PACKED}))

    def test_limits_are_those_of_the_unpacked_body(self):
        server = self.serve("--max-body-bytes", 1_000_000, "--max-job-bytes", 2_000_000)
        blanks = b"[" + b" " * 1_100_000 + b"]"
        self.assert_problem(413, server.request("POST", "/predict", gzip.compress(blanks),
                                                {**JSON, **PACKED}))
        for limit in ("200", "0"):
            bomb = gzip.compress(b" " * 60_000_000)
            self.assert_problem(413, self.serve("--max-unpack-ratio", limit).request(
                "POST", "/predict", bomb, {**JSON, **PACKED}))

    def test_other_encodings_are_refused(self):
        server = self.serve()
        for encoding in ("br", "deflate", "gzip, gzip"):
            with self.subTest(encoding):
                answer = server.request("POST", "/predict", b"[]",
                                        {**JSON, "Content-Encoding": encoding})
                self.assert_problem(415, answer)
                self.assertEqual(answer[1]["Accept-Encoding"], "gzip")

    def test_answers_are_packed_for_those_who_take_it(self):
        server = self.serve()
        _, headers, plain = server.request("GET", "/models/model")
        status, packed_headers, packed = server.request("GET", "/models/model", None, TAKES_GZIP)
        self.assertEqual((status, gzip.decompress(packed)), (200, plain))
        self.assertEqual(packed_headers["Content-Encoding"], "gzip")
        self.assertEqual(packed_headers["ETag"], "W/" + headers["ETag"])
        for answered in (headers, packed_headers):
            self.assertEqual(answered["Vary"], "Accept-Encoding")
        again = server.request("GET", "/models/model", None,
                               {**TAKES_GZIP, "If-None-Match": packed_headers["ETag"]})
        self.assertEqual((again[0], again[2]), (304, b""))
        self.assertNotIn("Content-Encoding", server.request("GET", "/readyz", None, TAKES_GZIP)[1])

    def test_compression_is_switched_off_by_option_and_environment(self):
        for server in (self.serve("--no-compression"),
                       self.serve(environment={"MLSERVE_NO_COMPRESSION": "true"})):
            _, headers, body = server.request("GET", "/models/model", None, TAKES_GZIP)
            self.assertNotIn("Content-Encoding", headers)
            self.assertNotIn("Vary", headers)
            json.loads(body)

    def test_a_job_takes_a_packed_body_and_gives_a_packed_result(self):
        server = self.serve()
        rows = TITANIC.read_bytes()
        header, _, lines = rows.partition(b"\n")
        large = header + b"\n" + lines * 20  # beyond what is collected in memory
        job = server.submit(gzip.compress(large), **{**CSV, **PACKED})
        self.assertEqual(server.wait_for_job(job)["status"], "succeeded")
        _, headers, packed = server.request("GET", f"/jobs/{job}/result", None,
                                            {**TAKES_GZIP, "Accept": "text/csv"})
        self.assertEqual(headers["Content-Encoding"], "gzip")
        result = gzip.decompress(packed)
        self.assertEqual(result, server.request("GET", f"/jobs/{job}/result", None,
                                                {"Accept": "text/csv"})[2])
        self.assertEqual(result.count(b"\n"), large.count(b"\n"))


class Limits(LimitsTestCase):
    def test_a_client_that_asks_too_often_is_told_when_to_come_again(self):
        server = self.serve("--rate-limit", "2/h")
        self.assertEqual(server.predict()[0], 200)
        self.assertEqual(server.request("GET", "/models")[0], 200)
        answer = server.request("GET", "/models")
        self.assert_problem(429, answer)
        self.assertIn(answer[1]["Retry-After"], ("1799", "1800"))
        self.assertEqual(answer[1]["RateLimit-Policy"], '"default";q=2;w=3600')
        self.assertEqual(server.request("GET", "/livez")[0], 200)
        self.assertEqual(server.request("GET", "/readyz")[0], 200)

    def test_what_is_nested_too_deeply_is_refused(self):
        server = self.serve()
        answer = server.request("POST", "/predict", b"[" * 100 + b"1" + b"]" * 100, JSON)
        self.assert_problem(400, answer)
        self.assertIn("nested more than 64 levels", json.loads(answer[2])["detail"])

    def test_headers_have_limits(self):
        server = self.serve("--max-headers", 20, "--max-header-bytes", 2000)
        self.assert_problem(431, server.request("GET", "/models", None,
                                                {f"X-{i}": "x" for i in range(30)}))
        self.assert_problem(431, server.request("GET", "/models", None, {"X-Long": "x" * 3000}))

    def test_a_client_has_so_many_connections(self):
        server = self.serve("--max-connections-per-client", 1)
        first = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        self.addCleanup(first.close)
        first.request("GET", "/livez")
        first.getresponse().read()
        self.assert_problem(429, server.request("GET", "/livez"))
        first.request("GET", "/livez")
        self.assertEqual(first.getresponse().status, 200)

    def test_an_answer_that_is_late_is_given_up(self):
        server = self.serve()
        rows = TITANIC.read_bytes()
        self.assert_problem(504, server.request("POST", "/predict", rows,
                                                {**CSV, "X-Request-Timeout": "0.000001"}))
        self.assert_problem(400, server.request("POST", "/predict", rows,
                                                {**CSV, "X-Request-Timeout": "soon"}))

    def test_options_that_make_no_sense_are_wrong_usage(self):
        for arguments in (("--rate-limit", "5/day"), ("--rate-limit", "0/s"),
                          ("--max-in-flight", "0"), ("--header-timeout", "soon"),
                          ("--max-headers", "1")):
            with self.subTest(arguments):
                self.assert_fails(self.run_mlserve("serve", *arguments), USAGE, arguments[0])


if __name__ == "__main__":
    unittest.main()
