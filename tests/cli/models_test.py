"""Many models by the real binary: their folder as it changes, aliases, loading by hand, and requests
that go on meanwhile."""

import http.client
import json
import os
import shutil
import signal
import threading

from harness import NOT_USABLE, USAGE, CliTestCase
from servers import Server

import unittest

JSON = {"Content-Type": "application/json"}


class ModelsTestCase(CliTestCase):
    """Tests with models that differ in what they predict for {"x": 10}: `self.answers` by letter."""

    LETTERS = "abcd"
    trained = {}

    def setUp(self):
        super().setUp()
        self.models = self.folder / "models"
        self.models.mkdir()
        self.answers = {}
        for shift, letter in enumerate(self.LETTERS):
            if letter not in self.trained:
                rows = "".join(f"{x},{x + 100 * shift}\n" for x in range(40))
                self.write("rows.csv", "x,y\n" + rows)
                self.run_well("train", "rows.csv", "--target", "y", "-o", "trained.json")
                predicted = self.run_well("predict", "-", "-m", "trained.json",
                                          "--input-format", "json", stdin='[{"x": 10}]')
                self.trained[letter] = (self.read("trained.json"), json.loads(predicted.stdout))
            self.answers[letter] = self.trained[letter][1]["prediction"]

    def put(self, letter, name):
        """The model as a file of the folder, by renaming, as careful programs do."""
        path = self.models / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.parent / f".{path.name}.part"
        beside.write_bytes(self.trained[letter][0])
        os.replace(beside, path)

    def serve(self, *arguments, **options):
        server = Server(self.folder, "--models", "models", *arguments, **options)
        self.addCleanup(server.stop)
        return server

    def predicted(self, server, path="/predict"):
        """The letter of the model that answers, or the status."""
        status, _, body = server.request("POST", path, b'[{"x": 10}]', JSON)
        if status != 200:
            return status
        return self.letter(json.loads(body)["prediction"])

    def letter(self, prediction):
        letters = [key for key, answer in self.answers.items() if answer == prediction]
        self.assertEqual(len(letters), 1, prediction)
        return letters[0]

    def checks(self, server):
        """The checks of /readyz?verbose by name."""
        _, _, body = server.request("GET", "/readyz?verbose")
        return {check["name"]: check for check in json.loads(body)["checks"]}


class Folder(ModelsTestCase):
    def test_serves_what_is_there_at_the_start(self):
        self.put("a", "flat.json")
        self.put("b", "deep/1/model.json")
        self.put("c", "deep/10/model.json")
        self.put("d", "deep/9/model.json")
        (self.models / "broken.json").write_text("{}")
        server = self.serve()
        listed = server.get_json("/models")["models"]
        self.assertEqual([(model["name"], model["versions"]) for model in listed],
                         [("deep", ["10", "9", "1"]), ("flat", ["1"])])
        for path, letter in (("/models/flat/predict", "a"), ("/models/deep/predict", "c"),
                             ("/models/deep/versions/9/predict", "d"), ("/predict", 404),
                             ("/models/deep/versions/2/predict", 404),
                             ("/models/broken/predict", 404)):
            self.assertEqual(self.predicted(server, path), letter, path)
        self.assertFalse(self.checks(server)["model 'broken' version 1"]["ok"])

    def test_follows_files_as_they_come_change_break_and_go(self):
        server = self.serve()
        self.assertEqual(server.request("GET", "/readyz")[0], 503)
        self.assertEqual(self.predicted(server), 503)
        self.put("a", "m.json")
        server.wait_for("serves now")
        self.assertEqual(server.request("GET", "/readyz")[0], 200)
        self.assertEqual(self.predicted(server), "a")
        self.put("b", "m.json")
        server.wait_for("reloaded")
        self.assertEqual(self.predicted(server), "b")
        shutil.copy(self.models / "m.json", self.folder / "kept.json")

        (self.models / "m.json").write_bytes(self.trained["c"][0][:500])
        self.assertIn("m.json", server.wait_for("not reloaded, what was there goes on"))
        self.assertEqual(self.predicted(server), "b")
        self.assertEqual(server.request("GET", "/readyz")[0], 200)
        check = self.checks(server)["model 'm' version 1"]
        self.assertFalse(check["ok"])
        self.assertIn("cut short", check["detail"])

        with open(self.models / "m.json", "wb") as half_written:
            half_written.write(self.trained["c"][0][:500])
            half_written.flush()
            half_written.write(self.trained["c"][0][500:])
        server.wait_for("reloaded")
        self.assertEqual(self.predicted(server), "c")
        self.assertTrue(self.checks(server)["model 'm' version 1"]["ok"])

        self.put("d", "m/2/model.json")
        server.wait_for("version 2 of")
        self.assertEqual(self.predicted(server), "d")
        shutil.rmtree(self.models / "m")
        server.wait_for("is gone")
        self.assertEqual(self.predicted(server), "c")
        (self.models / "m.json").unlink()
        server.wait_for("is gone")
        self.assertEqual(self.predicted(server), 503)

    def test_follows_links_that_are_swapped_as_kubernetes_does_it(self):
        for folder, letter in (("..1", "a"), ("..2", "b")):
            self.put(letter, f"{folder}/m.json")
        (self.models / "..data").symlink_to("..1")
        (self.models / "m.json").symlink_to("..data/m.json")
        server = self.serve()
        self.assertEqual(self.predicted(server), "a")
        (self.models / "..data_tmp").symlink_to("..2")
        os.replace(self.models / "..data_tmp", self.models / "..data")
        shutil.rmtree(self.models / "..1")
        server.wait_for("reloaded")
        self.assertEqual(self.predicted(server), "b")

    def test_the_model_of_a_file_is_served_beside_the_folder(self):
        self.write("own.json", self.trained["a"][0])
        self.put("b", "m.json")
        server = self.serve("-m", "own.json", "--name", "own")
        self.assertEqual(self.predicted(server), "a")
        self.assertEqual(self.predicted(server, "/models/m/predict"), "b")

    def test_takes_the_newest_versions_that_are_wanted(self):
        for version, letter in enumerate("abcd", start=1):
            self.put(letter, f"m/{version}/model.json")
        server = self.serve("--versions", "2", "--alias", "first=m@1", "--default-model", "first")
        self.assertEqual(server.get_json("/models/m")["versions"], ["4", "3", "1"])
        self.assertEqual(self.predicted(server), "a")
        self.assertEqual(self.predicted(server, "/models/m/versions/2/predict"), 404)


