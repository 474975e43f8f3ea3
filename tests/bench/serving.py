"""Part (a): POST /predict by mlserve, by nginx with a constant answer, by Flask + scikit-learn."""

import contextlib
import json
import statistics

import markdown
from processes import Server, free_port, run

NGINX_CONFIG = """
daemon off;
worker_processes auto;
pid {folder}/nginx-{port}.pid;
error_log stderr;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location = /predict {{ return 200 '{body}'; }}
    location = /readyz {{ return 200 'ready'; }}
  }}
}}
"""


class Setting:
    """What a run needs: programs, sizes, models."""

    def __init__(self, mlserve, folder, root, python, quick, repeats):
        self.mlserve, self.folder, self.python = mlserve, folder, python
        self.here = root / "tests" / "bench"
        self.body = root / "data" / "passengers.json"
        self.repeats = 1 if quick else repeats
        self.seconds = 1 if quick else 4
        self.connections = [16, 1000] if quick else [16, 256, 1000]
        self.starts = 3 if quick else 11
        titanic = root / "data" / "titanic.csv"
        run([mlserve, "train", titanic, "-o", folder / "model.json"])
        run([python, self.here / "sklearn_train.py", titanic, folder / "model.pkl"])

    def mlserve_server(self):
        port = free_port()
        return Server("mlserve", [self.mlserve, "serve", "-m", self.folder / "model.json",
                                  "--port", port], port)

    def nginx_server(self, body):
        port = free_port()
        config = self.folder / f"nginx-{port}.conf"
        text = NGINX_CONFIG.format(folder=self.folder, port=port, body=body.decode())
        config.write_text(text, encoding="utf-8")
        return Server("nginx, constant", ["/usr/sbin/nginx", "-c", config, "-p", self.folder],
                      port)

    def flask_server(self):
        port = free_port()
        command = [self.python, "-m", "gunicorn", "-w", 2, "-k", "gthread", "--threads", 8,
                   "--keep-alive", 75, "--log-level", "error", "-b", f"127.0.0.1:{port}",
                   "flask_service:app"]
        return Server("Flask, gunicorn", command, port,
                      {"MODEL": str(self.folder / "model.pkl")}, self.here)


def check_answer(setting, server):
    """The four predictions; their body is what nginx will send."""
    status, text = server.post("/predict", setting.body.read_bytes())
    if status != 200 or json.loads(text) != {"prediction": [0, 1, 0, 0]}:
        raise SystemExit(f"bench: {server.name} answered {status} {text!r}")
    return text


def load(setting, server, connections):
    """One wrk run, with the processor time that the server took for a request."""
    before = server.cpu_seconds()
    done = run(["wrk", "-t2", f"-c{connections}", f"-d{setting.seconds}s", "--timeout", "30s",
                "--latency", "-s", setting.here / "predict.lua",
                f"http://127.0.0.1:{server.port}/predict", "--", setting.body])
    found = json.loads(done.output.splitlines()[-1])
    if found["bad_status"] or found["socket_errors"]:
        raise SystemExit(f"bench: {server.name} with {connections} connections: {found}")
    found["per_second"] = found["requests"] / found["seconds"]
    found["cpu_us"] = (server.cpu_seconds() - before) / max(1, found["requests"]) * 1e6
    return found


def fairness(setting, server, connections, idle):
    check_answer(setting, server)  # waits until the requests of the last run are done
    command = [setting.python, setting.here / "fairness.py", server.port, setting.body,
               "--connections", connections, "--idle", idle, "--seconds", setting.seconds]
    return json.loads(run([str(word) for word in command]).output)


