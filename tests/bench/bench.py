"""mlserve side by side with other programs, in one run; `scripts/bench` calls this.

    bench.py --mlserve BINARY [--only abcdef] [--quick] [--write]

--only letters of the parts: (a) serving, (b) training, (c) predicting a file, (d) fitting,
       (e) jobs, (f) protocols, TLS, metrics, slow senders
--quick  small sizes and one repeat, to see that everything runs; the numbers mean nothing
--write  puts the tables between the bench markers of README.md
--check  fails when a goal is missed
"""

import argparse
import contextlib
import pathlib
import platform
import sys
import tempfile

import batch
import fitting
import markdown
import protocols
import queueing
import serving
from fairness import raise_descriptor_limit

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Debian's own, which has the modules; another python3 may stand before it on PATH.
PYTHON = "/usr/bin/python3"


def machine():
    cpu, count = "unknown processor", 0
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu, count = line.partition(":")[2].strip(), count + 1
    name = platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{count or ''} × {cpu}, {name}"


def measure(part, options, folder):
    settings = (options.mlserve, folder, ROOT, PYTHON, options.quick, options.repeats)
    if part == "a":
        return serving.measure(serving.Setting(*settings))
    if part == "e":
        return queueing.measure(queueing.Setting(*settings))
    if part == "f":
        return protocols.measure(protocols.Setting(*settings))
    measure_files = {"b": batch.measure_train, "c": batch.measure_predict,
                     "d": fitting.measure_fit}
    return measure_files[part](batch.Setting(*settings))


def report(options, folder):
    """Measures and prints; whether every goal is met."""
    texts, goals = [f"Measured by `scripts/bench` on {machine()}.\n"], []
    for part in sorted(set(options.only)):
        print(f"== part {part}", file=sys.stderr)
        text, found = measure(part, options, folder)
        texts.append(text)
        goals += found
    text = "\n".join(texts)
    print(text)
    print("Goals:")
    for what, value, met in goals:
        print(f"  {'met   ' if met else 'MISSED'} {what}: {markdown.number(value)}")
    if options.write:
        markdown.put_between_markers(ROOT / "README.md", text)
    return all(met for _, _, met in goals)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlserve", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--only", default="abcdef")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int, default=3, choices=range(1, 100), metavar="N")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not set(options.only) <= set("abcdef"):
        parser.error("--only takes letters of a, b, c, d, e, f")
    if options.quick and options.write:
        parser.error("--quick gives no numbers to --write")

    raise_descriptor_limit(4096)
    with contextlib.ExitStack() as stack:
        # Large inputs are kept for the next run.
        folder = ROOT / "build" / "bench"
        if options.quick:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        met = report(options, folder)
    if options.check and not met:
        sys.exit(1)


if __name__ == "__main__":
    main()
