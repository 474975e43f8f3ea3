"""Restarts of the real binary under load that nobody notices: by socket activation alone, and of
two servers behind nginx."""

import http.client
import json
import pathlib
import shutil
import socket
import subprocess
import threading
import unittest

from harness import PASSENGERS, ROOT, CliTestCase
from servers import Server, free_port

RESTARTS = 20
CLIENTS = 8
# Answers that clients must have had between two restarts, so that each one is under load.
ANSWERS_EACH = 100
EXPECTED = {"prediction": [0, 1, 0, 0]}
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")


class Load:
    """Clients that ask without a pause, on connections that they keep as long as they may, and
    never try again: what fails is lost."""

    def __init__(self, port):
        self.port = port
        self.changed = threading.Condition()
        self.answered = 0
        self.connected = 0
        self.lost = []
        self.done = False
        self.threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _ask(self):
        body = PASSENGERS.read_bytes()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.done:
            new = connection.sock is None
            try:
                connection.request("POST", "/predict", body)
                answer = connection.getresponse()
                status, text = answer.status, answer.read()
                fault = None if status == 200 and json.loads(text) == EXPECTED else (status, text)
            except (OSError, http.client.HTTPException) as error:
                fault = repr(error)
                connection.close()
            with self.changed:
                self.answered += 1
                self.connected += new
                if fault:
                    self.lost.append(fault)
                self.changed.notify_all()
        connection.close()

    def wait_for_answers(self):
        """Until every client can have had several more, or one has lost a request."""
        with self.changed:
            wanted = self.answered + ANSWERS_EACH
            enough = self.changed.wait_for(lambda: self.answered >= wanted or self.lost, 60)
        if not enough:
            raise AssertionError(f"no answers: {self.answered} of {wanted}")

    def end(self):
        self.done = True
        for thread in self.threads:
            thread.join(120)


class Restarts(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def serve(self, **options):
        server = Server(self.folder, "--workers", 0, **options)
        self.addCleanup(server.stop)
        return server

    def load(self, port):
        load = Load(port)
        self.addCleanup(load.end)
        return load

    def assert_nothing_lost(self, load):
        load.end()
        self.assertEqual(load.lost, [])
        self.assertGreaterEqual(load.answered, RESTARTS * ANSWERS_EACH)
        # The load was one of kept connections.
        self.assertLess(load.connected, load.answered / 2)

    def stop(self, server):
        self.assertEqual(server.stop(), 0, server.log())

    def test_by_socket_activation(self):
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as manager:
            server = self.serve(port=None, sockets=[manager])
            load = self.load(manager.getsockname()[1])
            for restart in range(RESTARTS):
                load.wait_for_answers()
                if restart % 2:  # as `systemctl restart`: clients wait in the socket meanwhile
                    self.stop(server)
                    server = self.serve(port=None, sockets=[manager])
                else:
                    successor = self.serve(port=None, sockets=[manager])
                    self.stop(server)
                    server = successor
            load.wait_for_answers()
            self.assert_nothing_lost(load)
            self.stop(server)

    def test_of_two_servers_behind_nginx(self):
        if not NGINX:
            self.fail("nginx is missing; scripts/test installs it")
        servers = []
        for _ in range(2):
            servers.append(self.serve(port=free_port()))
        port = self.start_nginx([server.port for server in servers])
        load = self.load(port)
        for restart in range(RESTARTS):
            load.wait_for_answers()
            one = restart % 2
            self.stop(servers[one])
            load.wait_for_answers()
            servers[one] = self.serve(port=servers[one].port)
        load.wait_for_answers()
        self.assert_nothing_lost(load)
        for server in servers:
            self.stop(server)

    def start_nginx(self, ports):
        """nginx by the configuration that we advise, before servers at these ports."""
        port = free_port()
        config = (ROOT / "scripts/deploy/nginx.conf").read_text()
        for name, value in (("127.0.0.1:12345", f"127.0.0.1:{ports[0]}"),
                            ("127.0.0.1:12346", f"127.0.0.1:{ports[1]}"),
                            ("listen 80;", f"listen 127.0.0.1:{port};")):
            self.assertIn(name, config)
            config = config.replace(name, value)
        paths = "".join(f"{name} {self.folder}/{name};\n" for name in (
            "client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path",
            "scgi_temp_path"))
        self.write("nginx.conf", f"daemon off;\npid {self.folder}/nginx.pid;\nevents {{}}\n"
                                 f"http {{\naccess_log off;\n{paths}{config}\n}}\n")
        nginx = subprocess.Popen([NGINX, "-c", self.folder / "nginx.conf", "-p", self.folder,
                                  "-e", self.folder / "nginx.log"])
        self.addCleanup(nginx.wait, 60)
        self.addCleanup(nginx.terminate)
        self.wait_until_it_listens(nginx, port)
        return port

    def wait_until_it_listens(self, nginx, port):
        while nginx.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 60).close()
                return
            except ConnectionRefusedError:
                pass
        log = pathlib.Path(self.folder, "nginx.log").read_text()
        self.fail(f"nginx has ended: {log}")


if __name__ == "__main__":
    unittest.main()