class Aliases(ModelsTestCase):
    def test_are_names_for_models_and_versions_and_follow_their_file(self):
        self.put("a", "m/1/model.json")
        self.put("b", "m/2/model.json")
        (self.models / "aliases.json").write_text('{"champion": "m@1"}')
        server = self.serve("--alias", "any=m,old=m@1", "--alias", "m@stable=1")
        for name, letter in (("champion", "a"), ("any", "b"), ("old", "a"), ("m@stable", "a")):
            self.assertEqual(self.predicted(server, f"/models/{name}/predict"), letter, name)

        (self.models / "aliases.json").write_text('{"champion": "m@3", "next": "m@2"}')
        self.put("c", "other.json")
        server.wait_for("other.json serves now")
        self.assertEqual(self.predicted(server, "/models/champion/predict"), "a")
        self.assertEqual(self.predicted(server, "/models/next/predict"), "b")
        self.assertFalse(self.checks(server)["alias 'champion' (m@3)"]["ok"])
        self.put("d", "m/3/model.json")
        server.wait_for("version 3 of")
        self.assertEqual(self.predicted(server, "/models/champion/predict"), "d")

    def test_of_what_is_not_there_are_an_error_at_the_start(self):
        self.put("a", "m.json")
        for alias in ("champion=m@2", "champion=none"):
            result = self.run_mlserve("serve", "--port", "0", "--models", "models", "--alias",
                                      alias, "--log-level", "error")
            self.assert_fails(result, NOT_USABLE, "alias 'champion'")
        result = self.run_mlserve("serve", "--port", "0", "--models", "models", "--alias", "m@2")
        self.assert_fails(result, USAGE, '.*"m@2')
        (self.models / "aliases.json").write_text("{")
        result = self.run_mlserve("serve", "--port", "0", "--models", "models")
        self.assert_fails(result, NOT_USABLE, "models/aliases.json: ")


class Start(ModelsTestCase):
    def test_a_folder_that_is_missing_is_an_error(self):
        self.write("file", "")
        for name in ("none", "file"):
            result = self.run_mlserve("serve", "--port", "0", "--models", name)
            self.assert_fails(result, NOT_USABLE, f".*{name}")


