"""Clients that send a byte now and then, for as long as the benchmark runs.

    slow_senders.py PORT [--connections 1000] [--every 1.0]

A third of them stops in the middle of a head, a third in the middle of a small body, a third in the
middle of a large one; each sends one byte more every so often. One that the server has cut off comes
again. Prints "ready" when all are connected, and runs until its standard input is closed.
"""

import argparse
import select
import socket
import sys
import time

from fairness import raise_descriptor_limit

BEGINNINGS = [
    b"POST /predict HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Content-Length: 60000\r\n\r\n[",
    b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Content-Length: 30000000\r\n\r\n[",
]


class SlowSender:
    def __init__(self, port, beginning):
        self.port, self.beginning, self.socket = port, beginning, None

    def step(self):
        """One byte more, or a new connection when the last one is over."""
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                self.socket.sendall(self.beginning)
                self.socket.setblocking(False)
                return
            self.socket.send(b" ")
        except BlockingIOError:
            pass
        except OSError:
            if self.socket is not None:
                self.socket.close()
            self.socket = None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--every", type=float, default=1.0)
    options = parser.parse_args()
    raise_descriptor_limit(options.connections + 100)
    senders = [SlowSender(options.port, BEGINNINGS[i % len(BEGINNINGS)])
               for i in range(options.connections)]
    for sender in senders:
        sender.step()
    print("ready", flush=True)
    pause = options.every / len(senders)
    while True:  # evenly, not in bursts
        for sender in senders:
            sender.step()
            if select.select([sys.stdin], [], [], pause)[0]:
                return


if __name__ == "__main__":
    main()
