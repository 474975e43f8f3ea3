"""Part (f): what the other protocols, TLS, metrics and slow senders cost, beside the native route."""

import contextlib
import dataclasses
import json
import pathlib
import statistics
import subprocess

import markdown
from processes import Server, free_port, run

FEATURES = ["Age", "Sex", "Embarked"]
SLOW_SENDERS = 1000


@dataclasses.dataclass
class Case:
    """One way to ask the same rows."""
    name: str
    server: str            # which of the servers is asked
    path: str
    body: pathlib.Path
    answer: list           # the predictions that must come


def column(records, name):
    return [record.get(name) for record in records]


def tensor(records, name):
    datatype = "FP64" if name == "Age" else "BYTES"
    return {"name": name, "shape": [len(records), 1], "datatype": datatype,
            "data": column(records, name)}


def bodies(records):
    """By name of the protocol: path and body of the same question."""
    return {
        "native": ("/predict", records),
        "MLflow, records": ("/invocations", {"dataframe_records": records}),
        "MLflow, split": ("/invocations", {"dataframe_split": {
            "columns": FEATURES,
            "data": [[record.get(name) for name in FEATURES] for record in records]}}),
        "TensorFlow Serving, instances": ("/v1/models/model:predict", {"instances": records}),
        "TensorFlow Serving, inputs": ("/v1/models/model:predict", {
            "inputs": {name: column(records, name) for name in FEATURES}}),
        "Open Inference Protocol": ("/v2/models/model/infer", {
            "inputs": [tensor(records, name) for name in FEATURES]}),
    }


def predictions(answer):
    """The predictions in an answer of any of the protocols."""
    if "prediction" in answer:
        return answer["prediction"]
    if "outputs" in answer:
        outputs = answer["outputs"]
        return outputs[0]["data"] if isinstance(outputs[0], dict) else outputs
    return answer["predictions"]


class Setting:
    def __init__(self, mlserve, folder, root, python, quick, repeats):
        self.mlserve, self.folder, self.python = mlserve, folder, python
        self.here = root / "tests" / "bench"
        self.repeats = 1 if quick else repeats
        self.seconds = 1 if quick else 4
        self.connections = [16, 1000] if quick else [16, 256, 1000]
        self.records = json.loads((root / "data" / "passengers.json").read_bytes())
        run([mlserve, "train", root / "data" / "titanic.csv", "-o", folder / "model.json"])
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", folder / "key.pem",
             "-out", folder / "cert.pem"], errors=subprocess.DEVNULL)

    def server(self, name, *arguments, scheme="http"):
        port = free_port()
        return Server(name, [self.mlserve, "serve", "-m", self.folder / "model.json",
                             "--port", port, *arguments], port, scheme=scheme)

    def write(self, name, value):
        path = self.folder / (name.replace(" ", "-").replace(",", "") + ".json")
        path.write_text(json.dumps(value), encoding="utf-8")
        return path

    def cases(self):
        found = [Case(name, "plain", path, self.write(name, body), [0, 1, 0, 0])
                 for name, (path, body) in bodies(self.records).items()]
        native = found[0]
        found.append(dataclasses.replace(native, name="native, TLS", server="tls"))
        found.append(dataclasses.replace(native, name="native, --no-metrics", server="bare"))
        return found


def check(case, server):
    """The case must be answered, and rightly, before it is measured."""
    status, text = server.post(case.path, case.body.read_bytes())
    if status != 200 or predictions(json.loads(text)) != case.answer:
        raise SystemExit(f"bench: {case.name}: {status} {text!r}")


def load(setting, case, server, connections, delay_ms=0):
    before = server.cpu_seconds()
    url = f"{server.scheme}://127.0.0.1:{server.port}{case.path}"
    done = run(["wrk", "-t2", f"-c{connections}", f"-d{setting.seconds}s", "--timeout", "30s",
                "-s", setting.here / "predict.lua", url, "--", case.body, "", str(delay_ms)])
    found = json.loads(done.output.splitlines()[-1])
    if found["bad_status"] or found["socket_errors"]:
        raise SystemExit(f"bench: {case.name} with {connections} connections: {found}")
    found["per_second"] = found["requests"] / found["seconds"]
    found["cpu_us"] = (server.cpu_seconds() - before) / max(1, found["requests"]) * 1e6
    return found


def medians(runs):
    return {name: statistics.median(found[name] for found in runs) for name in runs[0]}


