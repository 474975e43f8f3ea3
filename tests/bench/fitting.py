"""Part (d): the fit itself, by mlserve and by scikit-learn to the same objective."""

import dataclasses
import json
import os
import statistics

import markdown
from batch import read_through
from processes import run

# How close to the lowest objective that anyone reached both have to come, as a share of it.
CLOSE = 1e-8
# Where lbfgs is told to end, None for where it does by itself; the first that is close is taken.
FTOLS = [None, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13]
THREADS = 2


@dataclasses.dataclass
class Fit:
    """One run: seconds of the fit and of the whole program, its peak, the objective reached."""
    seconds: float
    whole_seconds: float
    peak_mib: float
    objective: float


@dataclasses.dataclass
class Task:
    """Data, how both programs are told to fit them, and the solver with which scikit-learn comes
    as near to the lowest objective as it can."""
    name: str
    data: object
    ours: list
    peer: list
    exact: list


def fit_ours(setting, task):
    log = setting.folder / "fit.log"
    with log.open("wb") as errors:
        done = run([setting.mlserve, "train", task.data, "--target", "y", "--test-size", "0",
                    "--threads", str(THREADS), "--log-level", "debug", "--log-format", "json",
                    "-o", setting.folder / "fit.json", *task.ours], errors=errors)
    messages = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    fitted = [message for message in messages if message["message"] == "fitted"]
    if len(fitted) != 1:
        raise SystemExit(f"bench: {len(fitted)} fits in {log}")
    return Fit(float(fitted[0]["seconds"]), done.seconds, done.peak_mib,
               float(fitted[0]["objective"]))


def fit_peer(setting, task, *options):
    threads = {name: str(THREADS) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    done = run([setting.python, setting.here / "sklearn_fit.py", task.data, *task.peer, *options],
               {**os.environ, **threads})
    found = json.loads(done.output)
    if "openblas" not in found["threads"] and not setting.quick:
        raise SystemExit("bench: numpy is slow without OpenBLAS; install libopenblas0-pthread")
    return Fit(found["seconds"], done.seconds, done.peak_mib, found["objective"])


def excess(fit, lowest):
    return (fit.objective - lowest) / lowest


def median(fits):
    return Fit(*(statistics.median(getattr(fit, field.name) for fit in fits)
                 for field in dataclasses.fields(Fit)))


def find_ftol(setting, task, lowest):
    """The options with which lbfgs comes close, and what it does by itself."""
    by_itself = None
    for ftol in FTOLS:
        options = [] if ftol is None else ["--ftol", str(ftol)]
        fit = fit_peer(setting, task, *options)
        by_itself = by_itself or fit
        if excess(fit, lowest) <= CLOSE:
            return options, by_itself
    raise SystemExit(f"bench: lbfgs does not come close on {task.name}")


def shown_excess(fit, lowest):
    return f"{excess(fit, lowest):.0e}" if fit.objective != lowest else "0"


def row(name, ours, peer, lowest):
    return [name, markdown.number(ours.seconds), markdown.number(ours.whole_seconds),
            markdown.number(ours.peak_mib), shown_excess(ours, lowest),
            markdown.number(peer.seconds), markdown.number(peer.whole_seconds),
            markdown.number(peer.peak_mib), shown_excess(peer, lowest),
            markdown.number(peer.seconds / ours.seconds),
            markdown.number(peer.whole_seconds / ours.whole_seconds)]


def measure_task(setting, task):
    """Rows of the table, how many times faster the fit is, and by how much ours misses the lowest
    objective."""
    read_through(task.data)
    exact = fit_peer(setting, task, *task.exact)
    lowest = min(exact.objective, fit_ours(setting, task).objective)
    options, by_itself = find_ftol(setting, task, lowest)
    ours, peer = [], []
    for _ in range(setting.repeats):
        ours.append(fit_ours(setting, task))
        peer.append(fit_peer(setting, task, *options))
    ours, peer = median(ours), median(peer)
    rows = [row(task.name, ours, peer, lowest)]
    if options:
        rows.append(row("… lbfgs where it ends by itself", ours, by_itself, lowest))
    if "--solver" in task.exact:
        rows.append(row(f"… {task.exact[-1]}", ours, exact, lowest))
    return rows, peer.seconds / ours.seconds, excess(ours, lowest)


def tasks(setting):
    dense = setting.table("dense", setting.fit_rows)
    text = setting.table("text", setting.documents)
    newton = ["--tol", "1e-9", "--solver", "newton-cholesky"]
    return [
        Task(f"{setting.fit_rows:,} rows of 50 numbers of different scales", dense, [], [],
             newton),
        Task("the same, standardised", dense, ["--standardize"], ["--standardize"], newton),
        Task(f"{setting.documents:,} documents, TF-IDF", text, ["--text", "text"],
             ["--text", "text"], ["--ftol", "0"]),
    ]


def measure_fit(setting):
    """The Markdown of part (d), and its goals."""
    rows, goals = [], []
    for task, least in zip(tasks(setting), (3, None, 1)):
        found, times, above = measure_task(setting, task)
        rows += found
        goals.append((f"(d) objective above the lowest, {task.name}, at most {CLOSE:g}", above,
                      above <= CLOSE))
        if least:
            goals.append((f"(d) times faster than lbfgs, {task.name}, at least {least}", times,
                          times >= least))
    header = ["mlserve train", "fit s", "whole s", "peak MiB", "objective above lowest",
              "scikit-learn, lbfgs: fit s", "whole s", "peak MiB", "objective above lowest",
              "fit: times faster", "whole: times faster"]
    text = (f"**(d) Logistic regression**, {THREADS} threads each (OpenBLAS), no holdout: the fit "
            "alone with the data in memory, and the whole run from the CSV on. scikit-learn's "
            f"lbfgs runs until its objective is within {CLOSE:g} of the lowest that any of them "
            f"reached; median of {setting.repeats}.\n\n" + markdown.table(header, rows))
    return text, goals
