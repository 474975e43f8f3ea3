"""Ten thousand jobs from eight clients while processes are killed: each is done exactly once.

Clients say an Idempotency-Key and try again when they get no answer, as clients should. The test
looks at nothing but what HTTP tells: that every job that was acknowledged has succeeded, with the
answer that `mlserve predict` gives, that there are no others, and that one worker ends them in the
order in which they were submitted.
"""

import http.client
import json
import pathlib
import random
import sys
import tempfile
import threading
import time
import unittest

from harness import CliTestCase
from servers import Server, Worker

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres_cluster import Cluster  # noqa: E402

CLIENTS = 8
KILLS = 20


def passenger(number):
    return {"Age": number % 83, "Sex": ["female", "male"][number % 2],
            "Embarked": ["C", "Q", "S", None][number // 2 % 4]}


class Clients:
    """Eight threads that submit `count` jobs in all and remember what they were told."""

    def __init__(self, count, servers):
        self.count, self.servers = count, servers
        self.jobs = {}          # id by number
        self.asked = {}         # when, by id: the first try
        self.answered = {}      # when, by id
        self.orders = []        # numbers by client, in the order of their acknowledgement
        self.errors = []
        self.threads = [threading.Thread(target=self._run, args=(client,))
                        for client in range(CLIENTS)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join()

    def _run(self, client):
        order = list(range(client, self.count, CLIENTS))
        self.orders.append(order)
        try:
            for number in order:
                asked = time.monotonic()
                job = self._submit(number)
                self.jobs[number], self.asked[job] = job, asked
                self.answered[job] = time.monotonic()
        except Exception as error:  # pylint: disable=broad-except
            self.errors.append(error)  # of a thread, for the test to see

    def _submit(self, number):
        body = json.dumps([passenger(number)])
        headers = {"Content-Type": "application/json", "Prefer": "respond-async",
                   "Idempotency-Key": f"passenger-{number}"}
        for attempt in range(600):
            server = self.servers()[(number + attempt) % len(self.servers())]
            try:
                status, _, answer = server.request("POST", "/predict", body, headers)
            except (OSError, http.client.HTTPException):
                status = None  # killed before it answered; it may have taken the job
            if status == 202:
                return json.loads(answer)["id"]
            if status not in (None, 429, 503):
                raise AssertionError(f"job {number}: {status} {answer!r}")
            time.sleep(0.05)
        raise AssertionError(f"job {number} was never taken")


class CrashTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()
        self.random = random.Random(20261122)

    def expected_answers(self, count):
        lines = "".join(json.dumps(passenger(number)) + "\n" for number in range(count))
        self.write("all.jsonl", lines)
        answers = self.run_well("predict", "all.jsonl").stdout.splitlines()
        return [json.loads(answer)["prediction"] for answer in answers]

    def start(self, processes, kind, *arguments):
        process = kind(self.folder, *arguments)
        self.addCleanup(lambda: process.process.poll() is not None or process.stop())
        processes.append(process)
        return process

    def kill_and_replace(self, processes, kind, *arguments):
        """Kills one at a random moment, and starts another in its place."""
        time.sleep(self.random.uniform(0.05, 0.5))
        victim = self.random.randrange(len(processes))
        processes[victim].kill()
        fresh = kind(self.folder, *arguments)
        self.addCleanup(lambda: fresh.process.poll() is not None or fresh.stop())
        processes[victim] = fresh

    def wait_for_all(self, server, count, timeout=300):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            open_jobs = [job for status in ("queued", "running")
                         for job in server.get_json(f"/jobs?status={status}&limit=1")["jobs"]]
            if not open_jobs:
                return
            server.request("GET", f"/jobs/{open_jobs[0]['id']}?wait=5")
        self.fail(f"after {timeout} s jobs are still open: {open_jobs}")

    def check_each_done_once(self, server, clients, count):
        self.assertEqual(clients.errors, [])
        self.assertEqual(len(clients.jobs), count)
        jobs = server.all_jobs()
        self.assertEqual(len(jobs), count, "a job is missing, or was made twice")
        self.assertEqual({job["id"] for job in jobs}, set(clients.jobs.values()))
        self.assertEqual({job["status"] for job in jobs}, {"succeeded"})
        expected = self.expected_answers(count)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for number, job in clients.jobs.items():
            connection.request("GET", f"/jobs/{job}/result")
            answer = connection.getresponse()
            self.assertEqual(json.loads(answer.read()), {"prediction": [expected[number]]}, number)
        connection.close()

    def check_order(self, server, clients, kills):
        """Of one worker: whoever was acknowledged before another was submitted has ended before
        it, but for the jobs that a killed worker held, which come again when their lease is over.
        Of two that were submitted at the same time either may be first.
        """
        jobs = server.all_jobs()
        self.assertLessEqual(sum(job["attempts"] > 1 for job in jobs), kills)
        ended = {job["id"]: job["finished_at"] for job in jobs if job["attempts"] == 1}
        acknowledged = sorted(ended, key=clients.answered.get)
        early, latest = [], ""
        for job in sorted(ended, key=clients.asked.get):
            while clients.answered[acknowledged[0]] < clients.asked[job]:
                latest = max(latest, ended[acknowledged.pop(0)])
            if ended[job] < latest:
                early.append((job, ended[job], latest))
        self.assertEqual(early, [], "jobs ended before some that were in the queue before them")
        place = {job["id"]: index for index, job in enumerate(jobs)}
        for order in clients.orders:
            places = [place[clients.jobs[number]] for number in order]
            self.assertEqual(places, sorted(places), "a client's jobs stand in another order")


class PostgreSql(CrashTestCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp(prefix="mlserve-pg-", dir="/tmp")
        self.cluster = Cluster(folder)
        self.cluster.start()
        self.addCleanup(self.cluster.stop)

    def test_workers_are_killed_and_the_database_restarts(self):
        count = 10_000
        servers, workers = [], []
        for _ in range(2):
            self.start(servers, Server, "--workers", 0, "--store", self.cluster.uri)
        work = ("--store", self.cluster.uri, "--max-attempts", 25, "--lease", "2s",
                "--concurrency", 2)
        for _ in range(3):
            self.start(workers, Worker, *work)
        clients = Clients(count, lambda: servers)
        clients.start()
        for kill in range(KILLS):
            self.kill_and_replace(workers, Worker, *work)
            if kill == KILLS // 2:
                self.cluster.halt("immediate")
                self.cluster.start()
        clients.join()
        self.wait_for_all(servers[0], count)
        self.check_each_done_once(servers[1], clients, count)

    def test_one_worker_keeps_the_order(self):
        count = 2_000
        servers, workers = [], []
        self.start(servers, Server, "--workers", 0, "--store", self.cluster.uri)
        work = ("--store", self.cluster.uri, "--max-attempts", 25, "--lease", "1s")
        self.start(workers, Worker, *work)
        clients = Clients(count, lambda: servers)
        clients.start()
        kills = 3
        for _ in range(kills):
            self.kill_and_replace(workers, Worker, *work)
        clients.join()
        self.wait_for_all(servers[0], count)
        self.check_each_done_once(servers[0], clients, count)
        self.check_order(servers[0], clients, kills)


class Sqlite(CrashTestCase):
    def test_a_server_with_its_worker_is_killed(self):
        count = 10_000
        servers = []
        serve = ("--max-attempts", 25, "--lease", "1s")
        self.start(servers, Server, *serve)
        clients = Clients(count, lambda: servers)
        clients.start()
        for _ in range(KILLS):
            self.kill_and_replace(servers, Server, *serve)
        clients.join()
        self.wait_for_all(servers[0], count)
        self.check_each_done_once(servers[0], clients, count)
        self.check_order(servers[0], clients, KILLS)


if __name__ == "__main__":
    unittest.main()
