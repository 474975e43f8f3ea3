#!/usr/bin/python3
"""What metrics cost: instructions of a request with one record, counted by valgrind's callgrind.

    metrics_cost.py --mlserve PATH [--requests N] [--check]

The server runs with one thread, with metrics and with --no-metrics; each time twice, with few and
with many requests, so that what is not a request cancels out. Instructions of the process alone
count, not those of the system for it; they hardly depend on what else the machine does.
--check fails when the metrics take 3 % or more.
"""

import argparse
import http.client
import pathlib
import re
import subprocess
import sys
import tempfile

from processes import Server, free_port, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
BODY = b'[{"Age": 24, "Sex": "female", "Embarked": "S"}]'
LIMIT = 0.03


def post_all(port, requests):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(requests):
        connection.request("POST", "/predict", BODY, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"metrics_cost: {answer.status} {answer.read()!r}")
        answer.read()
    connection.close()


def instructions(mlserve, folder, requests, options):
    """Of a whole life of the server."""
    profile = folder / "profile"
    port = free_port()
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", mlserve, "serve",
               "-m", folder / "model.json", "--port", port, "--threads", 1, "--workers", 0, *options]
    with Server("mlserve", command, port):
        post_all(port, requests)
    return int(re.search(r"^totals: (\d+)$", profile.read_text(), re.MULTILINE).group(1))


def of_a_request(mlserve, folder, requests, options):
    few = requests // 10
    most = instructions(mlserve, folder, requests, options)
    return (most - instructions(mlserve, folder, few, options)) / (requests - few)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlserve", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--check", action="store_true", help=f"fail from {LIMIT:.0%} on")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mlserve-cost-") as name:
        folder = pathlib.Path(name)
        run([given.mlserve, "train", ROOT / "data" / "titanic.csv", "-o", folder / "model.json"])
        without = of_a_request(given.mlserve, folder, given.requests, ["--no-metrics"])
        with_metrics = of_a_request(given.mlserve, folder, given.requests, [])
    share = with_metrics / without - 1
    print(f"instructions of a request without metrics: {without:,.0f}, with: {with_metrics:,.0f}, "
          f"more by {share:.2%}")
    return 1 if given.check and share >= LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
