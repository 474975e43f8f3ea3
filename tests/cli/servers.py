"""Processes of the real binary that run until they are told to stop: servers and workers."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

from harness import PASSENGERS, binary


# What a service manager does between fork and exec: sockets from 3 on, and for whom they are.
ACTIVATE = """import os, sys
program, *sockets = sys.argv[1].split(",")
for place, copy in enumerate([os.dup(int(socket)) for socket in sockets], 3):
    os.dup2(copy, place)
    os.set_inheritable(place, True)
os.environ.update(LISTEN_FDS=str(len(sockets)), LISTEN_PID=str(os.getpid()))
os.execv(program, sys.argv[2:])"""


def free_port():
    """A port below those that the system gives to clients, which may take one of a server that is
    down for a moment."""
    for port in range(20000 + os.getpid() % 10000, 32768):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise AssertionError("no port is free")


class Process:
    """`mlserve ARGUMENT…` in `folder`. Its log is read all the time, so it never waits for us.
    Listening `sockets` are handed over as systemd does it."""

    def __init__(self, folder, *arguments, environment=None, sockets=(),
                 stderr=subprocess.STDOUT, **options):
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith("MLSERVE") and name != "PORT"}
        command, executable = ["mlserve", *map(str, arguments)], binary()
        descriptors = [given.fileno() for given in sockets]
        if sockets:
            given = ",".join([executable, *map(str, descriptors)])
            command, executable = [sys.executable, "-c", ACTIVATE, given, *command], None
        self.process = subprocess.Popen(
            command, executable=executable, cwd=folder, pass_fds=descriptors,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True,
            env={**inherited, **(environment or {})}, **options)
        self.lines = []
        self.read_to = 0
        self.ended = False
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, words, timeout=60):
        """The next line of the log that has these words; fails when the process ends before."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                while self.read_to < len(self.lines):
                    line = self.lines[self.read_to]
                    self.read_to += 1
                    if words in line:
                        return line
                if self.ended or not self.changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no '{words}' in the log: {self.log()}")

    def has_logged(self, pattern, timeout=60):
        """Whether the log has a match of the regular expression, or comes to have one."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or re.search(pattern, self.log()), timeout)
            return re.search(pattern, self.log()) is not None

    def log(self):
        return "".join(self.lines[-50:])

    def kill(self):
        """As kill -9."""
        self.process.kill()
        self._reap()

    def stop(self):
        """Exit code after SIGTERM."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self):
        code = self.process.wait(60)
        self.reader.join(10)
        self.process.stdout.close()
        return code


class Server(Process):
    """`mlserve serve`; ready when constructed."""

    def __init__(self, folder, *arguments, port="0", ready=" on http", **options):
        ports = ["--port", port] if port is not None else []
        super().__init__(folder, "serve", *ports, *arguments, **options)
        tcp = re.search(r"https?://\S+:(\d+)", self.first_line(ready))
        self.port = int(tcp.group(1)) if tcp else None

    def first_line(self, words):
        """What the log says when the server is ready, with these words."""
        return self.wait_for(words)

    def request(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def get_json(self, path):
        """The body of a GET that must be answered with 200."""
        status, _, body = self.request("GET", path)
        if status != 200:
            raise AssertionError(f"GET {path}: {status} {body!r}")
        return json.loads(body)

    def predict(self, body=PASSENGERS.read_bytes()):
        status, _, answer = self.request("POST", "/predict", body,
                                         {"Content-Type": "application/json"})
        return status, json.loads(answer)

    def submit(self, body=PASSENGERS.read_bytes(), path="/predict", **headers):
        """Makes a job, which must be taken; returns its id. Headers by name with underscores."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        status, _, answer = self.request(
            "POST", path, body, {"Content-Type": "application/json", "Prefer": "respond-async",
                                 **given})
        if status != 202:
            raise AssertionError(f"POST {path}: {status} {answer!r}")
        return json.loads(answer)["id"]

    def wait_for_job(self, job, timeout=60):
        """The job when it has ended."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = self.get_json(f"/jobs/{job}?wait=10")
            if found["status"] not in ("queued", "running"):
                return found
        raise AssertionError(f"job {job} has not ended: {found}")

    def all_jobs(self):
        """Every job, in the order of the queue."""
        jobs, cursor = [], ""
        while cursor is not None:
            page = self.get_json(f"/jobs?limit=1000{cursor}")
            jobs += page["jobs"]
            cursor = f"&cursor={page['next']}" if page["next"] else None
        return jobs[::-1]


class Worker(Process):
    """`mlserve worker`; at work when constructed."""

    def __init__(self, folder, *arguments, **options):
        super().__init__(folder, "worker", *arguments, **options)
        self.wait_for("working on jobs")
