"""Where the real binary listens, by TLS too, and what it tells the service manager."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import unittest

from harness import NOT_USABLE, PASSENGERS, UNREACHABLE, USAGE, CliTestCase, binary
from servers import Process, Server, free_port

ACTIVATE = shutil.which("systemd-socket-activate")
ANSWER = {"prediction": [0, 1, 0, 0]}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def predict(connection):
    connection.request("POST", "/predict", PASSENGERS.read_bytes())
    return json.loads(connection.getresponse().read())


def ask(connection, path, method="GET"):
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.getheader("Connection")


class ListenTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def kept(self, connection):
        """The connection, closed in the end."""
        self.addCleanup(connection.close)
        return connection

    def local(self, name):
        return self.kept(UnixConnection(self.folder / name))

    def serve(self, *arguments, **options):
        server = Server(self.folder, *arguments, **options)
        self.addCleanup(server.stop)
        return server

    def make_certificate(self, name="localhost"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", f"/CN={name}",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", "key.pem", "-out", "cert.pem"],
            cwd=self.folder, capture_output=True, check=True)
        return ["--tls-cert", "cert.pem", "--tls-key", "key.pem"]


class Tls(ListenTestCase):
    def connect(self, server):
        trusted = ssl.create_default_context(cafile=self.folder / "cert.pem")
        return self.kept(http.client.HTTPSConnection("127.0.0.1", server.port, timeout=60,
                                                     context=trusted))

    def curl(self, server, *arguments, body=b""):
        return subprocess.run(
            ["curl", "-sS", "--cacert", "cert.pem", "--max-time", "60", *arguments,
             f"https://localhost:{server.port}/predict"],
            cwd=self.folder, input=body, capture_output=True, check=False)

    def test_answers_curl_and_python_of_all_versions_that_are_good(self):
        server = self.serve(*self.make_certificate())
        connection = self.connect(server)
        for _ in range(3):
            self.assertEqual(predict(connection), ANSWER)
        for version in ("--tlsv1.2", "--tlsv1.3"):
            done = self.curl(server, version, "--json", f"@{PASSENGERS}")
            self.assertEqual(json.loads(done.stdout), ANSWER, done.stderr)
        old = self.curl(server, "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0")
        self.assertEqual((old.returncode, old.stdout), (35, b""), old.stderr)

    def test_large_bodies_pass_both_ways(self):
        server = self.serve(*self.make_certificate(), "--sync-limit", 1_000_000,
                            "--max-body-bytes", 100_000_000)
        rows = 200_000
        body = b"Age,Sex,Embarked\n" + b"30,male,S\n41,female,C\n" * (rows // 2)
        done = self.curl(server, "-H", "Content-Type: text/csv", "--data-binary", "@-",
                         body=body)
        self.assertEqual(len(json.loads(done.stdout)["prediction"]), rows, done.stderr)

    def test_a_client_without_tls_is_not_kept_waiting(self):
        server = self.serve(*self.make_certificate())
        with self.assertRaises((http.client.HTTPException, OSError)):
            server.request("GET", "/livez")
        self.assertEqual(predict(self.connect(server)), ANSWER)

    def test_sighup_takes_a_new_certificate_and_keeps_the_old_one_for_a_bad_one(self):
        server = self.serve(*self.make_certificate("first"))

        def name_served():
            pem = ssl.get_server_certificate(("127.0.0.1", server.port))
            text = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem.encode(),
                                  capture_output=True, check=True).stdout
            return text.decode().rpartition("=")[2].strip()

        kept = self.connect(server)
        self.assertEqual(predict(kept), ANSWER)
        self.make_certificate("second")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("certificate read again")
        self.assertEqual(name_served(), "second")
        self.assertEqual(predict(kept), ANSWER)
        self.write("cert.pem", "damaged")
        server.process.send_signal(signal.SIGHUP)
        self.assertIn("cert.pem", server.wait_for("certificate not read again"))
        self.assertEqual(name_served(), "second")

    def test_files_that_do_not_fit_are_errors(self):
        options = self.make_certificate()
        for alone in (options[:2], options[2:]):
            result = self.run_mlserve("serve", "--port", 0, *alone)
            self.assert_fails(result, USAGE, "", "--tls-")
        first = self.read("key.pem")
        self.make_certificate()
        self.write("key.pem", first)
        result = self.run_mlserve("serve", "--port", 0, *options)
        self.assert_fails(result, NOT_USABLE, "key.pem", "cert.pem")
        (self.folder / "cert.pem").unlink()
        result = self.run_mlserve("serve", "--port", 0, *options)
        self.assert_fails(result, NOT_USABLE, ".*cert.pem")

    def test_with_tls_others_may_reach_it(self):
        server = self.serve("--host", "0.0.0.0", *self.make_certificate())
        self.assertEqual(predict(self.connect(server)), ANSWER)


class UnixSocket(ListenTestCase):
    def serve_there(self, *arguments):
        server = self.serve("--unix", "api.sock", *arguments, port=None, ready=" on unix:")
        self.assertIsNone(server.port)
        return server

    def test_serves_there_instead_of_tcp(self):
        server = self.serve_there()
        file = self.folder / "api.sock"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o660)
        self.assertEqual(predict(self.local("api.sock")), ANSWER)
        self.assertEqual(ask(self.local("api.sock"), "/jobs")[0], 200)  # a client of this machine
        result = self.run_mlserve("serve", "--unix", "api.sock")
        self.assert_fails(result, UNREACHABLE, ".*api.sock")
        self.assertEqual(predict(self.local("api.sock")), ANSWER)
        self.assertEqual(server.stop(), 0)
        self.assertFalse(file.exists())

    def test_takes_the_place_of_one_that_was_killed(self):
        self.serve_there().kill()
        self.assertTrue((self.folder / "api.sock").exists())
        self.serve_there("--unix-mode", "600")
        self.assertEqual(stat.S_IMODE((self.folder / "api.sock").stat().st_mode), 0o600)
        self.assertEqual(predict(self.local("api.sock")), ANSWER)

    def test_serves_at_a_port_too_when_one_is_named(self):
        server = self.serve("--unix", "api.sock")
        self.assertEqual(server.predict(), (200, ANSWER))
        self.assertEqual(predict(self.local("api.sock")), ANSWER)

    def test_options_that_make_no_sense_are_errors(self):
        for wrong in ("rw", "888", "7777"):
            result = self.run_mlserve("serve", "--unix", "a.sock", "--unix-mode", wrong)
            self.assert_fails(result, USAGE, "", "--unix-mode")
        result = self.run_mlserve("serve", "--unix", "x" * 200)
        self.assert_fails(result, USAGE, "x")


class Activation(ListenTestCase):
    def test_serves_at_all_sockets_it_is_given(self):
        local = socket.socket(socket.AF_UNIX)
        self.addCleanup(local.close)
        local.bind(str(self.folder / "given.sock"))
        local.listen()
        with socket.create_server(("127.0.0.1", 0)) as tcp:
            server = self.serve(port=None, sockets=[tcp, local])
            self.assertEqual(server.port, tcp.getsockname()[1])
            self.assertEqual(server.predict(), (200, ANSWER))
            self.assertEqual(predict(self.local("given.sock")), ANSWER)
            self.assertEqual(server.stop(), 0)
        self.assertTrue((self.folder / "given.sock").exists())

    @unittest.skipUnless(ACTIVATE, "systemd's tools are not here")
    def test_serves_when_systemd_has_seen_its_first_client(self):
        port = free_port()
        with subprocess.Popen([ACTIVATE, "-l", f"127.0.0.1:{port}", binary(), "serve"],
                              cwd=self.folder, stderr=subprocess.PIPE, text=True) as process:
            self.addCleanup(process.wait, 60)
            self.addCleanup(process.terminate)
            self.assertIn(f":{port}", process.stderr.readline())
            for _ in range(2):
                connection = self.kept(http.client.HTTPConnection("127.0.0.1", port, timeout=60))
                self.assertEqual(predict(connection), ANSWER)
            process.terminate()
            self.assertIn("stopping", process.stderr.read())

    def test_sockets_for_another_process_are_left_alone(self):
        server = self.serve(environment={"LISTEN_FDS": "3", "LISTEN_PID": "1"})
        self.assertEqual(server.predict(), (200, ANSWER))

    def test_a_socket_that_others_reach_wants_a_word(self):
        with socket.create_server(("0.0.0.0", 0)) as everywhere:
            for flags in (["--insecure"], self.make_certificate()):
                self.assertEqual(self.serve(*flags, port=None, sockets=[everywhere]).stop(), 0)
            self.assert_refuses(everywhere, "--insecure")

    def test_what_is_no_socket_is_an_error(self):
        with (self.folder / "model.json").open() as file:
            self.assert_refuses(file, "descriptor 3 is no socket")

    def assert_refuses(self, given, words):
        process = Process(self.folder, "serve", sockets=[given])
        self.addCleanup(process.stop)
        self.assertEqual(process.process.wait(60), USAGE)
        self.assertTrue(process.has_logged(words), process.log())


class Manager(ListenTestCase):
    """The service manager's end of the socket."""

    def listen(self, name):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.settimeout(60)
        manager.bind(name)
        return manager

    def expect(self, manager, *words):
        """The next message but those of the watchdog, which has these lines."""
        message = "WATCHDOG=1"
        while message == "WATCHDOG=1":
            message = manager.recv(4096).decode()
        for word in words:
            self.assertRegex(message, re.compile(f"^{word}", re.MULTILINE))

    def test_is_told_what_the_server_is_at(self):
        for name, shown in ((str(self.folder / "notify"), str(self.folder / "notify")),
                            (f"\0mlserve-{os.getpid()}", f"@mlserve-{os.getpid()}")):
            with self.subTest(shown):
                manager = self.listen(name)
                server = self.serve(environment={"NOTIFY_SOCKET": shown})
                self.expect(manager, "READY=1$", "STATUS=.")
                server.process.send_signal(signal.SIGHUP)
                self.expect(manager, "RELOADING=1$", r"MONOTONIC_USEC=\d+$")
                self.expect(manager, "READY=1$")
                server.process.send_signal(signal.SIGTERM)
                self.expect(manager, "STOPPING=1$", "STATUS=.")
                self.assertEqual(server.process.wait(60), 0)

    def test_is_told_again_and_again_that_it_lives(self):
        manager = self.listen(str(self.folder / "notify"))
        self.serve(environment={"NOTIFY_SOCKET": str(self.folder / "notify"),
                                "WATCHDOG_USEC": "200000"})
        seen = [manager.recv(4096) for _ in range(6)]
        self.assertGreaterEqual(seen.count(b"WATCHDOG=1"), 5)

    def test_that_is_not_there_harms_nobody(self):
        server = self.serve(environment={"NOTIFY_SOCKET": str(self.folder / "nobody")})
        self.assertEqual(server.predict(), (200, ANSWER))
        self.assertEqual(server.stop(), 0)


