// Fills a table of DuckDB and runs a SELECT over it. Standard input: {name, columns: [[name, kind]],
// rows, before, select}; standard output: {names, rows}.

import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const types = { number: "DOUBLE", decimal: "DECIMAL(24, 6)", boolean: "BOOLEAN", text: "VARCHAR", key: "INTEGER" };

const request = JSON.parse(readFileSync(0, "utf8"));
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
const columns = request.columns.map(([name, kind]) => `${quoted(name)} ${types[kind]}`);
await connection.run(`CREATE TABLE ${quoted(request.name)} (${columns.join(", ")})`);

const append = {
  number: (appender, value) => appender.appendDouble(value),
  decimal: (appender, value) => appender.appendDouble(value),
  boolean: (appender, value) => appender.appendBoolean(value),
  text: (appender, value) => appender.appendVarchar(value),
  key: (appender, value) => appender.appendInteger(value),
};
const appender = await connection.createAppender(request.name);
for (const row of request.rows) {
  row.forEach((value, c) => {
    if (value === null) appender.appendNull();
    else append[request.columns[c][1]](appender, value);
  });
  appender.endRow();
}
appender.closeSync();

if (request.before) await connection.run(request.before);
const reader = await connection.runAndReadAll(request.select);
process.stdout.write(JSON.stringify({ names: reader.columnNames(), rows: reader.getRowsJson() }));
