// Real servers and workers for the tests of the page, and the files that they are given.

import {execFileSync, spawn} from "node:child_process";
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import http from "node:http";
import {createServer} from "node:net";
import {tmpdir} from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const TITANIC = path.join(ROOT, "data/titanic.csv");
const BINARY = process.env.MLSERVE;

const plainEnvironment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("MLSERVE") && name !== "PORT"));

/** A folder of its own for a test, gone after it. */
export function scratchFolder(test) {
  const folder = mkdtempSync(path.join(tmpdir(), "mlserve-page-"));
  test.after(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

export const run = (folder, ...words) =>
  execFileSync(BINARY, words.map(String), {cwd: folder, env: plainEnvironment, stdio: ["ignore", "pipe", "pipe"]}).toString();

export function write(folder, name, text) {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** A port below those that the system gives to clients, for a server that comes back. */
export async function freePort() {
  for (let port = 21000 + (process.pid % 9000); ; ++port) {
    const free = await new Promise((done) => {
      const server = createServer().once("error", () => done(false));
      server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
    });
    if (free) return port;
  }
}

/** `mlserve WORDS…` in a folder, until it is stopped. */
export class Process {
  constructor(test, folder, ...words) {
    this.log = "";
    this.process = spawn(BINARY, words.map(String), {
      cwd: folder, env: plainEnvironment, stdio: ["ignore", "pipe", "pipe"]});
    this.ended = new Promise((done) => { this.process.once("exit", done); });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on("data", (piece) => { this.log += piece; this.heard?.(); });
    }
    test.after(() => this.stop("SIGKILL"));
  }

  /** The match of a pattern in what it prints. */
  async says(pattern) {
    const end = this.ended.then(() => { throw new Error(`ended: ${this.log}`); });
    end.catch(() => {});
    for (;;) {
      const match = this.log.match(pattern);
      if (match) return match;
      await Promise.race([end, new Promise((go) => { this.heard = go; })]);
    }
  }

  async stop(signal = "SIGTERM") {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill(signal);
    }
    return this.ended;
  }
}

/** `mlserve serve WORDS…`; {origin, get(path), stop()}. */
export async function serve(test, folder, ...words) {
  const port = words.includes("--port") ? [] : ["--port", 0];
  const server = new Process(test, folder, "serve", ...port, ...words);
  const [, origin] = await server.says(/ on (http:\/\/\S+:\d+)/);
  server.origin = origin;
  server.get = async (place) => (await fetch(origin + place)).json();
  return server;
}

/** A server whose "champion" is the older version, of Age and Pclass, of its "titanic". */
export function serveAlias(test) {
  const folder = scratchFolder(test);
  for (const [version, features] of [[1, "Age,Pclass"], [2, "Age,Sex"]]) {
    mkdirSync(path.join(folder, `models/titanic/${version}`), {recursive: true});
    run(folder, "train", TITANIC, "--features", features, "-o", `models/titanic/${version}/model.json`);
  }
  return serve(test, folder, "--models", "models", "--alias", "champion=titanic@1");
}

/**
 * Has a server train a small model, which is another one for each `seed`; the job, as it was taken.
 * `options` are more of the query.
 */
export async function train(origin, name, seed, options = "") {
  const body = "Survived,Age\n" + Array.from({length: 10}, (_, i) => `${i % 2},${i % 2 * 7 + i * seed % 5}\n`).join("");
  const answer = await fetch(`${origin}/models/${name}?target=Survived${options}`, {
    method: "POST", headers: {"Content-Type": "text/csv"}, body});
  if (answer.status !== 202) throw new Error(await answer.text());
  return answer.json();
}

/** A proxy that gives one request to one of the servers and the next to the next; its origin. */
export async function inTurn(test, ...origins) {
  let turn = 0;
  const proxy = http.createServer((request, response) => {
    const {url, method, headers} = request;
    const onward = http.request(origins[turn++ % origins.length] + url, {method, headers}, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    response.once("close", () => onward.destroy());
    onward.once("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((done) => { proxy.listen(0, "127.0.0.1", done); });
  test.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${proxy.address().port}`;
}