class ByHand(ModelsTestCase):
    def test_changes_are_refused_unless_they_are_enabled(self):
        self.put("a", "m.json")
        server = self.serve()
        for method, path in (("DELETE", "/models/m"), ("POST", "/models/m/load"),
                             ("POST", "/-/reload"), ("POST", "/models/m/versions/1/promote")):
            self.assertEqual(server.request(method, path)[0], 403, path)
        self.assertEqual(self.predicted(server), "a")

    def test_a_model_is_removed_and_loaded_again(self):
        self.put("a", "m.json")
        self.put("b", "n.json")
        server = self.serve("--admin")
        self.assertEqual(server.request("DELETE", "/models/m")[0], 204)
        self.assertEqual(self.predicted(server, "/models/m/predict"), 404)
        self.put("c", "m.json")
        self.put("d", "o.json")
        server.wait_for("o.json serves now")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("models read again")
        self.assertEqual(self.predicted(server, "/models/m/predict"), 404)
        status, _, body = server.request("POST", "/models/m/load")
        self.assertEqual((status, json.loads(body)["serving"]), (200, "1"))
        self.assertEqual(self.predicted(server, "/models/m/predict"), "c")
        self.assertEqual(server.request("POST", "/models/none/load")[0], 404)
        self.assertEqual(server.request("DELETE", "/models/none")[0], 404)
        self.assertEqual(server.request("POST", "/-/reload")[0], 200)

    def test_a_trained_model_is_promoted_withdrawn_and_rolled_back(self):
        server = self.serve("--admin", "--allow-training")
        for letter in "ab":
            rows = "".join(f"{x},{x + 100 * 'ab'.index(letter)}\n" for x in range(40))
            status, _, body = server.request("POST", "/models/m?target=y", f"x,y\n{rows}".encode(),
                                             {"Content-Type": "text/csv"})
            self.assertEqual(status, 202, body)
            server.wait_for_job(json.loads(body)["id"])
            server.wait_for("of the store serves now")
        path = "/models/m/predict"
        self.assertEqual(self.predicted(server, path), "b")
        versions = server.get_json("/models/m/versions")["versions"]
        self.assertEqual([version["version"] for version in versions], ["2", "1"])
        status, _, body = server.request("POST", "/models/m/versions/1/promote")
        self.assertEqual((status, json.loads(body)["serving"]), (200, "1"))
        self.assertEqual(self.predicted(server, path), "a")
        self.assertEqual(server.request("DELETE", "/models/m")[0], 204)
        self.assertEqual(self.predicted(server, path), 404)
        self.assertEqual(server.request("POST", "/models/m/versions/2/promote")[0], 200)
        self.assertEqual(self.predicted(server, path), "b")


class Checker(threading.Thread):
    """Predicts by one path over one connection, as long as it is wanted, and keeps what does not
    fit: each answer must be one of those that the path's model may give."""

    def __init__(self, server, path, allowed):
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.path = path
        self.allowed = allowed
        self.stopping = False
        self.answered = 0
        self.wrong = []

    def run(self):
        try:
            while not self.stopping:
                self.connection.request("POST", self.path, b'[{"x": 10}]', JSON)
                answer = self.connection.getresponse()
                body = answer.read()
                if answer.status != 200 or json.loads(body)["prediction"] not in self.allowed:
                    self.wrong.append((answer.status, body))
                self.answered += 1
        except OSError as error:
            self.wrong.append(error)
        finally:
            self.connection.close()


class Meanwhile(ModelsTestCase):
    ROUNDS = 10

    def test_every_answer_is_that_of_one_version_while_models_are_replaced(self):
        self.put("a", "m/1/model.json")
        self.put("b", "m/2/model.json")
        self.put("c", "..1/n.json")
        self.put("d", "..2/n.json")
        (self.models / "..data").symlink_to("..1")
        (self.models / "n.json").symlink_to("..data/n.json")
        server = self.serve("--admin", "--default-model", "n", "--alias", "champion=m@1")
        allowed = {"/predict": "cd", "/models/n/predict": "cd", "/models/m/predict": "bc",
                   "/models/m/versions/1/predict": "a", "/models/champion/predict": "a",
                   "/models/m/versions/2/predict": "bc"}
        checkers = [Checker(server, path, [self.answers[letter] for letter in letters])
                    for path, letters in allowed.items()]
        for checker in checkers:
            checker.start()
        try:
            for number in range(self.ROUNDS):
                self.put("bc"[(number + 1) % 2], "m/2/model.json")
                if number % 3 == 0:
                    server.process.send_signal(signal.SIGHUP)
                elif number % 3 == 1:
                    self.assertEqual(server.request("POST", "/models/m/load")[0], 200)
                server.wait_for("reloaded")
                (self.models / "..data_tmp").symlink_to(("..2", "..1")[number % 2])
                os.replace(self.models / "..data_tmp", self.models / "..data")
                server.wait_for("reloaded")
        finally:
            for checker in checkers:
                checker.stopping = True
            for checker in checkers:
                checker.join()
        for checker in checkers:
            self.assertEqual(checker.wrong, [], checker.path)
            self.assertGreater(checker.answered, 0)


if __name__ == "__main__":
    unittest.main()
