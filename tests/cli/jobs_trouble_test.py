"""Stores that cannot be used for a while, or at all: what clients are told, and what is not lost."""

import contextlib
import json
import os
import pathlib
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from harness import NOT_USABLE, PASSENGERS, UNREACHABLE, CliTestCase
from servers import Server, Worker

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres_cluster import Cluster  # noqa: E402

ASYNC = {"Content-Type": "application/json", "Prefer": "respond-async"}


class TroubleTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def started(self, process):
        self.addCleanup(lambda: process.process.poll() is not None or process.stop())
        return process

    def serve(self, *arguments, **options):
        return self.started(Server(self.folder, *arguments, **options))

    def assert_unavailable(self, server, words):
        """Jobs are refused for the moment, for the reason that the log has; predictions go on."""
        status, headers, body = server.request("POST", "/predict", PASSENGERS.read_bytes(), ASYNC)
        self.assertEqual(status, 503, body)
        self.assertIn("Retry-After", headers)
        self.assert_reason_in_log(server, json.loads(body)["detail"], words)
        self.assertEqual(server.predict(), (200, {"prediction": [0, 1, 0, 0]}))
        self.assertEqual(server.request("GET", "/readyz")[0], 200)

    def assert_reason_in_log(self, server, detail, words):
        """Clients are told nothing of the store: no name, no path, no words of a library."""
        self.assertEqual(detail, "the store of jobs cannot be used now; the server's log says why")
        self.assertTrue(server.has_logged(f"requests for jobs get 503: .*({words})"), server.log())

    def assert_done(self, server, job):
        self.assertEqual(server.wait_for_job(job)["status"], "succeeded")
        status, _, body = server.request("GET", f"/jobs/{job}/result")
        self.assertEqual((status, json.loads(body)), (200, {"prediction": [0, 1, 0, 0]}))

    def submit_when_possible(self, server):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status, _, body = server.request("POST", "/predict", PASSENGERS.read_bytes(), ASYNC)
            if status == 202:
                return json.loads(body)["id"]
            self.assertEqual(status, 503, body)
            time.sleep(0.1)
        self.fail("the store never came back")


class Sqlite(TroubleTestCase):
    def test_a_full_disk_refuses_jobs_and_loses_none(self):
        server = self.serve("--workers", 0)
        kept = server.submit()
        size = sum(path.stat().st_size for path in self.folder.glob("mlserve.db*"))
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        body = b"[" + b",".join([b'{"Age": 30, "Sex": "male"}'] * 30_000) + b"]"
        refused = None
        for _ in range(20):
            status, headers, answer = server.request("POST", "/predict", body, ASYNC)
            if status != 202:
                refused = status, headers, json.loads(answer)["detail"]
                break
        self.assertIsNotNone(refused, "the disk was never full")
        self.assertEqual(refused[0], 503)
        self.assertIn("Retry-After", refused[1])
        self.assert_reason_in_log(server, refused[2], "mlserve.db: ")
        self.assertEqual(server.predict(), (200, {"prediction": [0, 1, 0, 0]}))
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        later = server.submit()
        server.kill()
        again = self.serve()
        self.assert_done(again, kept)
        self.assert_done(again, later)

    def test_a_locked_database_is_waited_for_and_then_refused(self):
        server = self.serve("--workers", 0)
        kept = server.submit()
        with contextlib.closing(sqlite3.connect(self.folder / "mlserve.db")) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            self.assert_unavailable(server, "locked by another process")
            self.assertEqual(server.get_json(f"/jobs/{kept}")["status"], "queued")
            other.execute("ROLLBACK")
        server.submit()

    def test_a_database_of_a_newer_schema_is_left_alone(self):
        server = self.serve("--workers", 0)
        server.submit()
        server.stop()
        with contextlib.closing(sqlite3.connect(self.folder / "mlserve.db")) as database:
            database.execute("UPDATE mlserve_meta SET value = 99")
            database.commit()
        self.assert_unavailable(self.serve(), "newer mlserve")
        result = self.run_mlserve("jobs", "list")
        self.assert_fails(result, NOT_USABLE, "sqlite:mlserve.db: ", "version 99")

    @unittest.skipIf(os.geteuid() != 0, "needs another user to run as")
    def test_a_database_of_somebody_else_is_read_only(self):
        server = self.serve("--workers", 0)
        kept = server.submit()
        server.stop()
        os.chmod(self.folder, 0o755)
        os.chmod(self.folder / "mlserve.db", 0o644)
        for_others = self.serve("--workers", 0, user="nobody", extra_groups=[])
        self.assert_unavailable(for_others, "mlserve.db: ")
        for_others.stop()
        self.assertEqual(self.serve("--workers", 0).get_json(f"/jobs/{kept}")["status"], "queued")

    def test_a_file_that_is_no_database_is_refused(self):
        self.write("mlserve.db", "this is a letter, not a database " * 100)
        self.assert_unavailable(self.serve(), "is no SQLite database")
        self.assertTrue(self.read("mlserve.db").startswith(b"this is a letter"))

    def test_a_job_is_on_the_disk_before_it_is_acknowledged(self):
        server = self.serve("--workers", 0)
        server.submit()  # the file is there, and its log
        trace = self.folder / "trace"
        tracer = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "32", "-e", "trace=pwrite64,fsync,fdatasync,sendto,send",
             "-o", trace, "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True)
        self.assertIn("attached", tracer.stderr.readline())
        server.submit()
        server.stop()
        tracer.wait(20)
        tracer.stderr.close()
        calls = trace.read_text(encoding="utf-8", errors="replace").splitlines()
        answer = next(i for i, call in enumerate(calls) if "HTTP/1.1 202" in call)
        written = [i for i, call in enumerate(calls[:answer])
                   if "pwrite64" in call and "mlserve.db-wal" in call]
        synced = [i for i, call in enumerate(calls[:answer])
                  if re.search(r"f(data)?sync\(\d+<\S*mlserve.db-wal>", call)]
        self.assertTrue(written, "the job was not written")
        self.assertTrue(synced and synced[-1] > written[-1], calls[:answer + 1])


class PostgreSql(TroubleTestCase):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(tempfile.mkdtemp(prefix="mlserve-pg-", dir="/tmp"))
        self.addCleanup(self.cluster.stop)

    def test_a_server_that_is_not_there_at_start_and_goes_in_between(self):
        store = ("--store", self.cluster.uri)
        server = self.serve("--workers", 0, *store)
        worker = self.started(Worker(self.folder, *store, "--lease", "2s"))
        self.assert_unavailable(server, "cannot reach")
        result = self.run_mlserve("jobs", "list", *store)
        self.assertEqual(result.code, UNREACHABLE, result)
        self.cluster.start()
        first = self.submit_when_possible(server)
        self.assert_done(server, first)
        self.cluster.halt()
        self.assert_unavailable(server, "cannot reach|lost")
        self.cluster.start()
        second = self.submit_when_possible(server)
        self.assert_done(server, second)
        self.assert_done(server, first)
        self.assertEqual(worker.stop(), 0)

    def test_a_password_is_in_no_message(self):
        url = "postgresql://somebody:open-sesame@localhost:1/none"
        server = self.serve("--workers", 0, "--store", url)
        self.assert_unavailable(server, "cannot reach")
        _, _, body = server.request("POST", "/predict", PASSENGERS.read_bytes(), ASYNC)
        result = self.run_mlserve("jobs", "list", "--store", url)
        self.assertEqual(result.code, UNREACHABLE, result)
        for text in (result.stderr, body.decode(), server.log()):
            self.assertNotIn("open-sesame", text)


if __name__ == "__main__":
    unittest.main()
