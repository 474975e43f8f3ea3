"""Starting, measuring and stopping the programs of the benchmark."""

import contextlib
import dataclasses
import http.client
import os
import pathlib
import random
import signal
import socket
import ssl
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    """A port below the range from which the system takes ports of outgoing connections."""
    for port in random.sample(range(15000, 32000), 50):
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise SystemExit("bench: no free port")


@dataclasses.dataclass
class Run:
    """What a program that has ended took."""
    seconds: float
    peak_mib: float
    output: str


def run(command, environment=None, errors=None):
    """Runs a program to its end; `errors` is a file for its stderr. The peak is no smaller than this small process of ours, from
    which Linux lets a child's count begin."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors,
                          env=environment) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"bench: exit {process.returncode} from {' '.join(map(str, command))}")
    return Run(seconds, usage.ru_maxrss / 1024, output.decode())


class Server:
    """A server that runs until the end of its `with` block, ready when the block begins."""

    patience = 30  # seconds until it is ready, and until it has ended

    def __init__(self, name, command, port, environment=None, folder=None, scheme="http"):
        self.name, self.command, self.port = name, [str(word) for word in command], port
        self.environment, self.folder, self.scheme = environment, folder, scheme
        self.process = None
        self.ready_ms = 0.0  # from exec to the first answer of /readyz

    def __enter__(self):
        start = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **(self.environment or {})}, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while not self.is_ready():
            if self.process.poll() is not None:
                raise SystemExit(f"bench: {self.name} ended with {self.process.returncode}")
            if time.monotonic() - start > self.patience:
                self.stop()
                raise SystemExit(f"bench: {self.name} is not ready after "
                                 f"{self.patience} s")
            time.sleep(0.0005)
        self.ready_ms = (time.monotonic() - start) * 1e3
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            for pid in self.pids():
                os.kill(pid, signal.SIGKILL)
            self.process.wait()

    def connect(self):
        """A new connection; with TLS, whatever the certificate says."""
        if self.scheme == "http":
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)

    def is_ready(self):
        connection = self.connect()
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def post(self, path, body):
        """(status, body) of one POST of JSON."""
        connection = self.connect()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def pids(self):
        """The server's process and its descendants."""
        found = [self.process.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                    found += map(int, (task / "children").read_text().split())
        return found

    def cpu_seconds(self):
        total = 0
        for pid in self.pids():
            # The name in parentheses may hold blanks: count fields behind it.
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])  # utime, stime
        return total / TICKS

    def resident_mib(self):
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total / 1024
