"""GET /metrics of servers and workers by the real binary, judged by Prometheus' own tools."""

import json
import os
import re
import shutil
import subprocess
import time
import unittest

from harness import PASSENGERS, CliTestCase
from servers import Server, Worker

PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")

# Names that have to be escaped: quotes, backslashes, line breaks, braces, UTF-8.
HOSTILE = {
    'say "hi"\n{x="1"} \\ é': ["1.5", "2.5", "4", ""],
    "färbe\\n": ['r"ot', "b\nlau\\", "# HELP x", ""],
    'class\n"A"': ['ja "\\"', "nein\n} 1", 'ja "\\"', "nein\n} 1"],
}


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def hostile_csv(repeats=30):
    rows = [list(HOSTILE), *zip(*HOSTILE.values())] + list(zip(*HOSTILE.values())) * repeats
    return "".join(",".join(map(quoted, row)) + "\n" for row in rows)


def series(text):
    """{name and labels as written: value}."""
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
            for line in text.splitlines() if line and not line.startswith("#")}


class MetricsTestCase(CliTestCase):
    def serve(self, *arguments, **options):
        server = Server(self.folder, *arguments, **options)
        self.addCleanup(server.stop)
        return server

    def scrape(self, server, accept=None):
        headers = {"Accept": accept} if accept else {}
        status, answered, body = server.request("GET", "/metrics", None, headers)
        self.assertEqual(status, 200, body)
        return answered["Content-Type"], body.decode()

    def scrape_with(self, server, name):
        """The series as soon as `name` is among them: the store knows of the end of a job before
        the worker has counted it."""
        deadline = time.monotonic() + 60
        while name not in (found := series(self.scrape(server)[1])):
            self.assertLess(time.monotonic(), deadline, found)
        return found

    def check_metrics(self, text):
        if not PROMTOOL:
            self.skipTest("promtool is not installed")
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=text.encode(),
                              capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""), done.stdout)


class Serve(MetricsTestCase):
    def test_promtool_finds_nothing_wrong(self):
        self.train_titanic()
        server = self.serve()
        self.check_metrics(self.scrape(server)[1])
        server.predict()
        server.predict(b"[")
        server.request("GET", "/nowhere")
        server.wait_for_job(server.submit())
        duration = 'mlserve_job_duration_seconds_count{kind="predict",outcome="succeeded"}'
        self.assertEqual(self.scrape_with(server, duration)[duration], 1)
        kind, text = self.scrape(server)
        self.assertEqual(kind, "text/plain; version=0.0.4; charset=utf-8")
        self.check_metrics(text)
        found = series(text)
        self.assertEqual(found['mlserve_requests_total{method="POST",route="/predict",'
                               'model="model",version="1",code="200"}'], 1)
        self.assertEqual(found['mlserve_rows_total{model="model",version="1"}'], 4)
        self.assertEqual(found['mlserve_requests_total{route="none",code="404"}'], 1)
        self.assertEqual(found['mlserve_queue_wait_seconds_count{kind="predict"}'], 1)
        self.assertIn('mlserve_jobs{state="succeeded"}', found)
        self.assertRegex(text, r'mlserve_model_info\{model="model",version="1",'
                               r'sha256="[0-9a-f]{64}"\} 1\n')
        self.assertGreater(found["process_start_time_seconds"], 1.6e9)
        self.assertGreater(found["process_resident_memory_bytes"], 1e6)

    def test_promtool_reads_names_of_any_kind(self):
        self.write("hostile.csv", hostile_csv())
        self.run_well("train", "hostile.csv", "--target", 'class\n"A"', "--seed", 1, "-o",
                      "bad \"model\"\\.json")
        server = self.serve("-m", "bad \"model\"\\.json")
        rows = [dict(zip(HOSTILE, values)) for values in zip(*HOSTILE.values())]
        rows[0]["färbe\\n"] = "nobody's\ncolour"
        status, answer = server.predict(json.dumps(rows).encode())
        self.assertEqual(status, 200, answer)
        _, text = self.scrape(server)
        self.check_metrics(text)
        self.assertNotIn("nobody", text)
        self.assertIn('column="say \\"hi\\"\\n{x=\\"1\\"} \\\\ é"', text)
        self.assertIn('class="ja \\"\\\\\\""', text)

    def test_the_index_of_drift_comes_with_enough_rows(self):
        self.train_titanic()
        server = self.serve("--drift-window", "1d")
        old = [{"Age": 79, "Sex": "female", "Embarked": "Q"}] * 200
        self.assertNotIn("mlserve_feature_psi", self.scrape(server)[1])
        server.predict(json.dumps(old).encode())
        found = series(self.scrape(server)[1])
        for column in ("Age", "Sex", "Embarked"):
            self.assertGreater(found[f'mlserve_feature_psi{{model="model",version="1",'
                                     f'column="{column}"}}'], 1)

    def test_without_metrics_there_is_no_route(self):
        self.train_titanic()
        server = self.serve("--no-metrics")
        self.assertEqual(server.predict()[0], 200)
        self.assertEqual(server.request("GET", "/metrics")[0], 404)

    def test_openmetrics_is_what_its_parser_reads(self):
        try:
            from prometheus_client.openmetrics import parser
        except ImportError:
            self.skipTest("python3-prometheus-client is not installed")
        self.train_titanic()
        server = self.serve()
        server.predict()
        kind, text = self.scrape(server, "application/openmetrics-text; version=1.0.0")
        self.assertEqual(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8")
        families = {family.name: family for family in parser.text_string_to_metric_families(text)}
        self.assertEqual(families["mlserve_rows"].type, "counter")
        self.assertEqual(families["mlserve_rows"].samples[0].value, 4)
        self.assertEqual(families["mlserve_model"].type, "info")
        self.assertEqual(families["mlserve_request_duration_seconds"].type, "histogram")


class HealthPort(Server):
    """What a worker tells on the port that its log names."""

    def __init__(self, worker):  # pylint: disable=super-init-not-called  # no process of its own
        self.port = int(re.search(r"health on http://127\.0\.0\.1:(\d+)", worker.log()).group(1))


class Work(MetricsTestCase):
    def test_workers_show_jobs_and_process(self):
        self.train_titanic()
        server = self.serve("--workers", 0)
        worker = Worker(self.folder, "--health-port", 0)
        self.addCleanup(worker.stop)
        server.wait_for_job(server.submit())
        _, text = self.scrape(HealthPort(worker))
        found = series(text)
        self.assertEqual(found['mlserve_jobs{state="succeeded"}'], 1)
        self.assertEqual(found["mlserve_store_up"], 1)
        self.assertEqual(found['mlserve_queue_wait_seconds_count{kind="predict"}'], 1)
        self.assertIn("process_cpu_seconds_total", found)
        self.check_metrics(text)


if __name__ == "__main__":
    unittest.main()
