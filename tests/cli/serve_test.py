"""The server by the real binary: its routes through sockets, its life, its refusals to start."""

import json
import re
import shutil
import signal
import socket
import unittest

from harness import NOT_USABLE, PASSENGERS, TITANIC, UNREACHABLE, USAGE, CliTestCase
from servers import Server


class ServeTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def serve(self, *arguments, **options):
        server = Server(self.folder, *arguments, **options)
        self.addCleanup(server.stop)
        return server


class Routes(ServeTestCase):
    def test_answers_on_every_route(self):
        server = self.serve()
        self.assertEqual(server.predict(), (200, {"prediction": [0, 1, 0, 0]}))
        for path in ("/livez", "/readyz", "/models", "/models/model"):
            with self.subTest(path):
                status, headers, body = server.request("GET", path)
                self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
                self.assertIsInstance(json.loads(body), dict)
                status, headers_only, nothing = server.request("HEAD", path)
                self.assertEqual((status, nothing), (200, b""))
                self.assertEqual(headers_only["Content-Length"], headers["Content-Length"])

    def test_etag_spares_the_second_answer(self):
        server = self.serve()
        _, headers, _ = server.request("GET", "/models/model")
        status, again, body = server.request("GET", "/models/model", None,
                                             {"If-None-Match": headers["ETag"]})
        self.assertEqual((status, again["ETag"], body), (304, headers["ETag"], b""))

    def test_problems_have_details(self):
        server = self.serve("--max-body-bytes", "1000")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        as_json = {"Content-Type": "application/json"}
        for expected, method, path, body, headers in (
                (400, "POST", "/predict", b"[{'Age': 3}]", as_json),
                (404, "GET", "/none", None, {}),
                (404, "GET", "/models/none", None, {}),
                (405, "GET", "/predict", None, {}),
                (406, "POST", "/predict", b"[]", {**as_json, "Accept": "text/html"}),
                (413, "POST", "/predict", b"[" + b" " * 2000 + b"]", as_json),
                (415, "POST", "/predict", b"Age=3", form),
                (422, "POST", "/predict", b'[{"Age": "old"}]', as_json)):
            with self.subTest(f"{expected} {method} {path}"):
                status, answered, details = server.request(method, path, body, headers)
                self.assertEqual(status, expected)
                self.assertEqual(answered["Content-Type"], "application/problem+json")
                self.assertEqual(json.loads(details)["status"], expected)
                if expected == 405:
                    self.assertEqual(answered["Allow"], "POST")
        self.assertEqual(server.predict(b"[]")[0], 200)

    def test_serves_under_the_name_asked_for(self):
        server = self.serve("--name", "ship", "-m", "model.json")
        status, _, body = server.request("POST", "/models/ship/predict", PASSENGERS.read_bytes())
        self.assertEqual((status, json.loads(body)), (200, {"prediction": [0, 1, 0, 0]}))
        self.assertEqual(server.request("GET", "/models/model")[0], 404)

    def test_the_model_of_the_file_stays_the_default_when_the_store_gets_another(self):
        server = self.serve("-m", "model.json", "--allow-training")
        other = self.serve("-m", "model.json", "--default-model", "another")
        self.assertEqual(other.predict()[0], 404)
        status, _, body = server.request("POST", "/models/another?features=Age,Sex",
                                         TITANIC.read_bytes(), {"Content-Type": "text/csv"})
        self.assertEqual(status, 202, body)
        for process in (server, other):
            process.wait_for("model 'another' version 1 of the store serves now")
        self.assertEqual(server.predict(), (200, {"prediction": [0, 1, 0, 0]}))
        self.assertEqual(other.predict()[0], 200)


class Life(ServeTestCase):
    def test_sighup_takes_a_good_file_and_keeps_the_old_model_for_a_bad_one(self):
        server = self.serve()
        self.run_well("train", TITANIC, "--features", "Fare,Sex", "-o", "other.json")
        shutil.copy(self.folder / "other.json", self.folder / "model.json")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("reloaded")
        model = json.loads(server.request("GET", "/models/model")[2])
        self.assertEqual([feature["name"] for feature in model["features"]], ["Fare", "Sex"])

        text = (self.folder / "model.json").read_bytes()
        for bad in (b"", text[:len(text) // 2], text.replace(b"female", b"FEMALE")):
            self.write("model.json", bad)
            server.process.send_signal(signal.SIGHUP)
            self.assertIn("model.json", server.wait_for("not reloaded"))
            self.assertEqual(json.loads(server.request("GET", "/models/model")[2]), model)
            self.assertEqual(server.predict(b'{"Fare": 7, "Sex": "male"}')[0], 200)

    def test_sigterm_and_sigint_answer_what_has_begun(self):
        for ending in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(ending):
                server = self.serve()
                body = PASSENGERS.read_bytes()
                head = (f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
                        "\r\n").encode()
                with socket.create_connection(("127.0.0.1", server.port), 20) as client:
                    client.sendall(head + body[:10])
                    server.predict()  # so that the server has seen the first one's beginning
                    server.process.send_signal(ending)
                    server.wait_for("stopping")
                    client.sendall(body[10:])
                    answer = b""
                    while piece := client.recv(65536):
                        answer += piece
                self.assertIn(b" 200 ", answer.partition(b"\r\n")[0])
                self.assertTrue(answer.endswith(b'{"prediction":[0,1,0,0]}\n'), answer)
                self.assertEqual(server.process.wait(20), 0)


class Start(ServeTestCase):
    def test_a_taken_port_is_an_error(self):
        server = self.serve("--workers", 0)
        job = server.submit()
        result = self.run_mlserve("serve", "--port", server.port)
        self.assert_fails(result, UNREACHABLE, ".*", str(server.port))
        self.assertEqual(server.get_json(f"/jobs/{job}")["attempts"], 0)
        self.assertEqual(server.predict()[0], 200)

    def test_an_address_that_others_reach_wants_a_word(self):
        for host in ("0.0.0.0", "::", "127.0.0.1.example.org"):
            result = self.run_mlserve("serve", "--port", "0", "--host", host)
            self.assert_fails(result, USAGE, "--host", "--insecure")
        for options in ({"environment": {"MLSERVE_INSECURE": "1"}}, {}):
            flags = [] if options else ["--insecure"]
            server = self.serve("--host", "0.0.0.0", *flags, **options)
            self.assertEqual(server.predict()[0], 200)

    def test_port_comes_from_the_variables_that_platforms_set(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        for environment in ({"PORT": port}, {"MLSERVE_PORT": port, "PORT": "1"}):
            server = self.serve(port=None, environment=environment)
            self.assertEqual(str(server.port), port)
            server.stop()
        server = self.serve("--port", port, port=None, environment={"PORT": "1"})
        self.assertEqual(str(server.port), port)
        result = self.run_mlserve("serve", environment={"PORT": "http"})
        self.assert_fails(result, USAGE, "PORT", "http")

    def test_a_model_that_is_missing_or_bad_is_an_error(self):
        self.write("bad.json", "{}")
        for name in ("none.json", "bad.json", "."):
            result = self.run_mlserve("serve", "--port", "0", "-m", name)
            self.assert_fails(result, NOT_USABLE, f".*{re.escape(name)}")


if __name__ == "__main__":
    unittest.main()
