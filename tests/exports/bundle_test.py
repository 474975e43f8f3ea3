"""`--format bundle`: one file that predicts, serves and exports without a model file beside it."""

import filecmp
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

import cases
from harness import PASSENGERS, TITANIC, CliTestCase


class Bundle(CliTestCase):
    """Most tests share one bundle of the Titanic model: a program with its debug information is
    large, and so is each copy of it."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="mlserve-bundle-")
        cls.addClassCleanup(temporary.cleanup)
        cls.shared = pathlib.Path(temporary.name)
        cases.mlserve("train", TITANIC, folder=cls.shared)
        cases.mlserve("export", "--format", "bundle", "-o", "titanic", folder=cls.shared)
        (cls.shared / "model.json").unlink()
        cls.bundle = cls.shared / "titanic"

    def test_agrees_with_predict(self):
        comparison = cases.Comparison("bundle")
        texts = list(cases.text_and_date_cases(self.folder))
        for case in [next(c for c in cases.standard_cases(self.folder) if c.name == "hostile_classes"),
                     texts[-1]]:
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

    def test_serves_under_its_own_name_and_needs_nothing_else(self):
        moved = self.folder / "moved"
        os.link(self.bundle, moved)
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
        (self.folder / "models").mkdir()
        self.run_well("train", TITANIC, "-o", "models/other.json")
        with subprocess.Popen([self.bundle, "serve", "--port", "0", "--models", self.folder / "models"],
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
        mode = self.bundle.stat().st_mode & 0o777
        self.assertEqual(mode & 0o111, (mode & 0o444) >> 2)

    def test_another_model_can_be_named(self):
        self.write("rows.csv", "Age,Sex,Embarked\n30,female,C\n")
        self.run_well("train", TITANIC, "--features", "Sex", "-o", "other.json")
        by_other = self.run_bundle(self.bundle, "predict", self.folder / "rows.csv", "-m",
                                   self.folder / "other.json", "--probabilities")
        expected = self.run_well("predict", "rows.csv", "-m", "other.json", "--probabilities")
        self.assertEqual(by_other.decode(), expected.stdout)

    def test_the_bundle_of_a_bundle_is_the_same(self):
        self.run_bundle(self.bundle, "export", "--format", "bundle", "-o", self.folder / "again")
        self.assertTrue(filecmp.cmp(self.folder / "again", self.bundle, shallow=False))

    def test_a_damaged_model_is_refused(self):
        content = bytearray(self.bundle.read_bytes())
        content[content.rindex(b'"coefficients"') + 40] ^= 1
        damaged = self.folder / "damaged"
        damaged.write_bytes(content)
        damaged.chmod(0o755)
        done = subprocess.run([damaged, "predict", PASSENGERS], capture_output=True, check=False,
                              cwd="/", timeout=100)
        self.assertEqual(done.returncode, 4, done)
        self.assertIn(b"checksum does not match", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
