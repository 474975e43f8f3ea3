"""`--format bundle`: one file that predicts, serves and exports without a model file beside it."""

import json
import subprocess
import sys
import unittest
import urllib.request

import cases
from harness import PASSENGERS, TITANIC, CliTestCase


class Bundle(CliTestCase):
    def test_agrees_with_predict(self):
        comparison = cases.Comparison("bundle")
        cases_of = [*cases.standard_cases(self.folder), *cases.text_and_date_cases(self.folder)]
        for case in cases_of[::4]:
            bundle = case.export(self.folder, "--format", "bundle")
            case.model.unlink()
            wanted = ["--probabilities"] if case.classes else []
            lines = self.run_bundle(bundle, "predict", case.rows_csv, "--format", "jsonl", *wanted)
            answers = [json.loads(line) for line in lines.splitlines()]
            labels = [cases.class_text(answer["prediction"]) for answer in answers]
            numbers = [list(answer["probabilities"].values()) if case.classes
                       else [answer["prediction"]] for answer in answers]
            comparison.check(case, labels, numbers)
            bundle.unlink()
        comparison.report()

    def run_bundle(self, bundle, *arguments):
        done = subprocess.run([bundle, *map(str, arguments)], capture_output=True, cwd="/",
                              timeout=100, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def bundle(self):
        self.train_titanic()
        self.run_well("export", "--format", "bundle", "-o", "titanic")
        (self.folder / "model.json").unlink()
        return self.folder / "titanic"

    def test_serves_under_its_own_name_and_needs_nothing_else(self):
        bundle = self.bundle()
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        moved = bundle.rename(elsewhere / "moved")
        with subprocess.Popen([moved, "serve", "--port", "0"], cwd="/", text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
            try:
                line = server.stdout.readline()
                self.assertRegex(line, r"serving model 'moved' on http://127\.0\.0\.1:\d+")
                request = urllib.request.Request(
                    line.split()[-1] + "/predict", PASSENGERS.read_bytes(),
                    {"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=20) as answer:
                    self.assertEqual(json.load(answer), {"prediction": [0, 1, 0, 0]})
            finally:
                server.terminate()
                self.assertEqual(server.wait(20), 0)

    def test_is_served_beside_a_folder_of_models(self):
        bundle = self.bundle()
        (self.folder / "models").mkdir()
        self.run_well("train", TITANIC, "-o", "models/other.json")
        with subprocess.Popen([bundle, "serve", "--port", "0", "--models", self.folder / "models"],
                              cwd="/", text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as server:
            try:
                url = next(line for line in server.stdout if " on http" in line).split()[-1]
                with urllib.request.urlopen(url + "/models", timeout=20) as answer:
                    names = [model["name"] for model in json.load(answer)["models"]]
                self.assertEqual(sorted(names), ["other", "titanic"])
            finally:
                server.terminate()
                server.wait(20)

    def test_may_be_run_by_all_who_may_read_it(self):
        mode = self.bundle().stat().st_mode & 0o777
        self.assertEqual(mode & 0o111, (mode & 0o444) >> 2)

    def test_another_model_can_be_named(self):
        bundle = self.bundle()
        self.write("rows.csv", "Age,Sex,Embarked\n30,female,C\n")
        self.run_well("train", TITANIC, "--features", "Sex", "-o", "other.json")
        by_other = self.run_bundle(bundle, "predict", self.folder / "rows.csv", "-m",
                                   self.folder / "other.json", "--probabilities")
        expected = self.run_well("predict", "rows.csv", "-m", "other.json", "--probabilities")
        self.assertEqual(by_other.decode(), expected.stdout)

    def test_the_bundle_of_a_bundle_is_as_large(self):
        bundle = self.bundle()
        self.run_bundle(bundle, "export", "--format", "bundle", "-o", self.folder / "again")
        self.assertEqual((self.folder / "again").stat().st_size, bundle.stat().st_size)

    def test_a_damaged_model_is_refused(self):
        bundle = self.bundle()
        content = bytearray(bundle.read_bytes())
        content[content.rindex(b'"coefficients"') + 40] ^= 1
        bundle.write_bytes(content)
        done = subprocess.run([bundle, "predict", PASSENGERS], capture_output=True, check=False,
                              cwd="/", timeout=100)
        self.assertEqual(done.returncode, 4, done)
        self.assertIn(b"checksum does not match", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
