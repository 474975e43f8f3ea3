// Shows each state of the page at three widths, light and dark, as PNG files in build/screenshots:
//
//   MLSERVE=build/default/apps/mlserve node tests/web/screenshots.mjs [WORD]   (states with WORD in the name)

import {mkdirSync} from "node:fs";
import path from "node:path";

import {startBrowser} from "./page/browser.mjs";
import {trainModels} from "./page/models.mjs";
import {Process, ROOT, run, scratchFolder, serve, TITANIC, write} from "./page/server.mjs";

const WIDTHS = [390, 1024, 1600];
const FOLDER = path.join(ROOT, "build/screenshots");

const endings = [];
const scope = {after: (ending) => endings.unshift(ending)};

const choose = (page, file) => page.locator("input[type=file]").setInputFiles(file);
const press = (page, name) => page.getByRole("button", {name, exact: true}).click();

async function answer(page) {
  await page.getByLabel("Age", {exact: true}).fill("30");
  await page.getByLabel("Sex", {exact: true}).selectOption("female");
  await page.getByLabel("Embarked", {exact: true}).selectOption("C");
  await press(page, "Ask");
  await page.locator(".headline").waitFor();
}

async function sendFile(page) {
  await choose(page, TITANIC);
  await press(page, "Predict");
}

async function train(page, target, name) {
  await choose(page, TITANIC);
  await page.getByLabel("What to predict").selectOption(target);
  await page.getByText(`${target} makes this`).waitFor();
  await page.getByLabel("Name of the model").fill(name);
  await press(page, "Train");
  await page.getByRole("heading", {name: `${name} serves`}).waitFor();
}

/** [name, server, address, what is done there] */
const STATES = [
  ["ask-empty", "main", "ask/titanic"],
  ["ask-answer", "main", "ask/titanic", answer],
  ["ask-wrong", "main", "ask/titanic", async (page) => {
    await page.getByLabel("Age", {exact: true}).fill("old");
    await press(page, "Ask");
    await page.locator(".error:visible").waitFor();
  }],
  ["ask-classes", "main", "ask/port", async (page) => {
    await press(page, "Fill in an example");
    await press(page, "Ask");
    await page.locator(".headline").waitFor();
  }],
  ["ask-wide", "main", "ask/wide", async (page) => {
    await press(page, "Fill in an example");
    await press(page, "Ask");
    await page.locator(".headline").waitFor();
  }],
  ["ask-none", "empty", "ask"],
  ["file-empty", "main", "file/titanic"],
  ["file-chosen", "main", "file/titanic", (page) => choose(page, TITANIC)],
  ["file-answer", "main", "file/titanic", async (page) => {
    await sendFile(page);
    await page.getByRole("heading", {name: "1,317 predictions"}).waitFor();
  }],
  ["file-wrong", "main", "file/titanic", async (page, {folder}) => {
    await choose(page, write(folder, "bad.csv", "Age,Sex,Embarked\n22,male,S\nold,male,S\n"));
    await press(page, "Predict");
    await page.getByRole("alert").waitFor();
  }],
  ["train-empty", "main", "train"],
  ["train-form", "main", "train", async (page) => {
    await choose(page, TITANIC);
    await page.getByText("makes this").waitFor();
  }],
  ["train-off", "empty", "train"],
  ["train-done", "main", "train", (page) => train(page, "Survived", "survivors")],
  ["train-numbers", "main", "train", (page) => train(page, "Fare", "fares")],
  ["jobs-empty", "slow", "jobs"],
  ["job-queued", "slow", "file/titanic", async (page) => {
    await sendFile(page);
    await page.getByText("in the queue").waitFor();
  }],
  ["job-cancelled", "slow", "file/titanic", async (page) => {
    await sendFile(page);
    await page.getByText("in the queue").waitFor();
    await press(page, "Cancel");
    await page.getByText("Cancelled").waitFor();
  }],
  ["job-running", "slow", "file/titanic", async (page, {folder, slow}) => {
    await choose(page, write(folder, "many.csv", "Age,Sex,Embarked\n" + "30,male,S\n31,female,C\n".repeat(1000000)));
    await press(page, "Predict");
    await page.waitForURL("**/#/jobs/*");
    const worker = new Process(scope, folder, "worker");
    const id = page.url().split("/").at(-1);
    while (!((await slow.get(`/jobs/${id}`)).progress > 0));
    worker.process.kill("SIGSTOP");
    await page.waitForFunction(() => document.querySelector(".job progress")?.value > 0);
  }],
  ["jobs-list", "slow", "jobs", (page) => page.locator(".jobs li").nth(2).waitFor()],
  ["job-done", "quick", "file/titanic", async (page) => {
    await sendFile(page);
    await page.locator("[aria-label=Result] tbody tr").nth(9).waitFor();
  }],
  ["job-failed", "quick", "file/titanic", async (page, {folder}) => {
    await choose(page, write(folder, "bad.csv", "Age,Sex,Embarked\n" + "22,male,S\n".repeat(200) + "old,male,S\n"));
    await press(page, "Predict");
    await page.getByText(/Failed: /).waitFor();
  }],
  ["models", "main", "models", (page) => page.getByText("from 500 features").waitFor()],
  ["model", "main", "models/titanic"],
  ["key", "keys", "ask", (page) => page.getByRole("dialog").waitFor()],
  ["key-none", "keys", "ask", async (page) => {
    await page.getByRole("dialog").waitFor();
    await press(page, "Not now");
    await page.getByText("A key is needed").waitFor();
  }],
  ["gone", "gone", "ask/titanic", async (page, {gone}) => {
    await gone.stop("SIGKILL");
    await press(page, "Ask");
    await page.getByText("The server does not answer.").first().waitFor();
  }],
];

async function startServers(folder) {
  mkdirSync(path.join(folder, "none"));
  run(folder, "key", "reader", "--file", "keys.txt");
  const models = ["--models", trainModels(folder)];
  const store = (name) => ["--store", `sqlite:${name}.db`];
  return {
    folder,
    main: await serve(scope, folder, ...models, ...store("main"), "--allow-training"),
    empty: await serve(scope, folder, "--models", "none", ...store("empty")),
    slow: await serve(scope, folder, ...models, "--sync-limit", 100, "--workers", 0),
    quick: await serve(scope, folder, ...models, ...store("quick"), "--sync-limit", 100),
    keys: await serve(scope, folder, ...models, ...store("keys"), "--keys", "keys.txt"),
    gone: await serve(scope, folder, ...models, ...store("gone")),
  };
}

async function show(browser, site, [name, server, place, act = () => {}]) {
  const context = await browser.newContext({viewport: {width: 1024, height: 800}, locale: "en-US"});
  const page = await context.newPage();
  await page.goto(`${site[server].origin}/#/${place}`);
  await page.locator("h1, dialog[open]").first().waitFor();
  await act(page, site);
  for (const width of WIDTHS) {
    await page.setViewportSize({width, height: 800});
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({colorScheme});
      await page.evaluate(() => new Promise(requestAnimationFrame));
      await page.screenshot({path: path.join(FOLDER, `${name}-${width}-${colorScheme}.png`), fullPage: true});
    }
  }
  await context.close();
}

mkdirSync(FOLDER, {recursive: true});
try {
  const browser = await startBrowser();
  scope.after(() => browser.close());
  const site = await startServers(scratchFolder(scope));
  for (const state of STATES.filter(([name]) => name.includes(process.argv[2] ?? ""))) {
    await show(browser, site, state);
    console.log(state[0]);
  }
} finally {
  for (const end of endings) await end();
}
