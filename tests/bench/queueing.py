"""Part (e): jobs through a durable queue, and what a full queue costs those who do not wait in it.

The measure of jobs a second is what the same database does at its best: rows inserted one a
transaction, by as many clients, each durable before the next.
"""

import concurrent.futures
import contextlib
import datetime
import http.client
import json
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import markdown
from processes import Server, free_port, run

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres_cluster import Cluster, programs_folder  # noqa: E402

CLIENTS = 8
PREFER = "respond-async"


class Setting:
    """What a run needs: programs, sizes, a model."""

    def __init__(self, mlserve, folder, root, _python, quick, repeats):
        self.mlserve, self.folder = mlserve, folder
        self.here = root / "tests" / "bench"
        self.body = root / "data" / "passengers.json"
        self.repeats = 1 if quick else repeats
        self.seconds = 1 if quick else 4
        self.latencies = 20 if quick else 500
        self.queued = 200 if quick else 10_000
        self.model = folder / "model.json"
        run([mlserve, "train", root / "data" / "titanic.csv", "-o", self.model])

    def front(self, url):
        port = free_port()
        return Server("front", [self.mlserve, "serve", "-m", self.model, "--port", port,
                                "--workers", 0, "--store", url, "--log-level", "error",
                                "--max-queue", 1_000_000], port)

    @contextlib.contextmanager
    def worker(self, url):
        command = [self.mlserve, "worker", "--store", url, "--concurrency", 2,
                   "--log-level", "error"]
        process = subprocess.Popen(list(map(str, command)))
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


class SqliteStore:
    name = "SQLite"

    def __init__(self, folder):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="queue-", dir=folder))
        self.url = f"sqlite:{self.folder}/jobs.db"

    def bare_inserts(self, seconds):
        """A second, by one connection: SQLite has one writer at a time."""
        with contextlib.closing(sqlite3.connect(self.folder / "bare.db")) as database:
            database.isolation_level = None
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                              "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body TEXT)"):
                database.execute(statement)
            start, count = time.monotonic(), 0
            while time.monotonic() - start < seconds:
                database.execute("INSERT INTO bare (body) VALUES (?)", ("x" * 250,))
                count += 1
            return count / (time.monotonic() - start)

    def close(self):
        shutil.rmtree(self.folder)


class PostgresStore:
    name = "PostgreSQL"

    def __init__(self, folder):
        self.folder = folder
        self.cluster = Cluster(tempfile.mkdtemp(prefix="mlserve-pg-", dir="/tmp"))
        self.cluster.start()
        self.url = self.cluster.uri

    def bare_inserts(self, seconds):
        """A second, by as many clients as submit jobs."""
        programs = programs_folder()
        script = self.folder / "bare.sql"
        script.write_text(f"INSERT INTO bare (body) VALUES ('{'x' * 250}');\n", encoding="ascii")
        run([programs / "psql", "-q", self.url, "-c", "SET client_min_messages = warning",
             "-c", "CREATE TABLE IF NOT EXISTS bare (id BIGSERIAL PRIMARY KEY, body TEXT)"])
        done = run([programs / "pgbench", "-n", "-c", str(CLIENTS), "-T", str(seconds), "-M",
                    "prepared", "-f", script, self.url])
        for line in done.output.splitlines():
            if line.startswith("tps ="):
                return float(line.split()[2])
        raise SystemExit(f"bench: pgbench said {done.output}")

    def close(self):
        self.cluster.stop()