class Leaving(ListenTestCase):
    def test_a_delay_lets_balancers_see_it_and_clients_connect_anew(self):
        server = self.serve("--shutdown-delay", "1d")
        kept = self.kept(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60))
        self.assertEqual(ask(kept, "/readyz")[0::2], (200, None))
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("about to stop")
        self.assertEqual(ask(kept, "/readyz")[0::2], (503, "close"))
        self.assertEqual(server.predict(), (200, ANSWER))
        self.assertEqual(server.request("GET", "/readyz")[0], 503)
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(60), -signal.SIGTERM)

    def test_a_request_that_does_not_end_is_given_up_in_time_or_at_a_second_signal(self):
        for options, code in ((["--drain-timeout", "200ms"], 0), ([], -signal.SIGTERM)):
            with self.subTest(options):
                server = self.serve(*options)
                with socket.create_connection(("127.0.0.1", server.port), 60) as client:
                    client.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                                   b"Expect: 100-continue\r\n\r\n")
                    self.assertIn(b"100", client.recv(4096))  # so it has begun
                    server.process.send_signal(signal.SIGTERM)
                    server.wait_for("stopping")
                    if code:
                        server.process.send_signal(signal.SIGTERM)
                    self.assertEqual(server.process.wait(60), code)


if __name__ == "__main__":
    unittest.main()
