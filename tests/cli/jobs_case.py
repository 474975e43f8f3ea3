"""What the tests of jobs share: processes that end with their test, jobs that take a while, and
throw-away PostgreSQL servers."""

import csv
import pathlib
import sys
import tempfile
import time

from harness import TITANIC, CliTestCase
from servers import Server, Worker

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres_cluster import Cluster  # noqa: E402

COPIES = 300  # of the passengers in a long body: some seconds of work


def small_table():
    """The features of data/titanic.csv: its header, and the lines of its passengers."""
    with open(TITANIC, newline="", encoding="utf-8") as file:
        rows = "".join(f"{row['Age']},{row['Sex']},{row['Embarked']}\n"
                       for row in csv.DictReader(file))
    return "Age,Sex,Embarked\n", rows


class JobsTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def serve(self, *arguments, **options):
        return self._ends_with_the_test(Server(self.folder, *arguments, **options))

    def work(self, *arguments, **options):
        return self._ends_with_the_test(Worker(self.folder, *arguments, **options))

    def _ends_with_the_test(self, process):
        self.addCleanup(process.kill)
        return process

    def cluster(self):
        """A PostgreSQL server of this test; its programs must be there."""
        cluster = Cluster(tempfile.mkdtemp(prefix="mlserve-pg-", dir="/tmp"))
        self.addCleanup(cluster.stop)
        cluster.start()
        return cluster

    def submit_long(self, server):
        """A job of seconds with a result of many pieces."""
        header, rows = small_table()
        return server.submit((header + COPIES * rows).encode(), "/predict?explain=true",
                             Content_Type="text/csv")

    def check_long_result(self, server, job):
        """All of it, once: what `mlserve predict` says of the passengers, so many times."""
        self.write("once.csv", "".join(small_table()))
        once = self.run_well("predict", "once.csv", "--explain").stdout
        header, _, rows = once.partition("\n")
        status, _, body = server.request("GET", f"/jobs/{job}/result", None,
                                         {"Accept": "text/csv"})
        self.assertEqual(status, 200, body[:500])
        # No assertEqual: it would show the difference of two texts of megabytes.
        self.assertTrue(body.decode() == f"{header}\n{COPIES * rows}",
                        f"another result, of {len(body)} bytes: {body[:500]}")

    def wait_until_running(self, server, *jobs, attempt=1, timeout=20):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = [server.get_json(f"/jobs/{job}") for job in jobs]
            states = {(job["status"], job["attempts"]) for job in found}
            if states == {("running", attempt)}:
                return
            self.assertLessEqual({status for status, _ in states}, {"queued", "running"},
                                 "too late to look")
            time.sleep(0.01)  # ?wait= would tell of a start only if it asked before
        self.fail(f"not all are running: {found}")

    def wait_for_status(self, port, path, expected, timeout=30):
        """Asks until a health port answers with this status; returns the body."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            status, _, body = port.request("GET", path)
            if status == expected:
                return body
            time.sleep(0.01)
        self.fail(f"{path} is still {status}: {body!r}")
