"""Runs the tour of a README and compares what the commands print with what the README shows.

    run_readme.py [README.md] [--update]

The tour is every fenced block that begins with ```sh tour. In it,

    $ command          is run by bash in a folder that holds a copy of data/, with `mlserve` on
                       PATH; a line that ends in a backslash goes on in the next one;
    other lines        up to the next command are what it must print, stdout and stderr together
                       (but for blank lines at the end);
    …                  alone in a line stands for any number of lines, inside a line for any text;
    $ command &        is started and left running; the lines below it must appear within ten
                       seconds. At the end it gets SIGTERM and must end with exit code 0.

Every other command must end with exit code 0, unless `# exit N` stands behind it. All share the
folder, so one finds the files of those before it. Port 12345 becomes a free one, and is shown as
12345 again. --update writes what was printed into the README instead of failing; then look at the
difference. Needs only python3's standard library; the binary is named by MLSERVE.
"""

import argparse
import contextlib
import dataclasses
import difflib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```sh tour\s*$")
EXIT = re.compile(r"\s+# exit (\d+)$")
README_PORT = "12345"


@dataclasses.dataclass
class Step:
    """One command, with the lines of the README (from 0) that hold what it prints."""
    command: str
    first: int
    end: int
    expected: list


def drop_blank_end(step):
    while step.expected and not step.expected[-1]:
        step.expected.pop()
        step.end -= 1


def read_steps(lines):
    steps, inside, at = [], False, 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not inside:
            inside = bool(FENCE.match(line))
        elif line.startswith("```"):
            inside = False
        elif line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + lines[at]
                at += 1
            steps.append(Step(command, at, at, []))
        elif steps and steps[-1].end == at - 1:
            steps[-1].expected.append(line)
            steps[-1].end = at
        else:
            raise SystemExit(f"line {at}: output without a command before it")
    for step in steps:
        drop_blank_end(step)
    return steps


def expected_pattern(lines):
    """A regular expression for whole output, whose lines end in newlines."""
    parts = []
    for line in lines:
        if line.strip() == "…":
            parts.append(r"(?:[^\n]*\n)*")
        else:
            parts.append(r"[^\n]*".join(map(re.escape, line.split("…"))) + r"[ ]*\n")
    return "".join(parts)


def free_port():
    # Below the range from which the system takes ports of outgoing connections.
    for port in range(20000, 32000, 37):
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return str(port)
    raise SystemExit("no free port")


class Background:
    """A command that was left running, with what it has printed so far."""

    def __init__(self, process):
        self.process = process
        self.output = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.output += line

    def wait_for(self, pattern):
        """Waits for output that begins as `pattern` says, at most ten seconds."""
        until = time.monotonic() + 10
        while time.monotonic() < until and not re.match(pattern, self.output):
            if self.process.poll() is not None:
                break
            time.sleep(0.02)

    def stop(self):
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Tour:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.background = []
        programs = folder / ".bin"
        programs.mkdir()
        (programs / "mlserve").symlink_to(pathlib.Path(os.environ["MLSERVE"]).resolve())
        shutil.copytree(ROOT / "data", folder / "data")
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith("MLSERVE")}
        self.environment = {**kept, "PATH": f"{programs}:{os.environ['PATH']}"}

    def start(self, command):
        return subprocess.Popen(["bash", "-c", command.replace(README_PORT, self.port)],
                                cwd=self.folder, env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")

    def shown(self, output):
        text = output.replace(self.port, README_PORT).rstrip("\n")
        return text + "\n" if text else ""

    def run(self, step):
        """(what it printed, what is wrong with its exit code or None)."""
        if step.command.endswith(" &"):
            # exec, so that the signal at the end reaches the program and not a shell around it.
            left = Background(self.start("exec " + step.command[:-2]))
            self.background.append((step, left))
            left.wait_for(expected_pattern(step.expected).replace(README_PORT, self.port))
            return self.shown(left.output), None
        named = EXIT.search(step.command)
        wanted = int(named.group(1)) if named else 0
        process = self.start(EXIT.sub("", step.command))
        output, _ = process.communicate(timeout=120)
        problem = None
        if process.returncode != wanted:
            problem = f"exit code {process.returncode} instead of {wanted}"
        return self.shown(output), problem

    def stop(self):
        """What is wrong with the ends of the commands left running."""
        return [f"{step.command}: exit code {code} after SIGTERM"
                for step, left in self.background if (code := left.stop()) != 0]


def compare(step, output):
    """The difference between what the README shows and what was printed, or None."""
    if re.fullmatch(expected_pattern(step.expected), output):
        return None
    return "\n".join(difflib.unified_diff(step.expected, output.splitlines(), "README", "printed",
                                          lineterm=""))


def run_tour(steps):
    """(problems, {index of a step: what it printed, where that differs})."""
    problems, printed = [], {}
    with tempfile.TemporaryDirectory(prefix="mlserve-tour-") as folder:
        tour = Tour(pathlib.Path(folder))
        try:
            for index, step in enumerate(steps):
                output, problem = tour.run(step)
                difference = compare(step, output)
                if difference:
                    printed[index] = output
                for what in filter(None, (problem, difference)):
                    problems.append(f"line {step.first}: $ {step.command}\n{what}")
        finally:
            problems += tour.stop()
    return problems, printed


def update(readme, lines, steps, printed):
    for index in sorted(printed, reverse=True):
        lines[steps[index].first:steps[index].end] = printed[index].splitlines()
    readme.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("readme", type=pathlib.Path, nargs="?", default=ROOT / "README.md")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    lines = options.readme.read_text(encoding="utf-8").splitlines()
    steps = read_steps(lines)
    if not steps:
        raise SystemExit(f"{options.readme}: no block that begins with ```sh tour")
    problems, printed = run_tour(steps)
    if options.update:
        update(options.readme, lines, steps, printed)
    for problem in problems:
        print(problem + "\n")
    print(f"{len(steps)} commands, {len(problems)} problems")
    return 1 if problems and not options.update else 0


if __name__ == "__main__":
    sys.exit(main())
