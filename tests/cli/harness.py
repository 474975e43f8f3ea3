"""Runs the real binary, whose path is in the environment variable MLSERVE, in folders of its own."""

import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
TITANIC = DATA / "titanic.csv"
PASSENGERS = DATA / "passengers.json"

# Exit codes, as the README lists them.
FAILED, USAGE, BAD_DATA, NOT_USABLE, UNREACHABLE = 1, 2, 3, 4, 5


def binary():
    path = os.environ.get("MLSERVE")
    if not path:
        raise SystemExit("set MLSERVE to the path of the binary")
    return str(pathlib.Path(path).resolve())


class Result:
    """What one run of the binary gave."""

    def __init__(self, command, done):
        self.command = " ".join(map(str, command))
        self.code = done.returncode
        self.stdout = done.stdout.decode(errors="replace")
        self.stderr = done.stderr.decode(errors="replace")

    def __str__(self):
        return (f"$ {self.command}\nexit code {self.code}\n"
                f"stdout: {self.stdout[:2000]}\nstderr: {self.stderr[:2000]}")


def eventually(condition):
    """The first truth that `condition` gives, within a minute."""
    end = time.monotonic() + 60
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError("it does not come true")
        time.sleep(0.02)
    return found


class CliTestCase(unittest.TestCase):
    """A test in a new folder, where the binary runs and relative paths begin."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="mlserve-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, content):
        """Makes a file of text (UTF-8) or bytes in the test's folder; returns its name."""
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)
        return name

    def read(self, name):
        return (self.folder / name).read_bytes()

    def run_mlserve(self, *arguments, stdin=b"", environment=None, timeout=100):
        """Runs `mlserve ARGUMENT…` without any MLSERVE_ setting of the caller."""
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith("MLSERVE")}
        command = ["mlserve", *map(str, arguments)]
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(command, executable=binary(), input=data, capture_output=True,
                              cwd=self.folder, env={**inherited, **(environment or {})},
                              timeout=timeout, check=False)
        return Result(command, done)

    def run_well(self, *arguments, **options):
        """A run that must end with exit code 0."""
        result = self.run_mlserve(*arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result

    def train_titanic(self, model="model.json"):
        self.run_well("train", TITANIC, "-o", model)
        return model

    def assert_fails(self, result, code, place, words=""):
        """`code`, nothing on stdout, and one line `mlserve: error: PLACE…` on stderr, in which the
        regular expressions `place` (at the start) and `words` (anywhere, any case) are found."""
        self.assertEqual(result.code, code, result)
        self.assertEqual(result.stdout, "", result)
        self.assertRegex(result.stderr, r"\A[^\n]+\n\Z", f"not one line: {result}")
        self.assertRegex(result.stderr, f"^mlserve: error: {place}", result)
        self.assertRegex(result.stderr, re.compile(words, re.IGNORECASE), result)

    def assert_fails_and_touches_nothing(self, arguments, code, place, words="", **options):
        """The same for a command with `-o kept`: a file that stands there stays as it was, and
        the folder holds no other files than before."""
        self.write("kept", "what stood here before\n")
        before = sorted(path.name for path in self.folder.iterdir())
        result = self.run_mlserve(*arguments, "-o", "kept", **options)
        self.assert_fails(result, code, place, words)
        self.assertEqual(self.read("kept"), b"what stood here before\n", result)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), before, result)