def medians(runs):
    """The median of each number over several runs."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def measure_load(setting, servers):
    """{(server name, connections): medians}; the servers take turns."""
    runs = {}
    for _ in range(setting.repeats):
        for connections in setting.connections:
            for server in servers:
                found = load(setting, server, connections)
                runs.setdefault((server.name, connections), []).append(found)
    return {key: medians(found) for key, found in runs.items()}


def measure_start(setting, make_server, starts):
    """(ms from exec to the first good /readyz, MiB resident then): medians of several starts."""
    ready, resident = [], []
    for _ in range(starts):
        with make_server() as server:
            ready.append(server.ready_ms)
            resident.append(server.resident_mib())
    return statistics.median(ready), statistics.median(resident)


def load_table(setting, servers, loads):
    rows = []
    for connections in setting.connections:
        nginx = loads[servers[1].name, connections]["per_second"]
        flask = loads[servers[2].name, connections]["per_second"]
        for server in servers:
            found = loads[server.name, connections]
            rows.append((server.name, f"{connections:,}", *map(markdown.number, (
                found["per_second"], found["per_second"] / nginx, found["per_second"] / flask,
                found["p50_ms"], found["p99_ms"], found["cpu_us"]))))
    return markdown.table(["server", "connections", "requests/s", "of nginx", "× Flask", "p50 ms",
                           "p99 ms", "CPU µs a request"], rows)


def measure_connections(setting, server, starts):
    """A row of the second table: start, memory, 1,000 busy connections, 1,000 idle ones."""
    crowd = fairness(setting, server, 1000, 0)
    alone = fairness(setting, server, 1, 0)
    beside = fairness(setting, server, 1, 1000)
    return {
        "ready_ms": starts[0], "resident_mib": starts[1],
        "least": crowd["least_in_a_second"], "longest_wait_ms": crowd["longest_wait_ms"],
        "alone": alone["answers_per_second"], "beside_idle": beside["answers_per_second"],
    }


def connection_table(rows):
    return markdown.table(
        ["server", "ready after ms", "resident MiB", "fewest answers a connection and second, "
         "1,000 busy", "longest wait ms", "one client, requests/s", "with 1,000 idle beside it"],
        [(name, markdown.number(row["ready_ms"]), markdown.number(row["resident_mib"]),
          row["least"], *map(markdown.number, (row["longest_wait_ms"], row["alone"],
                                               row["beside_idle"]))) for name, row in rows])


def measure(setting):
    """The Markdown of part (a), and the goals as (what, value, whether it is met)."""
    with contextlib.ExitStack() as stack:
        mlserve = stack.enter_context(setting.mlserve_server())
        body = check_answer(setting, mlserve)
        nginx = stack.enter_context(setting.nginx_server(body))
        flask = stack.enter_context(setting.flask_server())
        check_answer(setting, flask)
        servers = [mlserve, nginx, flask]
        loads = measure_load(setting, servers)
        starts = [
            measure_start(setting, setting.mlserve_server, setting.starts),
            measure_start(setting, lambda: setting.nginx_server(body), setting.starts),
            (flask.ready_ms, flask.resident_mib()),
        ]
        rows = [(server.name, measure_connections(setting, server, start))
                for server, start in zip(servers, starts)]
    ours = dict(rows)[mlserve.name]

    def ratio(server):
        return loads[mlserve.name, 16]["per_second"] / loads[server.name, 16]["per_second"]

    goals = [
        ("(a) of nginx's constant answer at 16 connections, at least 0.5", ratio(nginx),
         ratio(nginx) >= 0.5),
        ("(a) times the Flask service at 16 connections, at least 60", ratio(flask),
         ratio(flask) >= 60),
        ("(a) fewest answers of any of 1,000 connections in a second, at least 1", ours["least"],
         ours["least"] >= 1),
        ("(a) ready after ms, at most 20", ours["ready_ms"], ours["ready_ms"] <= 20),
        ("(a) resident MiB, below 16", ours["resident_mib"], ours["resident_mib"] < 16),
    ]
    text = (f"**(a) `POST /predict` with four records**, keep-alive, wrk with 2 threads for "
            f"{setting.seconds} s, median of {setting.repeats}; nginx sends the same answer as a "
            f"constant; Flask with pandas and scikit-learn runs in 2 gunicorn workers with 8 "
            f"threads each.\n\n{load_table(setting, servers, loads)}\n{connection_table(rows)}")
    return text, goals
