"""The main job by the real binary: train, inspect, evaluate, predict, export, serve."""

import csv
import gzip
import http.client
import io
import json
import os
import shutil
import signal
import subprocess
import unittest

from harness import PASSENGERS, TITANIC, CliTestCase, binary

ANSWER = '{"prediction":[0,1,0,0]}\n'


class Train(CliTestCase):
    def test_saves_a_model_of_the_titanic_recipe(self):
        result = self.run_well("train", TITANIC, "-o", "model.json")
        self.assertIn("model.json", result.stdout)
        model = json.loads(self.read("model.json"))
        self.assertEqual(model["format"], "mlserve.model")
        self.assertEqual(model["target"]["name"], "Survived")
        self.assertEqual(sorted(feature["name"] for feature in model["features"]),
                         ["Age", "Embarked", "Sex"])
        for field in ("format_version", "checksum", "task", "estimator", "columns", "coefficients",
                      "intercept", "metrics", "training"):
            self.assertIn(field, model)

    def test_gives_the_same_file_for_any_number_of_threads(self):
        for threads in (1, 2, 7):
            self.run_well("train", TITANIC, "-o", f"model{threads}.json", "--threads", threads)
        self.assertEqual(self.read("model1.json"), self.read("model2.json"))
        self.assertEqual(self.read("model1.json"), self.read("model7.json"))

    def test_json_is_one_document_on_stdout(self):
        result = self.run_well("train", TITANIC, "-o", "model.json", "--json")
        self.assertIsInstance(json.loads(result.stdout), dict)

    def test_dry_run_saves_nothing(self):
        result = self.run_well("train", TITANIC, "-o", "model.json", "--dry-run")
        self.assertIn("Embarked", result.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_line_ends_byte_order_mark_and_last_newline_do_not_matter(self):
        plain = TITANIC.read_bytes()
        self.write("crlf.csv", b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n").rstrip())
        self.train_titanic()
        self.run_well("train", "crlf.csv", "-o", "crlf.json")
        first, second = (json.loads(self.read(name)) for name in ("model.json", "crlf.json"))
        for field in ("features", "columns", "coefficients", "intercept", "metrics"):
            self.assertEqual(first[field], second[field])

    def test_takes_options_from_a_file_and_from_the_environment(self):
        self.write("mlserve.toml", '[train]\nfeatures = ["Age", "Fare"]\n')
        self.run_well("train", TITANIC, "-o", "file.json", "--config", "mlserve.toml")
        self.run_well("train", TITANIC, "-o", "environment.json",
                      environment={"MLSERVE_FEATURES": "Age,Fare"})
        for name in ("file.json", "environment.json"):
            model = json.loads(self.read(name))
            self.assertEqual(sorted(feature["name"] for feature in model["features"]),
                             ["Age", "Fare"], name)


class Predict(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def predict(self, *arguments, **options):
        return self.run_well("predict", *arguments, "-m", "model.json", **options)

    def test_answers_a_list_and_warns_of_the_unknown_category(self):
        result = self.predict(PASSENGERS)
        self.assertEqual(result.stdout, ANSWER)
        self.assertRegex(result.stderr, "Sex")

    def test_reads_stdin_and_writes_a_file(self):
        result = self.predict("-", "--input-format", "json", "-o", "out.json",
                              stdin=PASSENGERS.read_bytes())
        self.assertEqual(result.stdout, "")
        self.assertEqual(self.read("out.json").decode(), ANSWER)

    def test_csv_gives_csv_with_kept_columns(self):
        result = self.predict(TITANIC, "--keep", "PassengerId,Name", "--probabilities")
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        self.assertEqual(list(rows[0]), ["PassengerId", "Name", "prediction", "probability_0",
                                         "probability_1"])
        self.assertEqual(len(rows), 1317)
        self.assertEqual(rows[8]["Name"], "Abī-Al-Munà, Mr. Nāsīf Qāsim")
        for row in rows:
            self.assertEqual(row["prediction"], str(int(float(row["probability_1"]) > 0.5)))

    def test_json_lines_csv_and_list_agree(self):
        records = json.loads(PASSENGERS.read_text(encoding="utf-8"))
        self.write("p.jsonl", "".join(json.dumps(record) + "\n" for record in records))
        self.write("p.csv", 'Age,Sex,Embarked\n85,male,S\n24,"""female""",C\n3,male,C\n21,male,S\n')
        listed = json.loads(self.predict(PASSENGERS, "--probabilities").stdout)
        lines = [json.loads(line) for line in
                 self.predict("p.jsonl", "--probabilities").stdout.splitlines()]
        rows = list(csv.DictReader(io.StringIO(self.predict("p.csv", "--probabilities").stdout)))
        self.assertEqual([line["prediction"] for line in lines], listed["prediction"])
        self.assertEqual([int(row["prediction"]) for row in rows], listed["prediction"])
        for probabilities, line, row in zip(listed["probabilities"], lines, rows):
            self.assertEqual(line["probabilities"], probabilities)
            self.assertEqual(float(row["probability_1"]), probabilities["1"])

    def test_format_names_the_output(self):
        self.assertEqual(self.predict(PASSENGERS, "--format", "csv").stdout,
                         "prediction\n0\n1\n0\n0\n")
        self.assertEqual(self.predict(PASSENGERS, "--format", "jsonl").stdout.splitlines(),
                         [f'{{"prediction":{value}}}' for value in (0, 1, 0, 0)])

    def test_reads_gzip(self):
        self.write("p.json.gz", gzip.compress(PASSENGERS.read_bytes()))
        self.assertEqual(self.predict("p.json.gz").stdout, ANSWER)

    def test_skips_or_nulls_bad_records_and_lists_them(self):
        self.write("p.jsonl", '{"Age":3,"Sex":"male"}\n{"Age":"old"}\n{"Age":24,"Sex":"female"}\n')
        result = self.predict("p.jsonl", "--on-error", "skip", "--rejects", "rejects.csv")
        self.assertEqual(len(result.stdout.splitlines()), 2)
        self.assertRegex(self.read("rejects.csv").decode(), r"\b2\b.*old")
        lines = self.predict("p.jsonl", "--on-error", "null").stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIsNone(json.loads(lines[1])["prediction"])

    def test_a_full_disk_is_an_error(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        result = self.run_mlserve("predict", PASSENGERS, "-m", "model.json", "-o", "/dev/full")
        self.assertNotEqual(result.code, 0, result)
        self.assertRegex(result.stderr, "^mlserve: .*error", result)


class InspectAndEvaluate(CliTestCase):
    def test_inspect_shows_columns_and_coefficients(self):
        self.train_titanic()
        result = self.run_well("inspect", "-m", "model.json")
        for word in ("Age", "Embarked_B", "Sex_female", "Survived"):
            self.assertIn(word, result.stdout)
        self.assertIsInstance(json.loads(self.run_well("inspect", "-m", "model.json",
                                                       "--json").stdout), dict)

    def test_evaluate_fails_below_what_is_required(self):
        self.train_titanic()
        command = ["evaluate", TITANIC, "-m", "model.json", "--require"]
        self.assertIn("roc_auc", self.run_well(*command, "roc_auc>=0.7").stdout)
        result = self.run_mlserve(*command, "roc_auc>=0.99")
        self.assertNotEqual(result.code, 0, result)
        self.assertIn("roc_auc", result.stderr)


class Export(CliTestCase):
    def test_columns_are_those_of_get_dummies(self):
        self.train_titanic()
        self.run_well("export", "-m", "model.json", "--format", "columns", "-o", "columns.json")
        self.assertEqual(json.loads(self.read("columns.json")), [
            "Age", "Embarked_B", "Embarked_C", "Embarked_Q", "Embarked_S", "Sex_female",
            "Sex_male"])

    @unittest.skipUnless(shutil.which("cc"), "needs a C compiler")
    def test_c_source_compiles_without_a_warning(self):
        self.train_titanic()
        self.run_well("export", "-m", "model.json", "--format", "c", "-o", "model.c")
        subprocess.run(["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-c",
                        "model.c", "-o", "model.o"], cwd=self.folder, check=True)


class Serve(CliTestCase):
    def test_answers_until_sigterm(self):
        self.train_titanic()
        with subprocess.Popen([binary(), "serve", "-m", "model.json", "--port", "0"],
                              cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as server:
            self.addCleanup(lambda: server.poll() is None and server.kill())
            # The port that was taken is printed with the address.
            line = server.stdout.readline()
            self.assertRegex(line, r"127\.0\.0\.1:\d+")
            connection = http.client.HTTPConnection(
                "127.0.0.1", int(line.rpartition("127.0.0.1:")[2].split("/")[0].split()[0]))
            connection.request("POST", "/predict", PASSENGERS.read_bytes(),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            self.assertEqual((answer.status, json.loads(answer.read())),
                             (200, {"prediction": [0, 1, 0, 0]}))
            connection.close()
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(20), 0)


class Help(CliTestCase):
    def test_every_command_has_help_with_an_example(self):
        for command in ("train", "predict", "export", "serve", "inspect", "evaluate"):
            with self.subTest(command):
                result = self.run_well(command, "--help")
                self.assertIn(f"mlserve {command}", result.stdout)
                self.assertEqual(result.stderr, "")

    def test_help_and_version(self):
        self.assertIn("train", self.run_well("--help").stdout)
        self.assertRegex(self.run_well("--version").stdout, r"\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
