"""Databases in which the SELECTs of `mlserve export --format sql` are run: SQLite by Python's own
module, PostgreSQL by psql, DuckDB by its module for Node. Each makes a table, asks, and forgets it:

    names, rows = ask_sqlite(Table(name, columns, rows), select)
"""

import csv
import dataclasses
import io
import json
import os
import pathlib
import sqlite3
import subprocess


@dataclasses.dataclass
class Table:
    """`columns` are (name, type), the types "number", "decimal", "boolean", "text" and "key", an
    integer."""

    name: str
    columns: list
    rows: list

    def definition(self, types):
        columns = ", ".join(f"{quoted(name)} {types[kind]}" for name, kind in self.columns)
        return f"TABLE {quoted(self.name)} ({columns})"


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def as_view(select, made="VIEW"):
    """(statement to be run before, SELECT)"""
    return f"CREATE {made} answers AS {select};", "SELECT * FROM answers"


def ask_sqlite(table, select, view=False, encoding="UTF-8", text_type="TEXT"):
    types = {"number": "REAL", "decimal": "NUMERIC", "boolean": "INTEGER", "text": text_type,
             "key": "INTEGER PRIMARY KEY"}
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"PRAGMA encoding = '{encoding}'")
        connection.execute(f"CREATE {table.definition(types)}")
        marks = ", ".join("?" for _ in table.columns)
        connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({marks})", table.rows)
        if view:
            before, select = as_view(select)
            connection.execute(before)
        cursor = connection.execute(select)
        return [column[0] for column in cursor.description], cursor.fetchall()
    finally:
        connection.close()


NULL = "<NULL>"  # in the CSV files of PostgreSQL


def run_psql(script):
    """Standard output of a session with the server of MLSERVE_TEST_POSTGRESQL."""
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                           os.environ["MLSERVE_TEST_POSTGRESQL"]],
                          input=script.encode(), capture_output=True, check=False, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"psql: {done.stderr.decode()[:2000]}")
    return done.stdout.decode()


def fill_postgresql(table):
    """A script that makes the table for a session."""
    types = {"number": "double precision", "decimal": "numeric(24, 6)", "boolean": "boolean",
             "text": "text", "key": "integer PRIMARY KEY"}
    file = io.StringIO()
    csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        [NULL if value is None else value for value in row] for row in table.rows)
    names = ", ".join(quoted(name) for name, _ in table.columns)
    return (f"CREATE TEMPORARY {table.definition(types)};\n"
            f"COPY {quoted(table.name)} FROM STDIN WITH (FORMAT csv, NULL '{NULL}', "
            f"FORCE_NULL ({names}));\n{file.getvalue()}\\.\n")


def ask_postgresql(table, select, view=False, settings=()):
    script = "".join(f"SET {setting};\n" for setting in settings) + fill_postgresql(table)
    if view:
        before, select = as_view(select, "TEMPORARY VIEW")
        script += before
    script += f"COPY ({select}) TO STDOUT WITH (FORMAT csv, HEADER, NULL '{NULL}');\n"
    names, *rows = csv.reader(io.StringIO(run_psql(script), newline=""))
    return names, [[value_of(text) for text in row] for row in rows]


def value_of(text):
    if text == NULL:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def ask_duckdb(table, select, view=False, before=""):
    """`before` is run before the SELECT."""
    if view:
        definition, select = as_view(select)
        before += definition
    request = {**dataclasses.asdict(table), "before": before, "select": select}
    script = pathlib.Path(__file__).with_name("duckdb_query.mjs")
    done = subprocess.run(["node", script], input=json.dumps(request).encode(),
                          capture_output=True, check=False, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"DuckDB: {done.stderr.decode()[:2000]}")
    answer = json.loads(done.stdout)
    return answer["names"], answer["rows"]