class Client:
    """One kept connection that speaks JSON."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path, body=None, **headers):
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 202):
            raise SystemExit(f"bench: {method} {path}: {answer.status} {text!r}")
        return json.loads(text)

    def submit(self, body):
        return self.ask("POST", "/predict", body, **{"Content-Type": "application/json",
                                                     "Prefer": PREFER})

    def is_open(self):
        """Whether any job has not ended."""
        return any(self.ask("GET", f"/jobs?status={status}&limit=1")["jobs"]
                   for status in ("queued", "running"))


def wrk(setting, port, *preference):
    done = run(["wrk", "-t2", f"-c{CLIENTS}", f"-d{setting.seconds}s", "--timeout", "30s",
                "--latency", "-s", setting.here / "predict.lua",
                f"http://127.0.0.1:{port}/predict", "--", setting.body, *preference])
    found = json.loads(done.output.splitlines()[-1])
    if found["bad_status"] or found["socket_errors"]:
        raise SystemExit(f"bench: {found}")
    return found


def milliseconds(job):
    created, started = (datetime.datetime.fromisoformat(job[name].replace("Z", "+00:00"))
                        for name in ("created_at", "started_at"))
    return (started - created).total_seconds() * 1e3


def measure_latency(setting, server):
    """ms from submit to start, by the database's clock, of one job at a time."""
    client, body, found = Client(server.port), setting.body.read_bytes(), []
    for _ in range(setting.latencies):
        job = client.submit(body)["id"]
        found.append(milliseconds(client.ask("GET", f"/jobs/{job}?wait=20")))
    found.sort()
    return statistics.median(found), found[int(len(found) * 0.99)]


def measure_throughput(setting, server):
    """Jobs a second from the first submit to the last end."""
    client = Client(server.port)
    start = time.monotonic()
    submitted = wrk(setting, server.port, PREFER)["requests"]
    while client.is_open():
        time.sleep(0.01)
    return submitted / (time.monotonic() - start)


def fill_queue(setting, server):
    body = setting.body.read_bytes()

    def submit_some(count):
        client = Client(server.port)
        for _ in range(count):
            client.submit(body)

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(submit_some, [setting.queued // CLIENTS] * CLIENTS))


def measure_store(setting, make_store):
    store = make_store(setting.folder)
    try:
        with setting.front(store.url) as server:
            with setting.worker(store.url):
                median, percentile = measure_latency(setting, server)
                rates, bare = [], []
                for _ in range(setting.repeats):
                    rates.append(measure_throughput(setting, server))
                    bare.append(store.bare_inserts(setting.seconds))
            # The same front in turn: first with an empty queue, then with a full one.
            without = [wrk(setting, server.port) for _ in range(setting.repeats)]
            fill_queue(setting, server)
            full = [wrk(setting, server.port) for _ in range(setting.repeats)]
    finally:
        store.close()
    rate, inserts = statistics.median(rates), statistics.median(bare)
    ratio = (statistics.median(each["requests"] for each in full)
             / statistics.median(each["requests"] for each in without))
    return {"name": store.name, "rate": rate, "inserts": inserts, "median": median,
            "percentile": percentile, "ratio": ratio}


def measure(setting):
    """The Markdown text, and the goals: (what, value, whether it is met)."""
    found = [measure_store(setting, make) for make in (SqliteStore, PostgresStore)]
    number = markdown.number
    text = ("**(e) Jobs** of four records each, from 8 clients through a front (`--workers 0`) and "
            "a worker that does two at a time, every step durable; beside them bare inserts of 250 "
            "bytes, one a transaction; and predictions of that front while "
            f"{setting.queued:,} jobs wait, of its predictions without; median of "
            f"{setting.repeats}.\n\n")
    text += markdown.table(
        ["store", "jobs/s", "bare inserts/s", "jobs an insert", "submit to start, median ms",
         "99th percentile ms", "predictions with a full queue"],
        [[each["name"], number(each["rate"]), number(each["inserts"]),
          number(each["rate"] / each["inserts"]), number(each["median"]),
          number(each["percentile"]), number(each["ratio"])] for each in found])
    goals = []
    for each in found:
        goals.append((f"{each['name']}: ms from submit to start, 99th percentile below 10",
                      each["percentile"], each["percentile"] < 10))
        goals.append((f"{each['name']}: predictions with a full queue, at least 0.9 of those "
                      "without", each["ratio"], each["ratio"] >= 0.9))
    return text, goals
