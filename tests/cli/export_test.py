"""`mlserve export`: the choice of a format, what is said of the verification, and what is refused."""

import json
import os
import pathlib
import pty
import re
import signal
import stat
import subprocess
import unittest

from harness import BAD_DATA, FAILED, NOT_USABLE, TITANIC, USAGE, CliTestCase, binary, eventually


def is_gone(process):
    """Whether it has ended, also if nobody has taken note of that yet."""
    try:
        status = pathlib.Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return True
    return status.rpartition(") ")[2].startswith("Z")


class Export(CliTestCase):
    def setUp(self):
        super().setUp()
        self.train_titanic()

    def test_onnx_is_the_default(self):
        self.run_well("export", "-o", "model")
        self.run_well("export", "--format", "onnx", "-o", "same")
        self.assertEqual(self.read("model"), self.read("same"))
        self.assertIn(b"mlserve", self.read("model"))

    def test_the_ending_of_the_output_tells_the_format(self):
        for name, arguments in {
                "a.onnx": ["--format", "onnx"], "a.pmml": ["--format", "pmml"],
                "a.json": ["--format", "json"], "a.c": ["--format", "c"],
                "a.sql": ["--format", "sql"], "A.SQL": ["--format", "sql"],
                "a.h": ["--format", "c"], "a.cc": ["--format", "c", "--language", "c++"],
                "a.hpp": ["--format", "c", "--language", "c++"],
                "a.mjs": ["--format", "c", "--language", "javascript"]}.items():
            language = arguments[:2]  # a given format leaves the language to the ending
            with self.subTest(name):
                self.run_well("export", "-o", name)
                self.run_well("export", *arguments, "-o", "same")
                self.assertEqual(self.read(name), self.read("same"))
                self.run_well("export", *language, "-o", name)
                self.assertEqual(self.read(name), self.read("same"))

    def test_another_ending_tells_nothing(self):
        for name in ("a.py", "a.json.gz", "titanic.v2"):
            self.assert_fails(self.run_mlserve("export", "-o", name), USAGE,
                              f"the ending of '{name}' tells no format .*\\.sql, ")
            self.assertFalse((self.folder / name).exists())
            self.run_well("export", "--format", "onnx", "-o", name)

    def test_an_option_of_one_format_names_it(self):
        self.run_well("export", "--dialect", "duckdb", "-o", "a")
        self.run_well("export", "--format", "sql", "--dialect", "duckdb", "-o", "b")
        self.assertEqual(self.read("a"), self.read("b"))

    def test_a_given_format_outweighs_the_ending(self):
        self.run_well("export", "--format", "columns", "-o", "a.onnx")
        self.assertEqual(json.loads(self.read("a.onnx"))[0], "Age")

    def test_options_of_another_format_are_refused(self):
        for option, value, form in [("--dialect", "sqlite", "onnx"), ("--table", "t", "json"),
                                    ("--key", "id", "c"), ("--language", "c", "sql")]:
            with self.subTest(option):
                self.assert_fails_and_touches_nothing(
                    ["export", "--format", form, option, value], USAGE,
                    f"{option} is for --format (sql|c), not for {form}")

    def test_unknown_words_are_told_which_there_are(self):
        self.assert_fails_and_touches_nothing(["export", "--format", "onxx"], USAGE,
                                              r"no export format 'onxx' \(formats are: onnx, pmml")
        self.assert_fails_and_touches_nothing(["export", "--format", "sql", "--dialect", "oracle"], USAGE,
                                              "--dialect: oracle is none of")

    def test_verification_is_told(self):
        for form, runtime in {"bundle": "itself", "sql": "SQLite [0-9.]+", "c": "/.*cc"}.items():
            with self.subTest(form):
                result = self.run_well("export", "--format", form, "-o", "out", "--verify", TITANIC)
                self.assertRegex(
                    result.stderr,
                    rf"\A{form}, verified: \d golden rows and 1,317 rows of .*titanic.csv scored again by "
                    rf"{runtime}, largest difference \S+\n\Z")

    def test_what_cannot_be_verified_says_why(self):
        for form, why in {"onnx": "no ONNX runtime is linked in", "pmml": "no PMML scorer",
                          "json": "only the program"}.items():
            with self.subTest(form):
                result = self.run_well("export", "--format", form, "-o", "out")
                self.assertRegex(result.stderr, rf"\A{form}, not verified here: {why}")
                self.assert_fails_and_touches_nothing(
                    ["export", "--format", form, "--verify", TITANIC], USAGE,
                    f"--verify: {form} cannot be scored here: {why}")

    def test_json_summary(self):
        summary = json.loads(self.run_well("--json", "export", "-o", "a.sql").stdout)
        self.assertEqual(summary["format"], "sql")
        self.assertIs(summary["verified"], True)
        self.assertLessEqual(summary["largest_difference"], 1e-12)
        summary = json.loads(self.run_well("--json", "export", "-o", "a.onnx").stdout)
        self.assertIs(summary["verified"], False)
        self.assertIn("ONNX", summary["reason"])

    def test_standard_output_carries_the_export_alone(self):
        result = self.run_well("--json", "export", "--format", "columns")
        self.assertIsInstance(json.loads(result.stdout), list)

    def test_rows_that_make_no_sense_are_an_error_of_theirs(self):
        self.write("bad.csv", "Age,Sex,Embarked\n1,male,S\nold,male,S\n")
        self.assert_fails_and_touches_nothing(
            ["export", "--format", "sql", "--verify", "bad.csv"], BAD_DATA,
            "bad.csv:3: column 'Age': \"old\" is not a number")
        self.assert_fails_and_touches_nothing(
            ["export", "--format", "sql", "--verify", "none.csv"], NOT_USABLE, "")

    def test_an_export_that_answers_otherwise_is_not_written(self):
        # A compiler that takes one weight for another.
        weight = re.search(rb"-0\.0066\d+", self.export_bytes("c")).group().decode()
        self.fake("cc", f"""for file in *.c *.h; do
                [ -e "$file" ] && sed -i 's/{weight}/-0.5/' "$file"
            done
            exec /usr/bin/cc "$@" """)
        self.assert_fails_and_touches_nothing(
            ["export", "--format", "c"], FAILED, "golden rows:1: ",
            r"the export says 0\.9\d+, 1\.8\S+, the model says 0\.8\d+, 0\.1\d+; nothing is written",
            environment={"PATH": f"{self.folder}:{os.environ['PATH']}"})

    def test_ctrl_c_ends_it_at_once_and_leaves_nothing_behind(self):
        self.fake("cc", "echo $$ > started; sleep 1000")
        temporary = self.folder / "temporary"
        temporary.mkdir()
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}",
                       "TMPDIR": str(temporary)}
        with subprocess.Popen([binary(), "export", "--format", "c", "-o", "out"], cwd=self.folder,
                              env=environment, stderr=subprocess.PIPE) as export:
            started = eventually(lambda: next(temporary.glob("*/started"), None))
            eventually(lambda: started.read_text(encoding="utf-8").endswith("\n"))
            compiler = int(started.read_text(encoding="utf-8"))
            export.send_signal(signal.SIGINT)
            self.assertEqual(export.wait(60), -signal.SIGINT)
        self.assertEqual(list(temporary.iterdir()), [])
        self.assertFalse((self.folder / "out").exists())
        eventually(lambda: is_gone(compiler))

    def test_a_runtime_that_fails_is_quoted(self):
        self.fake("cc", """case "$*" in *probe*) exec /usr/bin/cc "$@" ;; esac
            echo 'cc: no space for you' >&2; exit 1""")
        self.assert_fails_and_touches_nothing(
            ["export", "--format", "c"], FAILED, "", "no space for you",
            environment={"PATH": f"{self.folder}:{os.environ['PATH']}"})

    def test_a_machine_that_cannot_run_it_says_nothing_of_the_export(self):
        self.fake("cc", "echo 'cc: cannot find its parts' >&2; exit 1")
        self.fake("node", "exit 1")
        (self.folder / "no").write_text("folder", encoding="utf-8")
        here = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        for environment, arguments in [(here, ["--format", "c"]),
                                       (here, ["--format", "c", "--language", "javascript"]),
                                       ({"TMPDIR": "/dev/null/none", "MLSERVE_X": ""}, ["--format", "c"])]:
            with self.subTest(arguments=arguments, environment=environment):
                result = self.run_well("export", *arguments, "-o", "out", environment=environment)
                if environment is here:
                    self.assertRegex(result.stderr, r"\Ac, not verified here: /.* failed with status 1")
                self.assertGreater(len(self.read("out")), 1000)
        self.assert_fails_and_touches_nothing(
            ["export", "--format", "c", "--verify", TITANIC], USAGE,
            "--verify: c cannot be scored here: .*cannot find its parts", environment=here)

    def test_relative_folders_are_as_good_as_others(self):
        (self.folder / "tmp").mkdir()
        self.fake("cc", 'exec /usr/bin/cc "$@"')
        result = self.run_well("export", "-o", "a.c", environment={
            "TMPDIR": "tmp", "PATH": f".:{os.environ['PATH']}"})
        self.assertRegex(result.stderr, r"\Ac, verified: ")
        self.assertEqual(list((self.folder / "tmp").iterdir()), [])

    def test_settings_of_the_environment_are_not_the_bundles_nor_another_formats(self):
        result = self.run_well("export", "--format", "bundle", "-o", "bundle", environment={
            "MLSERVE_OUTPUT": "lost", "MLSERVE_EXPLAIN": "true", "MLSERVE_MODEL": "model.json",
            "MLSERVE_DIALECT": "postgresql"})
        self.assertRegex(result.stderr, r"\Abundle, verified: ")
        self.assertFalse((self.folder / "lost").exists())

    def test_an_option_outweighs_what_is_set_for_all_exports(self):
        self.write("all.toml", "[export]\nlanguage = 'c++'\n")
        for settings in ({"arguments": ["--config", "all.toml"]}, {"environment": {"MLSERVE_LANGUAGE": "c++"}}):
            common, environment = settings.get("arguments", []), settings.get("environment")
            with self.subTest(settings):
                self.run_well(*common, "export", "-o", "a.onnx", environment=environment)
                self.run_well(*common, "export", "--format", "c", "-o", "a", environment=environment)
                self.assertIn(b"#pragma once", self.read("a"))
                self.run_well(*common, "export", "--language", "javascript", "-o", "b", environment=environment)
                self.assertIn(b"export function predict", self.read("b"))
                self.assert_fails(self.run_mlserve(*common, "export", "--language", "c++", "--format", "json",
                                                   environment=environment), USAGE, "--language is for --format c")

    def test_a_place_that_cannot_be_written_to_is_known_at_once(self):
        # Before a compiler has run, which would be told.
        self.fake("cc", "touch ran; exec /usr/bin/cc \"$@\"")
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "TMPDIR": str(self.folder)}
        result = self.run_mlserve("export", "--format", "c", "-o", "none/out", environment=environment)
        self.assert_fails(result, NOT_USABLE, "cannot write none/out: No such file or directory")
        self.assertEqual(list(self.folder.glob("**/ran")), [])

    def test_a_spelling_that_only_the_model_knows_is_named(self):
        self.write("numbers.csv", "k,y\n" + "".join(f"{i % 3},{'ab'[i % 3 == 1]}\n" for i in range(60)))
        self.run_well("train", "numbers.csv", "--target", "y", "--categorical", "k", "-o", "k.json")
        self.write("known.csv", "k\n1\n1.0\n1.00\n1.000000\n0.0\n1.\n")
        self.write("other.csv", "k\n1\n+1\n")
        for form in ("sql", "c"):
            self.run_well("export", "-m", "k.json", "--format", form, "-o", "out", "--verify", "known.csv")
            self.assert_fails_and_touches_nothing(
                ["export", "-m", "k.json", "--format", form, "--verify", "other.csv"], FAILED,
                "other.csv:3: by ", r'it does not know the category k in the spelling "\+1"')

    def test_without_the_runtime_the_export_is_written_all_the_same(self):
        for form, language in (("c", "c"), ("c", "javascript")):
            result = self.run_well("export", "--format", form, "--language", language, "-o", "out",
                                   environment={"PATH": str(self.folder)})
            self.assertRegex(result.stderr, r"\Ac, not verified here: no .* on PATH")
            self.assertGreater(len(self.read("out")), 1000)

    def test_the_model_and_the_rows_are_not_overwritten(self):
        self.assert_fails(self.run_mlserve("export", "-o", "model.json"), USAGE, "--output is the model")
        self.write("rows.csv", "Age,Sex,Embarked\n1,male,S\n")
        self.assert_fails(self.run_mlserve("export", "--format", "sql", "-o", "rows.csv", "--verify",
                                           "rows.csv"), USAGE, "--verify is the output")

    def test_binary_formats_are_not_for_a_terminal(self):
        ours, theirs = pty.openpty()
        done = subprocess.run([binary(), "export"], cwd=self.folder, stdout=theirs,
                              stderr=subprocess.PIPE, check=False, timeout=60)
        os.close(theirs)
        os.close(ours)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn(b"onnx is not for a terminal; name a file with -o", done.stderr)

    def export_bytes(self, form):
        self.run_well("export", "--format", form, "-o", "exported")
        data = self.read("exported")
        (self.folder / "exported").unlink()
        return data

    def fake(self, name, script):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


if __name__ == "__main__":
    unittest.main()
