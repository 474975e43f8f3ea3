#!/usr/bin/env python3
"""A PostgreSQL server for tests, thrown away afterwards.

    tests/support/postgres_cluster.py start DIR     makes the cluster in DIR, starts it, prints its URI
    tests/support/postgres_cluster.py stop DIR      stops it, removes DIR

Both may be called again without harm. The server has no port, only a Unix socket in DIR, whose path
is short therefore (below 90 bytes). root, whom PostgreSQL refuses, runs it as the user postgres. The
superuser is postgres, without a password; only the user `needs_password` is asked for one.
"""

import argparse
import os
import pathlib
import pwd
import shutil
import subprocess
import sys

LONGEST_PATH = 90  # a socket's path has at most 107 bytes, and its name takes 14
HBA = """\
local all needs_password scram-sha-256
local all all            trust
"""


class ClusterError(Exception):
    pass


def programs_folder():
    """Debian keeps the server's programs apart by version, not on PATH."""
    found = pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: float(path.parts[-3]), default=None)
    initdb = newest or shutil.which("initdb")
    if initdb is None:
        raise ClusterError("PostgreSQL's server is not there (Debian: apt-get install postgresql)")
    return pathlib.Path(initdb).parent


class Cluster:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.marker = self.folder / "made_for_tests"  # without it, a folder is not ours
        if len(os.fsencode(self.folder)) > LONGEST_PATH:
            raise ClusterError(f"{self.folder} is too long for a socket's folder")

    @property
    def uri(self):
        return f"postgresql:///postgres?host={self.folder}&user=postgres"

    def start(self):
        programs_folder()  # throws, before anything is made
        if not self.data.exists():
            self._make()
        if not self._is_running():
            self._control("start", "-l", self.log, "-o",
                          f"-c listen_addresses= -c unix_socket_directories={self.folder}")

    def halt(self, mode="fast"):
        """Stops the server and keeps its data, for another start; mode "immediate" as a crash."""
        if self._is_running():
            self._control("stop", "-m", mode)

    def stop(self):
        if self.marker.exists():
            self.halt("immediate")
            shutil.rmtree(self.folder)
        elif self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()  # never started

    def _make(self):
        if not self.marker.exists():
            self._make_folder()
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)  # of a start that was interrupted
        self._run("initdb", "-D", unfinished, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C")
        (unfinished / "pg_hba.conf").write_text(HBA, encoding="ascii")
        unfinished.rename(self.data)

    def _make_folder(self):
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(self.folder.iterdir()):
            raise ClusterError(f"{self.folder} has other things in it")
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.marker.touch()

    def _is_running(self):
        return (self.data.exists()
                and self._run("pg_ctl", "status", "-D", self.data, check=False) == 0)

    def _control(self, what, *arguments):
        self._run("pg_ctl", what, "-w", "-t", "60", "-D", self.data, *arguments)

    def _run(self, program, *arguments, check=True):
        """Its output goes to a file: the server inherits it and would keep a pipe open."""
        command = [programs_folder() / program, *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        output_file = self.folder / "output"
        with open(output_file, "w", encoding="utf-8") as output:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                  cwd="/", check=False)
        if check and done.returncode != 0:
            raise ClusterError(f"{program} {arguments[0]} failed: "
                               f"{output_file.read_text(encoding='utf-8')}")
        return done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("folder", metavar="DIR")
    options = parser.parse_args()
    try:
        cluster = Cluster(options.folder)
        if options.action == "start":
            cluster.start()
            print(cluster.uri)
        else:
            cluster.stop()
    except ClusterError as error:
        sys.exit(f"postgres_cluster: {error}")


if __name__ == "__main__":
    main()
