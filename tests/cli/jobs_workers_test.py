"""Workers that stop, are paused, are killed or lose their database, and the jobs they held."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import time
import unittest

from jobs_case import JobsTestCase
from servers import Server

LEASE = ("--lease", "2s")


def seconds(line):
    """Of an attempt, by the log."""
    return float(re.search(r"seconds=(\S+)", line).group(1))


class HealthPort(Server):
    """What a worker tells on the port that its log names."""

    def __init__(self, worker):  # pylint: disable=super-init-not-called  # no process of its own
        self.port = int(re.search(r"health on http://127\.0\.0\.1:(\d+)", worker.log()).group(1))


class Sqlite(JobsTestCase):
    def pause_between_transactions(self, process):
        """SIGSTOP while the lock of the database is ours: a process that is stopped with it would
        keep everybody out. (A machine that is paused cannot: its locks are its own.)"""
        database = sqlite3.connect(self.folder / "mlserve.db", timeout=20, isolation_level=None)
        with contextlib.closing(database):
            database.execute("BEGIN IMMEDIATE")
            process.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.process.pid, os.WSTOPPED | os.WNOWAIT)
            database.execute("ROLLBACK")

    def test_progress_is_told(self):
        server = self.serve("--lease", "500ms")  # told with the renewals
        job = self.submit_long(server)
        self.wait_until_running(server, job)
        seen = [0]
        while (found := server.get_json(f"/jobs/{job}"))["status"] == "running":
            seen.append(found["progress"])
            time.sleep(0.01)
        self.assertEqual(seen, sorted(seen))
        self.assertTrue(any(0 < progress < 100 for progress in seen), seen)
        self.assertEqual((found["status"], found["progress"]), ("succeeded", 100))
        self.check_long_result(server, job)

    def test_sigterm_hands_a_job_back(self):
        server = self.serve("--workers", 0)
        worker = self.work("--drain-timeout", "100ms")
        job = self.submit_long(server)
        self.wait_until_running(server, job)
        self.assertEqual(worker.stop(), 0)
        self.assertIn("job handed back", worker.log())
        found = server.get_json(f"/jobs/{job}")
        self.assertEqual([found[key] for key in ("status", "position", "attempts", "failures")],
                         ["queued", 1, 0, []])
        self.work()
        found = server.wait_for_job(job)
        self.assertEqual((found["status"], found["attempts"]), ("succeeded", 1))
        self.check_long_result(server, job)

    def test_sigterm_lets_a_job_finish_in_time(self):
        server = self.serve("--workers", 0)
        worker = self.work()
        job, next_one = self.submit_long(server), server.submit()
        self.wait_until_running(server, job)
        self.assertEqual(worker.stop(), 0)
        self.assertIn("job succeeded", worker.log())
        self.assertEqual(server.get_json(f"/jobs/{job}")["status"], "succeeded")
        self.assertEqual(server.get_json(f"/jobs/{next_one}")["status"], "queued")

    def test_sigterm_of_a_server_hands_its_job_back(self):
        server = self.serve()
        job, queued = self.submit_long(server), server.submit()
        self.wait_until_running(server, job)
        self.assertEqual(server.stop(), 0)
        again = self.serve("--workers", 0)
        found = again.get_json(f"/jobs/{job}")
        self.assertIn((found["status"], found["attempts"]), [("queued", 0), ("succeeded", 1)])
        self.work()
        self.assertEqual(again.wait_for_job(queued)["status"], "succeeded")
        self.assertEqual(again.wait_for_job(job)["attempts"], 1)
        self.check_long_result(again, job)

    def test_a_worker_paused_past_its_lease_writes_nothing(self):
        server = self.serve("--workers", 0)
        paused = self.work(*LEASE)
        job = self.submit_long(server)
        self.wait_until_running(server, job)
        self.pause_between_transactions(paused)
        self.work(*LEASE)
        found = server.wait_for_job(job)
        self.assertEqual((found["status"], found["attempts"]), ("succeeded", 2))
        self.assertEqual(len(found["failures"]), 1)
        self.assertIsNone(found["error"], found)
        self.assertRegex(found["failures"][0]["reason"], "lease")
        paused.process.send_signal(signal.SIGCONT)
        self.assertIn(job, paused.wait_for("job lost"))
        self.assertEqual(paused.stop(), 0)
        self.assertEqual(server.get_json(f"/jobs/{job}"), found)
        self.check_long_result(server, job)

    def test_a_job_that_kills_its_workers_fails_in_the_end(self):
        server = self.serve("--workers", 0)
        job = self.submit_long(server)
        for attempt in (1, 2):
            worker = self.work(*LEASE, "--max-attempts", 2)
            self.wait_until_running(server, job, attempt=attempt)
            worker.kill()
        self.work(*LEASE, "--max-attempts", 2)  # tells that the lease of the second has run out
        found = server.wait_for_job(job)
        self.assertEqual((found["status"], found["attempts"]), ("failed", 2))
        self.assertEqual([failure["attempt"] for failure in found["failures"]], [1, 2])
        self.assertEqual(server.request("GET", f"/jobs/{job}/result")[0], 409)

    def test_cancel_stops_a_running_job_and_retry_runs_it_again(self):
        server = self.serve("--workers", 0)
        worker = self.work()
        job = self.submit_long(server)
        self.wait_until_running(server, job)
        status, _, body = server.request("DELETE", f"/jobs/{job}")
        self.assertEqual((status, json.loads(body)["status"]), (200, "cancelled"))
        stopped = worker.wait_for("job lost")
        self.assertIn(job, stopped)
        self.assertEqual(server.request("GET", f"/jobs/{job}/result")[0], 409)
        other = server.submit()
        self.assertEqual(server.wait_for_job(other)["status"], "succeeded")
        self.assertEqual(server.get_json(f"/jobs/{job}")["status"], "cancelled")

        status, _, body = server.request("POST", f"/jobs/{job}/retry")
        self.assertEqual((status, json.loads(body)["status"]), (202, "queued"))
        self.assertEqual(server.wait_for_job(job)["status"], "succeeded")
        self.check_long_result(server, job)
        whole = next(line for line in worker.lines if "job succeeded" in line and job in line)
        self.assertLess(seconds(stopped), seconds(whole) / 2)

    def test_a_health_port_answers_without_a_store_file(self):
        worker = self.work("--health-port", 0)
        health = HealthPort(worker)
        for path in ("/livez", "/readyz"):
            self.assertEqual(health.request("GET", path)[0], 200)
        self.assertEqual(health.request("GET", "/jobs")[0], 404)
        self.assertEqual(worker.stop(), 0)


class PostgreSql(JobsTestCase):
    def setUp(self):
        super().setUp()
        self.database = self.cluster()
        self.store = ("--store", self.database.uri)

    def test_any_server_tells_of_any_job_whoever_is_killed(self):
        first, second = (self.serve("--workers", 0, *self.store) for _ in range(2))
        victim, other = (self.work(*LEASE, *self.store) for _ in range(2))
        long_jobs = [self.submit_long(first), self.submit_long(first)]
        jobs = [first.submit() for _ in range(20)]
        self.wait_until_running(second, *long_jobs)  # so that each worker holds one
        victim.kill()
        first.kill()
        jobs += [second.submit() for _ in range(5)]
        for job in jobs + long_jobs:
            self.assertEqual(second.wait_for_job(job)["status"], "succeeded")
        attempts = [second.get_json(f"/jobs/{job}")["attempts"] for job in long_jobs]
        self.assertEqual(sorted(attempts), [1, 2])

        third = self.serve("--workers", 0, *self.store)
        for job in jobs:
            status, _, body = third.request("GET", f"/jobs/{job}/result")
            self.assertEqual((status, json.loads(body)), (200, {"prediction": [0, 1, 0, 0]}))
        for job in long_jobs:
            self.check_long_result(third, job)
        listed = json.loads(self.run_well("jobs", "list", *self.store, "--json", "--limit",
                                          100).stdout)
        self.assertEqual({job["id"] for job in listed["jobs"]}, {*jobs, *long_jobs})
        table = self.run_well("jobs", "list", "--status", "succeeded",
                              environment={"MLSERVE_STORE": self.database.uri}).stdout
        self.assertRegex(table, rf"(?m)^{jobs[-1]} +predict +model +succeeded ")
        self.assertEqual(other.stop(), 0)

    def test_a_worker_is_ready_while_it_has_its_database(self):
        worker = self.work(*LEASE, *self.store, "--health-port", 0)
        health = HealthPort(worker)
        self.wait_for_status(health, "/readyz", 200)
        self.database.halt()
        worker.wait_for("the store is not to be had")
        self.assertIn(b"store", self.wait_for_status(health, "/readyz", 503))
        self.assertEqual(health.request("GET", "/livez")[0], 200)
        self.database.start()
        worker.wait_for("the store is back")
        self.wait_for_status(health, "/readyz", 200)
        self.assertEqual(worker.stop(), 0)

    def test_a_worker_without_its_database_stops_when_told(self):
        self.database.halt()
        worker = self.work(*LEASE, *self.store, "--health-port", 0)
        self.wait_for_status(HealthPort(worker), "/readyz", 503)
        self.assertEqual(worker.stop(), 0)


if __name__ == "__main__":
    unittest.main()
