#!/usr/bin/python3
"""What metrics cost: instructions of a request with one record, counted by valgrind's callgrind.

    metrics_cost.py --mlserve PATH [--requests N] [--check]

The server runs with and without --no-metrics; each time twice, with few and with many requests, so
that what is not such a request cancels out. What counts is a worker's turn with a connection, from
the first byte that it reads to the last that it sends: not the system's part, nor what goes on
beside the requests, which takes as long as the machine lets it.
--check fails when the metrics take 3 % or more.
"""

import argparse
import pathlib
import re
import socket
import sys
import tempfile

from processes import Server, free_port, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
BODY = b'[{"Age": 24, "Sex": "female", "Embarked": "S"}]'
TURN = "mlserve::server::Connection::advance*"
LIMIT = 0.03


class SlowServer(Server):
    """Under valgrind all takes its time."""
    patience = 300


def post_all(port, requests):
    """One request after the other, each sent in one piece, so that it takes one turn."""
    request = (b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY))
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        answers = client.makefile("rb")
        for _ in range(requests):
            client.sendall(request)
            status = answers.readline()
            if status.split()[1] != b"200":
                raise SystemExit(f"metrics_cost: {status!r}")
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)


def instructions(mlserve, folder, requests, options):
    """Of all turns in a server's life."""
    profile = folder / "profile"
    port = free_port()
    command = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={profile}",
               f"--toggle-collect={TURN}", mlserve, "serve", "-m", folder / "model.json",
               "--port", port, "--threads", 1, "--workers", 0, *options]
    with SlowServer("mlserve", command, port):
        post_all(port, requests)
    counted = int(re.search(r"^totals: (\d+)$", profile.read_text(), re.MULTILINE).group(1))
    if counted == 0:
        raise SystemExit(f"metrics_cost: {mlserve} has no function {TURN}, or no symbols")
    return counted


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
