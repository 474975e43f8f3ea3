"""Full load for minutes while the models are replaced every second: no error, nothing that grows.

    serving.py [--seconds 600] [--connections 64] [--check-memory]

wrk asks the native route; beside it one client at a time asks each other protocol, metrics and the
document of the interface; every second a model file is replaced by rename. Every answer to the slow
clients must be that of one of the two models. With --check-memory, resident memory after the first
minute may not grow by more than a hundredth, and no descriptor may be left over in the end.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "cli"), str(ROOT / "tests" / "bench")]
from harness import PASSENGERS, TITANIC, binary  # noqa: E402
from protocols import bodies, predictions  # noqa: E402
from servers import Server  # noqa: E402

GROWTH = 0.01
SETTLE_SECONDS = 60


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    raise SystemExit(f"soak: process {pid} is gone")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def settled(measure, wanted, seconds=30):
    """Waits until `measure` gives at most `wanted`, for a bounded time; what it gave last."""
    deadline = time.monotonic() + seconds
    while (found := measure()) > wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


class Reloads(threading.Thread):
    """Puts one model, then the other, in the place of the served file, once a second."""

    def __init__(self, served, texts):
        super().__init__(daemon=True)
        self.served, self.texts = served, texts
        self.count, self.over = 0, threading.Event()

    def run(self):
        while not self.over.wait(1.0):
            fresh = self.served.with_name(".next.json")
            fresh.write_bytes(self.texts[self.count % len(self.texts)])
            fresh.rename(self.served)
            self.count += 1


class Askers(threading.Thread):
    """One request after another by every protocol; the first that is answered wrongly is kept."""

    def __init__(self, server, answers):
        super().__init__(daemon=True)
        self.server, self.answers = server, answers
        self.count, self.failure, self.over = 0, None, threading.Event()

    def run(self):
        try:
            while not self.over.is_set():
                self.ask_all()
        except Exception as error:  # whatever it is, it is the finding  # noqa: BLE001
            self.failure = f"{type(error).__name__}: {error}"

    def ask_all(self):
        records = json.loads(PASSENGERS.read_bytes())
        for name, (path, body) in bodies(records).items():
            status, _, text = self.server.request(
                "POST", path, json.dumps(body), {"Content-Type": "application/json"})
            if status != 200 or predictions(json.loads(text)) not in self.answers:
                raise AssertionError(f"{name}: {status} {text!r}")
            self.count += 1
        for path in ("/metrics", "/openapi.json", "/readyz?verbose", "/models"):
            status, _, text = self.server.request("GET", path)
            if status != 200:
                raise AssertionError(f"{path}: {status} {text!r}")
            self.count += 1


def start_load(port, connections, seconds):
    return subprocess.Popen(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s",
         ROOT / "tests" / "bench" / "predict.lua", f"http://127.0.0.1:{port}/predict", "--",
         PASSENGERS], stdout=subprocess.PIPE, text=True)


def watch(load, pid, seconds):
    """Resident KiB once a second until the load is over."""
    found = []
    while load.poll() is None:
        time.sleep(1)
        if load.poll() is None:
            found.append(resident_kib(pid))
            if len(found) % 60 == 0:
                print(f"  {len(found)} of {seconds} s: {found[-1] / 1024:.1f} MiB", flush=True)
    return found


def check(load, reloads, askers, server):
    result = json.loads(load.stdout.read().splitlines()[-1])
    print(f"  {result['requests']:,} requests, {askers.count:,} by other protocols, "
          f"{reloads.count} reloads", flush=True)
    if load.returncode or result["bad_status"] or result["socket_errors"] or result["timeouts"]:
        raise SystemExit(f"soak: {result}")
    if askers.failure:
        raise SystemExit(f"soak: {askers.failure}")
    if not reloads.count or not askers.count:
        raise SystemExit("soak: nothing was reloaded, or nothing asked")
    if "mlserve: error" in server.log() or "ThreadSanitizer" in server.log():
        raise SystemExit(f"soak: {server.log()}")


def check_memory(resident):
    if len(resident) <= SETTLE_SECONDS:
        raise SystemExit(f"soak: memory is judged after {SETTLE_SECONDS} s")
    before, after = max(resident[:SETTLE_SECONDS]), max(resident[SETTLE_SECONDS:])
    print(f"  most memory: {before / 1024:.2f} MiB in the first minute, {after / 1024:.2f} after it")
    if after > before * (1 + GROWTH):
        raise SystemExit("soak: memory grows")


def run(options, folder):
    for name, threshold in {"a": "0.5", "b": "0.99"}.items():
        subprocess.run([binary(), "train", TITANIC, "--threshold", threshold, "-o",
                        f"{name}.json"], cwd=folder, check=True, capture_output=True)
    texts = [(folder / f"{name}.json").read_bytes() for name in "ba"]
    answers = [json.loads(subprocess.run([binary(), "predict", PASSENGERS, "-m", f"{name}.json"],
                                         cwd=folder, check=True, capture_output=True).stdout)
               ["prediction"] for name in "ab"]
    models = folder / "models"
    models.mkdir()
    (models / "model.json").write_bytes(texts[1])
    server = Server(folder, "--models", models)
    try:
        server.predict()
        before = descriptors(server.process.pid)
        reloads, askers = Reloads(models / "model.json", texts), Askers(server, answers)
        load = start_load(server.port, options.connections, options.seconds)
        reloads.start()
        askers.start()
        resident = watch(load, server.process.pid, options.seconds)
        for thread in (reloads, askers):
            thread.over.set()
            thread.join(60)
        check(load, reloads, askers, server)
        if options.check_memory:
            check_memory(resident)
            left = settled(lambda: descriptors(server.process.pid), before)
            print(f"  descriptors: {before} before, {left} after")
            if left > before:
                raise SystemExit("soak: descriptors are left over")
    finally:
        if server.stop() != 0:
            raise SystemExit(f"soak: the server did not end well: {server.log()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--check-memory", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mlserve-soak-"))
    try:
        run(options, folder)
        print("soak: passed")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
