"""A load client that looks at every single connection.

    fairness.py PORT BODY.json [--connections 1000] [--idle 0] [--seconds 5]

Opens the connections (keep-alive), keeps one POST /predict under way on each of them, and prints
one line of JSON: answers a second, the fewest answers that any connection got in a second, the
longest wait for an answer. --idle opens so many more that never send anything; with
`--connections 1` it shows what they cost one busy client. Needs only python3's standard library.
"""

import argparse
import contextlib
import json
import pathlib
import resource
import select
import socket
import time


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port, request):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.received = b""
        self.sent_at = 0.0
        self.waits = []       # seconds that each answer took
        self.answered_at = []

    def send(self, now):
        self.sent_at = now
        self.socket.sendall(self.request)

    def receive(self):
        """Reads what is there; true when an answer is complete."""
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("fairness.py: the server closed a connection")
        self.received += data
        return self.answer_is_complete()

    def answer_is_complete(self):
        header, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return False
        status, *lines = header.lower().split(b"\r\n")
        if b" 200 " not in status + b" ":
            raise SystemExit(f"fairness.py: {status.decode()}")
        lengths = [line[15:] for line in lines if line.startswith(b"content-length:")]
        if not lengths:
            raise SystemExit("fairness.py: an answer without Content-Length")
        return len(body) >= int(lengths[0])

    def finish(self, now):
        self.received = b""
        self.waits.append(now - self.sent_at)
        self.answered_at.append(now)


def make_request(body):
    return (b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)) + body


def drive(connections, seconds):
    """Keeps one request under way on each connection; returns start and end by time.monotonic."""
    poller = select.epoll()
    by_descriptor = {connection.socket.fileno(): connection for connection in connections}
    for descriptor in by_descriptor:
        poller.register(descriptor, select.EPOLLIN)
    start = time.monotonic()
    for connection in connections:
        connection.send(start)
    end = start + seconds
    now = start
    while now < end:
        events = poller.poll(end - now)
        for descriptor, _ in events:
            connection = by_descriptor[descriptor]
            if connection.receive():
                now = time.monotonic()
                connection.finish(now)
                connection.send(now)
        now = time.monotonic()
    poller.close()
    return start, now


def least_in_a_second(connections, start, end):
    """The fewest answers that one connection got in one of the whole seconds of the run."""
    least = None
    for connection in connections:
        counts = [0] * max(1, int(end - start))
        for at in connection.answered_at:
            second = int(at - start)
            if second < len(counts):
                counts[second] += 1
        least = min(counts) if least is None else min(least, *counts)
    return least


def longest_wait(connections, end):
    """Also counts the requests that were still unanswered at the end."""
    return max(max([*connection.waits, end - connection.sent_at]) for connection in connections)


def percentile_ms(waits, share):
    """Of sorted seconds; None when there was no answer at all."""
    return waits[int(share * (len(waits) - 1))] * 1e3 if waits else None


def raise_descriptor_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("body", type=pathlib.Path)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    raise_descriptor_limit(options.connections + options.idle + 100)
    request = make_request(options.body.read_bytes())
    with contextlib.ExitStack() as stack:
        idle = [Connection(options.port, request) for _ in range(options.idle)]
        busy = [Connection(options.port, request) for _ in range(options.connections)]
        for connection in idle + busy:
            stack.callback(connection.socket.close)
        start, end = drive(busy, options.seconds)
    waits = sorted(wait for connection in busy for wait in connection.waits)
    print(json.dumps({
        "connections": options.connections,
        "idle": options.idle,
        "answers_per_second": len(waits) / (end - start),
        "least_in_a_second": least_in_a_second(busy, start, end),
        "never_answered": sum(not connection.waits for connection in busy),
        "p50_ms": percentile_ms(waits, 0.50),
        "p99_ms": percentile_ms(waits, 0.99),
        "longest_wait_ms": longest_wait(busy, end) * 1e3,
    }))


if __name__ == "__main__":
    main()
