"""What a server writes of its requests: the access log, the recording, and its replay on a model."""

import csv
import gzip
import io
import json
import os
import re
import signal
import stat
import time
import unittest

from harness import (BAD_DATA, DATA, FAILED, NOT_USABLE, PASSENGERS, TITANIC, USAGE, CliTestCase,
                     eventually)
from servers import Server

SECRET = "mk_secret-key-that-nobody-may-read"


class ServerWithLogFile(Server):
    """A server that logs to a file of its folder."""

    def __init__(self, folder, name, *arguments):
        self.log_file = folder / name
        super().__init__(folder, "--log-file", name, *arguments)

    def first_line(self, words):
        return self.wait_for_file(words)

    def wait_for_file(self, words, timeout=60):
        """The line of the log file that has these words, when it is there."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and not self.ended:
            text = self.log_file.read_text() if self.log_file.exists() else ""
            for line in text.splitlines():
                if words in line:
                    return line
            time.sleep(0.01)
        raise AssertionError(f"no '{words}' in {self.log_file}: {text}")


class ServerIntoPipe(Server):
    """A server whose log goes into a pipe, of which the first lines are read."""

    def __init__(self, folder, *arguments):
        self.out, into = os.pipe()
        try:
            super().__init__(folder, *arguments, stderr=into)
        finally:
            os.close(into)

    def first_line(self, words):
        with os.fdopen(os.dup(self.out), buffering=1, encoding="utf-8") as log:
            for line in log:
                if words in line:
                    return line
        raise AssertionError("the server ended before it was ready")

    def close_out(self):
        if self.out is not None:
            os.close(self.out)
        self.out = None

    def stop(self):
        code = super().stop()
        self.close_out()
        return code


class LogsTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def serve(self, *arguments, kind=Server):
        server = kind(self.folder, *arguments)
        self.addCleanup(server.stop)
        return server

    def lines(self, name):
        return self.read(name).decode().splitlines()


class AccessLog(LogsTestCase):
    def test_errors_have_lines_by_default(self):
        server = self.serve()
        server.predict()
        server.request("GET", "/none?token=" + SECRET, None, {"X-Request-Id": "lost-1"})
        line = server.wait_for("access ")
        self.assertRegex(line, r"^access time=\S+Z method=GET path=/none status=404 "
                               r"duration_ms=[0-9.]+ bytes_in=0 bytes_out=\d+ remote=127\.0\.0\.1 "
                               r"request_id=lost-1$")
        server.stop()
        self.assertNotIn(SECRET, server.log())
        self.assertEqual(server.log().count("access "), 1)

    def test_json_lines_of_all_requests_have_ids_and_no_secrets(self):
        server = self.serve("--access-log", "all", "--log-format", "json")
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        status, headers, _ = server.request(
            "POST", "/predict?secret=" + SECRET, PASSENGERS.read_bytes(),
            {"Content-Type": "application/json", "X-Request-Id": "id 1",
             "Authorization": "Bearer " + SECRET, "X-API-Key": SECRET,
             "traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        self.assertEqual(status, 200)
        line = json.loads(server.wait_for('"access"'))
        # The id that was sent is none: it has a blank.
        self.assertRegex(headers["X-Request-Id"], "^[0-9a-f]{32}$")
        self.assertEqual(line["request_id"], headers["X-Request-Id"])
        self.assertEqual(
            {name: line[name] for name in ("level", "message", "method", "path", "route", "status",
                                           "bytes_in", "remote", "trace_id", "model", "rows")},
            {"level": "info", "message": "access", "method": "POST", "path": "/predict",
             "route": "/predict", "status": 200, "bytes_in": PASSENGERS.stat().st_size,
             "remote": "127.0.0.1", "trace_id": trace, "model": "model", "rows": 4})
        self.assertGreater(line["duration_ms"], 0)
        server.stop()
        self.assertNotIn(SECRET, server.log())
        self.assertNotIn("female", server.log())

    def test_off_is_off(self):
        server = self.serve("--access-log", "off")
        server.request("GET", "/none")
        server.stop()
        self.assertNotIn("access", server.log())

    def test_a_sample_leaves_out_requests_but_no_error(self):
        server = self.serve("--access-log", "all", "--access-log-sample", "0")
        for _ in range(20):
            server.predict()
        server.request("GET", "/none")
        server.stop()
        self.assertEqual(re.findall(r"access .* status=(\d+)", server.log()), ["404"])

    def test_a_log_file_is_opened_anew_when_it_was_moved_away(self):
        server = self.serve("server.log", kind=ServerWithLogFile)
        server.request("GET", "/first")
        server.wait_for_file("path=/first ")  # answered first, then logged
        log = self.folder / "server.log"
        log.rename(self.folder / "server.log.1")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_file("log file opened anew")
        server.request("GET", "/second")
        self.assertEqual(server.stop(), 0)
        self.assertIn("path=/first ", self.read("server.log.1").decode())
        self.assertIn("path=/second ", log.read_text())
        self.assertNotIn("path=/first ", log.read_text())
        self.assertEqual(server.log(), "")

    def test_a_stderr_that_nobody_reads_does_not_stop_the_server(self):
        # A pipe takes 64 KiB; then a write to it would wait for ever.
        server = self.serve("--access-log", "all", kind=ServerIntoPipe)
        for _ in range(1000):
            self.assertEqual(server.request("GET", "/livez")[0], 200)
        self.assertEqual(server.stop(), 0)

    def test_a_stderr_whose_reader_has_gone_does_not_end_the_server(self):
        server = self.serve("--access-log", "all", kind=ServerIntoPipe)
        server.close_out()
        for _ in range(10):
            self.assertEqual(server.request("GET", "/livez")[0], 200)
        self.assertEqual(server.stop(), 0)

    def test_a_log_file_that_cannot_be_is_said_at_once(self):
        self.assert_fails(self.run_mlserve("inspect", "--log-file", "no/such/folder.log"),
                          NOT_USABLE, "--log-file: cannot write no/such/folder.log")


class Recording(LogsTestCase):
    def record(self, *arguments, name="requests.jsonl"):
        """The lines that a server recorded of some requests."""
        server = self.serve("--record", name, *arguments)
        server.predict()
        csv_rows = b"Age,Sex,Embarked,Name\n22,male,S,Bob\n,female,C,Eve\n"
        for path, media_type, body in (
                ("/predict?secret=" + SECRET, "text/csv", csv_rows),
                ("/models/model/predict", "application/x-ndjson", b'{"Age": 4, "Sex": "male"}\n'),
                ("/predict", "application/json", b'[{"Age": "old"}]')):
            server.request("POST", path, body,
                           {"Content-Type": media_type, "X-API-Key": SECRET})
        self.assertEqual(server.stop(), 0)
        return [json.loads(line) for line in self.lines(name)]

    def test_records_what_came_and_what_was_answered(self):
        lines = self.record()
        self.assertEqual(len(lines), 3)  # what was refused is not there
        first = lines[0]
        self.assertEqual(first["records"], json.loads(PASSENGERS.read_text()))
        self.assertEqual(first["predictions"], ["0", "1", "0", "0"])
        self.assertEqual(first["classes"], ["0", "1"])
        probabilities = self.run_well("predict", PASSENGERS, "--probabilities").stdout
        self.assertEqual([dict(zip(first["classes"], row)) for row in first["probabilities"]],
                         json.loads(probabilities)["probabilities"])
        self.assertEqual((first["model"], first["route"]), ("model", "/predict"))
        self.assertRegex(first["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(lines[1]["records"][1],
                         {"Age": "", "Sex": "female", "Embarked": "C", "Name": "Eve"})
        self.assertEqual(lines[2]["route"], "/models/model/predict")
        self.assertNotIn(SECRET, self.read("requests.jsonl").decode())
        mode = stat.S_IMODE((self.folder / "requests.jsonl").stat().st_mode)
        self.assertEqual(mode, 0o600)

    def test_leaves_out_fields_and_says_so(self):
        lines = self.record("--record-omit", "Name,Age")
        for line in lines:
            self.assertEqual(line["omitted"], ["Name", "Age"])
            for record in line["records"]:
                self.assertFalse({"Name", "Age"} & set(record))
        result = self.run_well("replay", "requests.jsonl")
        self.assertIn("recorded without: Age, Name", result.stderr)
        self.assertIn("the new model would use Age,", result.stderr)

    def test_a_sample_of_nothing_records_nothing(self):
        self.assertEqual(self.record("--record-sample", "0"), [])

    def test_moves_files_away_when_they_are_large(self):
        server = self.serve("--record", "requests.jsonl", "--record-max-bytes", "1024",
                            "--record-keep", "1")
        for _ in range(10):
            server.predict()
        self.assertEqual(server.stop(), 0)
        names = {path.name for path in self.folder.glob("requests.jsonl*")}
        self.assertEqual(names, {"requests.jsonl", "requests.jsonl.1"})

    def test_goes_on_in_a_new_file_after_sighup(self):
        server = self.serve("--record", "requests.jsonl")
        server.predict()
        eventually(lambda: self.lines("requests.jsonl"))  # answered first, then recorded
        (self.folder / "requests.jsonl").rename(self.folder / "old.jsonl")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("recording opened anew")
        server.predict()
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(self.lines("old.jsonl")) + len(self.lines("requests.jsonl")), 2)
        self.assertEqual(len(self.lines("requests.jsonl")), 1)

    def test_a_full_disk_does_not_disturb(self):
        server = self.serve("--record", "/dev/full")
        for _ in range(3):
            self.assertEqual(server.predict()[0], 200)
        server.wait_for("requests are not recorded: cannot write /dev/full: No space left")
        self.assertEqual(server.stop(), 0)
        self.assertIn("requests were not recorded requests=3", server.log())

    def test_a_file_that_cannot_be_made_is_said_at_once(self):
        self.assert_fails(self.run_mlserve("serve", "--port", 0, "--record", "no/such/folder"),
                          NOT_USABLE, "--record: cannot write no/such/folder")


class Replay(LogsTestCase):
    def setUp(self):
        super().setUp()
        server = Server(self.folder, "--record", "requests.jsonl")
        with open(TITANIC, newline="", encoding="utf-8") as file:
            self.passengers = list(csv.DictReader(file))[:200]
        for row in self.passengers[:20]:
            server.predict(json.dumps(row).encode())
        self.assertEqual(server.predict(json.dumps(self.passengers).encode())[0], 200)
        self.assertEqual(server.stop(), 0)

    def replay_json(self, *arguments):
        return json.loads(self.run_well("replay", *arguments, "--json").stdout)

    def test_the_same_model_answers_the_same(self):
        result = self.replay_json("requests.jsonl")
        self.assertEqual((result["requests"], result["rows"], result["same"]), (21, 220, 220))
        self.assertEqual(result["largest_difference"], 0)
        self.assertEqual(self.run_well("replay", "requests.jsonl", "--fail-above", 0).stderr, "")

    def test_another_model_is_compared_row_by_row(self):
        self.run_well("train", TITANIC, "--features", "Age,Sex,Pclass", "-o", "new.json")
        result = self.replay_json("requests.jsonl", "--model", "new.json", "-o", "rows.csv")
        self.write("rows.json", json.dumps(self.passengers[:20] + self.passengers))
        answers = {}
        for model in ("model.json", "new.json"):
            predicted = json.loads(self.run_well("predict", "rows.json", "-m", model,
                                                 "--probabilities").stdout)
            answers[model] = list(zip(predicted["prediction"], predicted["probabilities"]))
        pairs = list(zip(answers["model.json"], answers["new.json"]))
        changed = [(old, new) for old, new in pairs if old[0] != new[0]]
        self.assertGreater(len(changed), 0)
        self.assertEqual(result["changed"], len(changed))
        self.assertEqual(result["same"], 220 - len(changed))
        differences = [max(abs(old[1][name] - new[1][name]) for name in ("0", "1"))
                       for old, new in pairs]
        self.assertEqual(result["largest_difference"], max(differences))
        self.assertAlmostEqual(result["mean_difference"], sum(differences) / 220, 12)
        self.assertEqual(sum(entry["rows"] for entry in result["classes"]), 220)
        self.assertEqual(result["examples"][0]["difference"], max(differences))

        rows = list(csv.DictReader(io.StringIO(self.read("rows.csv").decode())))
        self.assertEqual([float(row["difference"]) for row in rows], differences)
        self.assertEqual([row["new"] for row in rows], [str(new[0]) for _, new in pairs])
        self.assertEqual(float(rows[7]["new_probability_1"]), pairs[7][1][1]["1"])
        self.assertEqual([row["row"] for row in rows[19:22]], ["0", "0", "1"])

        share = len(changed) / 220
        for allowed, code in ((share + 0.001, 0), (share - 0.001, FAILED)):
            done = self.run_mlserve("replay", "requests.jsonl", "-m", "new.json", "--fail-above",
                                    allowed)
            self.assertEqual(done.code, code, done)
            self.assertIn("changed", done.stdout)
        self.assertRegex(done.stderr, r"^mlserve: error: allowed .* of the rows to change, but ")

    def test_people_see_what_changed(self):
        self.run_well("train", TITANIC, "--features", "Age,Sex,Pclass", "-o", "new.json")
        text = self.run_well("replay", "requests.jsonl", "-m", "new.json", "--examples", 2).stdout
        self.assertRegex(text, r"(?m)^recorded   'model' version 1, 20\S+Z to 20\S+Z$")
        self.assertRegex(text, r"(?m)^rows +220$")
        self.assertRegex(text, r"(?m)^changed +\d+ +[0-9.]+ %$")
        self.assertRegex(text, r"(?m)^recorded  now 0  now 1$")
        self.assertRegex(text, r"(?m)^  [0-9a-f]{32} +\d+ +[01] +[01] +0\.\d+  requests\.jsonl:\d+$")

    def test_rows_that_a_new_model_refuses_have_a_reason(self):
        self.write("numbers.csv", "Sex,Survived\n" + "1,0\n2,1\n3,0\n4,1\n" * 10)
        self.run_well("train", "numbers.csv", "--target", "Survived", "--numeric", "Sex", "-o",
                      "new.json")
        result = self.replay_json("requests.jsonl", "-m", "new.json")
        self.assertEqual(result["refused"], 220)
        self.assertEqual(sum(refusal["rows"] for refusal in result["refusals"]), 220)
        self.assertIn("field 'Sex': \"male\" is not a number",
                      [refusal["reason"] for refusal in result["refusals"]])
        done = self.run_mlserve("replay", "requests.jsonl", "-m", "new.json", "--fail-above", 0.99)
        self.assertEqual(done.code, FAILED, done)
        self.assertIn("refused", done.stdout)

    def test_reads_packed_parts_standard_input_and_torn_lines(self):
        data = self.read("requests.jsonl")
        cut = data.index(b"\n", len(data) // 8) + 1
        self.write("requests.jsonl.1.gz", gzip.compress(data[:cut]))
        self.write("rest.jsonl", data[cut:] + data[:100])
        result = self.replay_json("requests.jsonl.1.gz", "rest.jsonl")
        self.assertEqual((result["rows"], result["damaged_lines"]), (220, 1))
        piped = self.run_well("replay", "-", stdin=data, environment={"MLSERVE_JSON": "1"})
        self.assertEqual(json.loads(piped.stdout)["rows"], 220)

    def test_rows_go_to_standard_output_alone(self):
        lines = self.run_well("replay", "requests.jsonl", "-o", "-", "--format",
                              "jsonl").stdout.splitlines()
        self.assertEqual(len(lines), 220)
        self.assertEqual(json.loads(lines[0])["difference"], 0)

    def test_what_is_no_recording_is_refused(self):
        for arguments, code, place, words in (
                ([TITANIC], BAD_DATA, ".*titanic.csv", "no recorded request"),
                ([PASSENGERS], BAD_DATA, ".*passengers.json", "no recorded request"),
                ([DATA / "none.jsonl"], NOT_USABLE, ".*none.jsonl", "no such file"),
                (["requests.jsonl", "./requests.jsonl"], USAGE, "./requests.jsonl", "twice"),
                (["requests.jsonl", "--name", "other"], BAD_DATA, "requests.jsonl",
                 "of the model 'other'"),
                (["requests.jsonl", "--fail-above", "5"], USAGE, "--fail-above", "")):
            with self.subTest(words):
                self.assert_fails_and_touches_nothing(["replay", *arguments], code, place, words)
        self.assert_fails(self.run_mlserve("replay", "requests.jsonl", "-o", "requests.jsonl"),
                          USAGE, "--output is a recording")


if __name__ == "__main__":
    unittest.main()
