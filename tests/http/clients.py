"""What the tests of this folder share: programs of others, installed from package-lock.json beside
this file by `npm ci`, and the model that they ask."""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

from harness import ROOT, CliTestCase  # noqa: E402  (found by the line above)
from servers import Server  # noqa: E402

__all__ = ["HERE", "ROOT", "TITANIC_MODEL", "CliTestCase", "Server", "ServerTestCase", "run_node",
           "run_tool"]

TITANIC_MODEL = ROOT / "tests" / "golden" / "titanic_v1.json"

# Nothing is told to anybody, nor asked for.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


class ServerTestCase(CliTestCase):
    """A test with servers, which are stopped at its end."""

    def serve(self, *arguments, **options):
        server = Server(self.folder, *arguments, **options)
        self.addCleanup(server.stop)
        return server


def run_tool(name, *arguments, timeout=200):
    """Runs a program of node_modules; returns its exit code and all that it printed."""
    return run_node(HERE / "node_modules" / ".bin" / name, *arguments, timeout=timeout)


def run_node(*arguments, timeout=60):
    done = subprocess.run(["node", *map(str, arguments)], cwd=HERE, env={**os.environ, **QUIET},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout, check=False)
    return done.returncode, done.stdout.decode(errors="replace")
