"""Parts (b) and (c): training and predicting files, by mlserve and by pandas + scikit-learn."""

import json
import statistics

import markdown
from processes import run


class Setting:
    def __init__(self, mlserve, folder, root, python, quick, repeats):
        self.mlserve, self.folder, self.python = mlserve, folder, python
        self.here = root / "tests" / "bench"
        self.titanic = root / "data" / "titanic.csv"
        self.quick = quick
        self.repeats = 1 if quick else repeats
        self.sizes = [10_000, 20_000] if quick else [1_000_000, 2_000_000, 5_000_000]
        self.records = 10_000 if quick else 1_000_000
        self.fit_rows = 5_000 if quick else 1_000_000
        self.documents = 500 if quick else 20_000

    def made(self, path, script, *arguments):
        """The file that `script` makes, at most once."""
        if not path.exists():
            unfinished = path.with_name("unfinished" + path.suffix)
            run([self.python, self.here / script, *arguments, unfinished])
            unfinished.rename(path)
        return path

    def rows(self, count, suffix, jitter=False):
        """A file of so many rows of passengers."""
        path = self.folder / f"rows_{count}{'_jitter' if jitter else ''}{suffix}"
        return self.made(path, "make_rows.py", str(count), *(["--jitter"] if jitter else []))

    def table(self, kind, count):
        """A CSV file of so many rows with the target y."""
        return self.made(self.folder / f"{kind}_{count}.csv", "make_table.py", kind, str(count))

    def train(self, data):
        return run([self.mlserve, "train", data, "-o", self.folder / "model.json"])

    def sklearn_train(self, data, *options):
        return run([self.python, self.here / "sklearn_train.py", data, self.folder / "model.pkl",
                    *options])

    def predict(self, source, output):
        return run([self.mlserve, "predict", source, "-m", self.folder / "model.json", "-o",
                    output])

    def sklearn_predict(self, source, output):
        return run([self.python, self.here / "sklearn_predict.py", source,
                    self.folder / "model.pkl", output])


def take_turns(repeats, tasks):
    """Runs each of `tasks` (name -> function) `repeats` times in turn; the median of each."""
    runs = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            runs[name].append(task())
    return {name: (statistics.median(one.seconds for one in found),
                   statistics.median(one.peak_mib for one in found))
            for name, found in runs.items()}


def read_through(path):
    """Brings the file into the page cache, so that the first program pays no more than others."""
    with path.open("rb") as file:
        while file.read(1 << 22):
            pass


def row(name, ours, peer=None):
    """Seconds and MiB of ours and, where there is one, of the peer, with the ratios."""
    cells = [name, *map(markdown.number, ours)]
    if peer is None:
        return cells + ["–"] * 4
    return cells + [*map(markdown.number, peer), markdown.number(peer[0] / ours[0]),
                    markdown.number(ours[1] / peer[1])]


HEADER = ["s", "peak MiB", "pandas + scikit-learn s", "peak MiB", "times faster",
          "share of memory"]


def measure_train(setting):
    """The Markdown of part (b), and the goals as (what, value, whether it is met)."""
    largest = setting.sizes[-1]
    data = {count: setting.rows(count, ".csv") for count in setting.sizes}
    jittered = setting.rows(largest, ".csv", jitter=True)
    for path in (*data.values(), jittered):
        read_through(path)
    tasks = {("ours", count): lambda path=path: setting.train(path)
             for count, path in data.items()}
    tasks["ours", "jitter"] = lambda: setting.train(jittered)
    tasks["peer", largest] = lambda: setting.sklearn_train(data[largest])
    tasks["peer", "usecols"] = lambda: setting.sklearn_train(data[largest], "--usecols")
    tasks["peer", "jitter"] = lambda: setting.sklearn_train(jittered)
    found = take_turns(setting.repeats, tasks)

    rows = [row(f"{count:,} rows", found["ours", count]) for count in setting.sizes[:-1]]
    rows += [
        row(f"{largest:,} rows", found["ours", largest], found["peer", largest]),
        row("… peer reads only the four columns in use", found["ours", largest],
            found["peer", "usecols"]),
        row("… ages with fractions, hardly two rows equal", found["ours", "jitter"],
            found["peer", "jitter"]),
    ]
    text = ("**(b) `mlserve train`** on rows drawn from the Titanic data: schema, holdout metrics, "
            f"fit, model file; median of {setting.repeats}.\n\n"
            + markdown.table(["mlserve train", *HEADER], rows))

    seconds, mib = found["ours", largest]
    peer_seconds, peer_mib = found["peer", largest]
    # What each further row costs, against the average row of the largest file.
    smallest = setting.sizes[0]
    growth = ((seconds - found["ours", smallest][0]) / (largest - smallest)) / (seconds / largest)
    return text, [
        ("(b) times faster than pandas + scikit-learn, at least 15", peer_seconds / seconds,
         peer_seconds / seconds >= 15),
        ("(b) share of their memory, at most 0.25", mib / peer_mib, mib / peer_mib <= 0.25),
        ("(b) time of a further row over that of an average one, at most 1.2", growth,
         growth <= 1.2),
    ]


def read_predictions(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line)["prediction"] for line in text.splitlines()]
    return json.loads(text)["prediction"]


def check_predictions(ours, theirs):
    """The two fits differ in the last digits, so a few records near 0.5 may differ, no more."""
    first, second = read_predictions(ours), read_predictions(theirs)
    different = sum(a != b for a, b in zip(first, second))
    if len(first) != len(second) or different > len(first) / 100:
        raise SystemExit(f"bench: {ours} and {theirs} differ in {different} of {len(first)}")


def measure_predict(setting):
    """The Markdown of part (c), and its goals."""
    setting.train(setting.titanic)
    setting.sklearn_train(setting.titanic)
    rows, goals = [], []
    for suffix, name in ((".json", "a JSON list"), (".jsonl", "JSON Lines")):
        source = setting.rows(setting.records, suffix)
        read_through(source)
        ours, theirs = (setting.folder / f"{who}{suffix}" for who in ("ours", "theirs"))
        found = take_turns(setting.repeats, {
            "ours": lambda: setting.predict(source, ours),
            "peer": lambda: setting.sklearn_predict(source, theirs)})
        check_predictions(ours, theirs)
        rows.append(row(f"{setting.records:,} records, {name}", found["ours"], found["peer"]))
        times = found["peer"][0] / found["ours"][0]
        goals.append((f"(c) times faster on {name}, at least 8", times, times >= 8))
    text = (f"**(c) `mlserve predict`**; median of {setting.repeats}.\n\n"
            + markdown.table(["mlserve predict", *HEADER], rows))
    return text, goals
