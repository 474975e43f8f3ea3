"""A body far larger than memory may be: predicted and trained on by jobs, in bounded memory."""

import argparse
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "cli"), str(ROOT / "tests" / "support")]
from harness import TITANIC, binary  # noqa: E402
from postgres_cluster import Cluster  # noqa: E402
from servers import Server, Worker  # noqa: E402

LIMIT_MIB = 128


def peak_mib(pid):
    """The most memory that a process has had so far."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"soak: process {pid} is gone")


def write_rows(path, size):
    """A CSV file of at least `size` bytes: the Titanic rows over and over. Returns its rows."""
    header, *lines = TITANIC.read_bytes().splitlines(keepends=True)
    block = b"".join(line if line.endswith(b"\n") else line + b"\n" for line in lines)
    copies = -(-size // len(block))
    with path.open("wb") as file:
        file.write(header)
        for _ in range(copies):
            file.write(block)
    return copies * len(lines)


def send(server, path, csv, headers):
    """A streamed POST of the file that must make a job; returns its id."""
    with csv.open("rb") as body:
        status, _, answer = server.request(
            "POST", path, body, {"Content-Type": "text/csv", "Content-Length":
                                 str(csv.stat().st_size), **headers}, timeout=600)
    if status != 202:
        raise SystemExit(f"soak: {path} answered {status} {answer!r}")
    return json.loads(answer)["id"]


def count_lines(server, path):
    """Lines of a streamed answer, never held whole."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request("GET", path, headers={"Accept": "application/x-ndjson"})
    answer = connection.getresponse()
    lines = 0
    while piece := answer.read(1 << 20):
        lines += piece.count(b"\n")
    connection.close()
    return lines


def report(what, seconds, **peaks):
    memory = ", ".join(f"{name} {peak:.0f} MiB" for name, peak in peaks.items())
    print(f"  {what}: {seconds:.1f} s; peak memory {memory}", flush=True)


def predict(server, worker, csv, rows):
    start = time.monotonic()
    job = send(server, "/predict", csv, {"Prefer": "respond-async"})
    report("body taken", time.monotonic() - start, serve=peak_mib(server.process.pid))
    done = server.wait_for_job(job, timeout=3600)
    if done["status"] != "succeeded" or done["summary"]["rows"] != rows:
        raise SystemExit(f"soak: {done}")
    report("predicted", time.monotonic() - start, worker=peak_mib(worker.process.pid))
    lines = count_lines(server, f"/jobs/{job}/result")
    if lines != rows:
        raise SystemExit(f"soak: {lines} predictions of {rows} rows")
    peaks = {"serve": peak_mib(server.process.pid), "worker": peak_mib(worker.process.pid)}
    report(f"result of {rows:,} rows read", time.monotonic() - start, **peaks)
    for name, peak in peaks.items():
        if peak > LIMIT_MIB:
            raise SystemExit(f"soak: {name} took {peak:.0f} MiB, more than {LIMIT_MIB}")


def train(server, worker, csv):
    command = subprocess.Popen([binary(), "train", csv, "--threads", "1", "-o", "alone.json"],
                               cwd=csv.parent, stdout=subprocess.DEVNULL)
    alone = 0
    while command.poll() is None:
        try:
            alone = max(alone, peak_mib(command.pid))
        except (SystemExit, FileNotFoundError):
            break
        time.sleep(0.02)
    start = time.monotonic()
    job = send(server, "/models/large", csv, {})
    done = server.wait_for_job(job, timeout=3600)
    if done["status"] != "succeeded":
        raise SystemExit(f"soak: {done}")
    peak = peak_mib(worker.process.pid)
    report("trained", time.monotonic() - start, worker=peak, command=alone,
           serve=peak_mib(server.process.pid))
    if peak > alone * 1.1 + 32:
        raise SystemExit(f"soak: a train job took {peak:.0f} MiB, `mlserve train` {alone:.0f}")


def run(kind, size):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mlserve-soak-"))
    cluster = Cluster(tempfile.mkdtemp(prefix="mlserve-pg-", dir="/tmp"))
    processes = []
    try:
        url = f"sqlite:{folder}/jobs.db"
        if kind == "postgresql":
            cluster.start()
            url = cluster.uri
        subprocess.run([binary(), "train", TITANIC], cwd=folder, check=True, capture_output=True)
        csv = folder / "rows.csv"
        rows = write_rows(csv, size)
        print(f"{kind}: {csv.stat().st_size:,} bytes, {rows:,} rows", flush=True)
        store = ("--store", url)
        processes.append(Server(folder, "--workers", 0, "--allow-training", *store,
                                "-m", "model.json"))
        processes.append(Worker(folder, *store))
        predict(*processes, csv, rows)
        processes.append(Worker(folder, *store))  # a fresh one: its peak is the training's
        processes.pop(1).stop()
        train(*processes, csv)
    finally:
        for process in processes:
            process.stop()
        cluster.stop()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=10**9)
    parser.add_argument("--store", action="append", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    for kind in options.store or ["sqlite", "postgresql"]:
        run(kind, options.bytes)


if __name__ == "__main__":
    main()