def measure_load(setting, cases, servers):
    """{(case, connections): medians}; the cases take turns."""
    runs = {}
    for _ in range(setting.repeats):
        for connections in setting.connections:
            for case in cases:
                found = load(setting, case, servers[case.server], connections)
                runs.setdefault((case.name, connections), []).append(found)
    return {key: medians(found) for key, found in runs.items()}


def measure_half_load(setting, cases, servers, loads):
    """The same at half of the rate that each case reached at 16 connections."""
    found = {}
    for case in cases:
        rate = loads[case.name, 16]["per_second"] / 2
        connections = 256
        delay_ms = connections / rate * 1e3
        found[case.name] = medians([load(setting, case, servers[case.server], connections,
                                         delay_ms) for _ in range(setting.repeats)])
        found[case.name]["share"] = found[case.name]["per_second"] / rate / 2
    return found


def measure_slow_senders(setting, case, server):
    """p99 of 16 clients at half load, without and with slow senders beside them."""
    rate = load(setting, case, server, 16)["per_second"] / 2
    delay_ms = max(1, 16 / rate * 1e3)
    without, beside = [], []
    for _ in range(max(3, setting.repeats)):
        without.append(load(setting, case, server, 16, delay_ms)["p99_ms"])
        with subprocess.Popen([setting.python, setting.here / "slow_senders.py", str(server.port),
                               "--connections", str(SLOW_SENDERS)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as slow:
            if slow.stdout.readline() != "ready\n":
                raise SystemExit("bench: the slow senders have failed")
            beside.append(load(setting, case, server, 16, delay_ms)["p99_ms"])
            slow.stdin.close()
    return statistics.median(without), statistics.median(beside)


def load_table(setting, cases, loads):
    rows = []
    for connections in setting.connections:
        native = loads[cases[0].name, connections]
        for case in cases:
            found = loads[case.name, connections]
            rows.append((case.name, f"{connections:,}", *map(markdown.number, (
                found["per_second"], found["per_second"] / native["per_second"],
                found["p50_ms"], found["p99_ms"], found["cpu_us"],
                found["cpu_us"] / native["cpu_us"]))))
    return markdown.table(["asked by", "connections", "requests/s", "of native", "p50 ms", "p99 ms",
                           "CPU µs a request", "of native"], rows)


def half_table(cases, half):
    return markdown.table(
        ["asked by, at half load", "of the most requests/s", "p50 ms", "p99 ms", "p99.9 ms"],
        [(case.name, *map(markdown.number, (half[case.name][key] for key in
                                            ("share", "p50_ms", "p99_ms", "p999_ms"))))
         for case in cases])


def goals_of(cases, loads, slow):
    goals = []
    for case in cases:
        if case.server != "plain" or case.name == "native":
            continue
        ratio = min(loads[case.name, connections]["per_second"] /
                    loads["native", connections]["per_second"]
                    for name, connections in loads if name == case.name)
        goals.append((f"(f) {case.name}: of native, at least 0.8", ratio, ratio >= 0.8))
    ratio = slow[1] / slow[0]
    goals.append((f"(f) p99 beside {SLOW_SENDERS:,} slow senders, at most 2 times", ratio,
                  ratio <= 2))
    return goals


def measure(setting):
    """The Markdown of part (f), and the goals as (what, value, whether it is met)."""
    tls = ("--tls-cert", setting.folder / "cert.pem", "--tls-key", setting.folder / "key.pem")
    with contextlib.ExitStack() as stack:
        servers = {
            "plain": stack.enter_context(setting.server("plain")),
            "tls": stack.enter_context(setting.server("tls", *tls, scheme="https")),
            "bare": stack.enter_context(setting.server("bare", "--no-metrics")),
        }
        cases = setting.cases()
        for case in cases:
            check(case, servers[case.server])
        loads = measure_load(setting, cases, servers)
        half = measure_half_load(setting, cases, servers, loads)
        slow = measure_slow_senders(setting, cases[0], servers["plain"])
    text = (f"**(f) Protocols**, the same four records asked by each, keep-alive, wrk with 2 threads "
            f"for {setting.seconds} s, median of {setting.repeats}.\n\n"
            f"{load_table(setting, cases, loads)}\n"
            f"At half load 256 connections pause between their requests.\n\n"
            f"{half_table(cases, half)}\n"
            f"Beside {SLOW_SENDERS:,} connections that send a byte a second, p99 of 16 clients at "
            f"half load: {markdown.number(slow[1])} ms, without them {markdown.number(slow[0])} ms.\n")
    return text, goals_of(cases, loads, slow)
