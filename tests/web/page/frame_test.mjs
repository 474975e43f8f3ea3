// The frame of the page: what is sent, keys, limits, empty states, all widths.

import assert from "node:assert/strict";
import {mkdirSync} from "node:fs";
import {describe, test} from "node:test";
import path from "node:path";

import {expectAccessible, openPage, textOf} from "./browser.mjs";
import {saved} from "./file_test.mjs";
import {freePort, run, scratchFolder, serve, TITANIC, train} from "./server.mjs";

const MOST_BYTES = 100000;
const VIEWS = ["ask", "file", "train", "jobs", "models"];

export function frameTests(site) {
  describe("Frame", () => {
    test("all pages are small, come from this server alone, and may do little", async (t) => {
      const files = new Map();
      const page = await openPage(t, site.browser, `${site.origin}/docs`, {heard: (answer) => {
        const {pathname} = new URL(answer.url());
        if (!/^\/(docs|web\/.*)?$/.test(pathname) || files.has(pathname)) return;
        files.set(pathname, {headers: answer.headers(), body: answer.body()});
      }});
      // The browser forgets the bodies of a page that it leaves.
      await Promise.all([...files.values()].map(({body}) => body));
      for (const view of VIEWS) {
        await page.goto(`${site.origin}/#/${view}`);
        await page.getByRole("heading", {level: 1}).waitFor();
      }
      let total = 0;
      for (const {headers, body} of files.values()) {
        total += (await body).length;
        assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self'; style-src 'self'/);
        assert.doesNotMatch(headers["content-security-policy"], /unsafe|\*/);
        assert.equal(headers["x-content-type-options"], "nosniff");
      }
      t.diagnostic(`${files.size} files, ${total} bytes`);
      assert.ok(["/", "/docs", "/web/docs.js", "/web/train.js"].every((path) => files.has(path)));
      assert.ok(total < MOST_BYTES, `${total} bytes`);
      const again = await fetch(`${site.origin}/web/app.js`, {headers: {
        "If-None-Match": (await fetch(`${site.origin}/web/app.js`)).headers.get("ETag")}});
      assert.equal(again.status, 304);
    });

    test("a key is asked for, and kept in memory alone", async (t) => {
      const folder = scratchFolder(t);
      const key = run(folder, "key", "reader", "--scopes", "predict,jobs", "--file", "keys.txt").trim().split(/\s+/).at(-1);
      const server = await serve(t, folder, "--models", site.models, "--keys", "keys.txt");
      const page = await openPage(t, site.browser, `${server.origin}/#/ask/titanic`, {statuses: [401]});
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await expectAccessible(page, "the question for a key");
      await page.keyboard.press("Escape");
      await page.getByText("A key is needed").waitFor();
      await expectAccessible(page, "no key");
      await page.getByRole("button", {name: "Give a key"}).click();
      const field = page.getByRole("textbox", {name: "API key"});
      await field.fill("wr\u2019ong");  // no header can have that
      await page.keyboard.press("Enter");
      assert.equal(await field.evaluate(({validity}) => validity.patternMismatch), true);
      await field.fill("wrong");
      await page.keyboard.press("Enter");
      await page.getByText("this API key is not known").waitFor();
      await page.getByRole("textbox", {name: "API key"}).fill(key);
      await page.keyboard.press("Enter");
      await page.getByRole("button", {name: "Fill in an example"}).click();
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await page.locator(".headline strong").waitFor();
      assert.match(await page.locator(".snippets code").innerText(), /Bearer \$MLSERVE_API_KEY/);
      const kept = await page.evaluate(() => JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie, location.href]));
      assert.ok(!kept.includes(key));
      assert.ok(!page.asked.some((url) => url.includes(key)));
      await page.reload();
      await dialog.waitFor();
    });

    test("a key that may too little can be replaced, and who has none is not asked again and again", async (t) => {
      const folder = scratchFolder(t);
      const newKey = (name, scopes) => run(folder, "key", name, "--scopes", scopes, "--file", "keys.txt").trim().split(/\s+/).at(-1);
      const [asker, reader] = [newKey("asker", "predict"), newKey("reader", "predict,jobs")];
      const server = await serve(t, folder, "--models", site.models, "--keys", "keys.txt", "--sync-limit", 100);
      const page = await openPage(t, site.browser, `${server.origin}/#/file/titanic`, {statuses: [401, 403, 410]});
      const dialog = page.getByRole("dialog");
      const give = async (key) => {
        await page.getByRole("textbox", {name: "API key"}).fill(key);
        await page.keyboard.press("Enter");
        await dialog.waitFor({state: "hidden"});
      };
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      const refused = page.waitForResponse((answer) => answer.status() === 401 && answer.url().includes("/jobs"));
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await (await refused).finished();
      assert.equal(await dialog.isVisible(), false);

      await page.getByRole("button", {name: "Give a key"}).click();
      await give(asker);
      await page.locator("input[type=file]").setInputFiles(TITANIC);
      await page.getByRole("button", {name: "Predict"}).click();
      const other = page.getByRole("button", {name: "Use another key"});
      await other.waitFor();
      assert.match(await textOf(page, "main"), /This is not allowed/);
      await expectAccessible(page, "a key that may too little");
      await page.getByRole("link", {name: "Jobs", exact: true}).click();
      await page.getByRole("heading", {name: "Jobs"}).waitFor();
      await other.click();
      await page.getByText("the key of 'asker' may only: predict").last().waitFor();
      await give(reader);
      await page.getByRole("link", {name: "Predictions of titanic, titanic.csv"}).click();
      await page.getByText("Done, 1,317 rows").waitFor();

      await page.route("**/result?format=csv", (route) => route.fulfill(
          {status: 410, contentType: "application/problem+json", body: '{"detail": "the result has expired"}'}), {times: 1});
      await page.getByRole("link", {name: "Save as CSV"}).click();
      await page.getByText("the result has expired").waitFor();
      assert.equal((await saved(page, "Save as CSV")).trimEnd().split("\n").length, 1318);
      assert.equal(await page.getByText("the result has expired").count(), 0);
    });

    test("the models follow the server", async (t) => {
      const folder = scratchFolder(t);
      const port = await freePort();
      const start = (...words) => serve(t, folder, "--port", port, "--store", "sqlite:jobs.db", "--allow-training", ...words);
      const before = await start("--models", site.models);
      const page = await openPage(t, site.browser, `${before.origin}/#/models`, {mayLose: true});
      const names = page.locator(".models h2");
      await names.filter({hasText: "wide"}).waitFor();
      await before.stop("SIGKILL");
      const comeBack = () => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await comeBack();
      await page.getByText("The server does not answer.").waitFor();
      const {origin} = await start("-m", path.join(site.models, "titanic.json"));
      await page.getByRole("button", {name: "Try now"}).press("Enter");
      await names.filter({hasText: "wide"}).waitFor({state: "hidden"});
      assert.deepEqual(await names.allInnerTexts(), ["titanic"]);
      assert.equal(await page.evaluate(() => document.activeElement.id), "view");

      const job = await train(origin, "elsewhere", 1);
      await (await fetch(`${origin}/jobs/${job.id}?wait=60`)).json();
      // The first answers are of before.
      const list = await (await fetch(`${origin}/models`)).json();
      const old = {...list, models: list.models.filter(({name}) => name !== "elsewhere")};
      await page.route("**/models", (route) => route.fulfill({json: old}), {times: 1});
      await comeBack();
      await names.filter({hasText: "elsewhere"}).waitFor();
    });

    test("the page of a model follows what serves", async (t) => {
      const server = await serve(t, scratchFolder(t), "--models", site.models, "--allow-training", "--admin");
      const trained = async (seed, options) =>
        server.get(`/jobs/${(await train(server.origin, "young", seed, options)).id}?wait=60`);
      await trained(1);
      await trained(5, "&promote=false");
      const page = await openPage(t, site.browser, `${server.origin}/#/models/young`);
      const lead = (version) => page.locator(".lead", {hasText: `version ${version}`});
      await lead(1).waitFor();
      await page.getByRole("button", {name: "Serve version 2"}).click();
      await lead(2).waitFor();
      await page.getByText("0 to 7", {exact: true}).waitFor();
      await page.getByRole("heading", {name: "Versions"}).and(page.locator(":focus")).waitFor();

      await trained(3);
      while ((await server.get("/models/young")).version !== "3");
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await lead(3).waitFor();
    });

    test("what cannot be copied is selected", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/docs#listModels`);
      const setClipboard = (works) => page.evaluate((on) => Object.defineProperty(navigator, "clipboard",
          {configurable: true, value: on ? {writeText: async () => {}} : undefined}), works);
      const copy = page.locator("#listModels").getByRole("button", {name: "Copy", exact: true});
      await setClipboard(false);
      await copy.click();
      await page.waitForFunction(() => getSelection().toString().startsWith("curl "));
      await setClipboard(true);
      await page.clock.install({time: 0});
      await page.clock.pauseAt(1000);  // it says so for a moment alone
      await copy.click();
      await page.locator("#listModels").getByRole("button", {name: "Copied"}).waitFor();
      await page.clock.runFor(3000);
      await copy.waitFor();
    });

    test("an address that is none shows the first view", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/constructor`);
      await page.getByRole("heading", {name: "Ask"}).waitFor();
    });

    test("a server without a model says so", async (t) => {
      const folder = scratchFolder(t);
      mkdirSync(path.join(folder, "none"));
      const server = await serve(t, folder, "--models", "none");
      const page = await openPage(t, site.browser, server.origin);
      await page.getByRole("heading", {name: "There is no model here yet"}).waitFor();
      await expectAccessible(page, "no model");
      await page.getByRole("link", {name: "Train", exact: true}).first().click();
      await page.getByRole("heading", {name: "This server does not train"}).waitFor();
      await expectAccessible(page, "no training");
    });

    test("too many requests are told with the time to wait", async (t) => {
      const folder = scratchFolder(t);
      const server = await serve(t, folder, "--models", site.models, "--rate-limit", "20/min:8");
      const page = await openPage(t, site.browser, `${server.origin}/#/ask/titanic`, {statuses: [429]});
      const ask = page.getByRole("button", {name: "Ask", exact: true});
      await ask.waitFor();
      const enough = page.getByText("The server has enough to do");
      while (!(await enough.isVisible())) {
        const answered = page.waitForResponse(/predict/);
        await ask.click();
        await (await answered).finished();
        await page.waitForFunction(() => !document.querySelector("[aria-busy]"));
      }
      assert.match(await textOf(page, ".problem"), /Try again in \d+ seconds?\./);
      await expectAccessible(page, "too many requests");
    });

    test("every view fits a phone and a wide screen", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/ask/titanic`);
      for (const width of [390, 1024, 1600]) {
        await page.setViewportSize({width, height: 900});
        for (const view of VIEWS) {
          await page.goto(`${site.origin}/#/${view}`);
          await page.getByRole("heading", {level: 1}).waitFor();
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wider <= 0, `${view} at ${width}: ${wider} px too wide`);
        }
      }
    });

    test("a model that is not here is told", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/models/nobody`, {statuses: [404]});
      await page.getByText("no model 'nobody' here").waitFor();
      await expectAccessible(page, "no such model");
    });

    test("models are listed and described", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/models`);
      await page.getByRole("link", {name: "wide", exact: true}).waitFor();
      await expectAccessible(page, "the list of models");
      await page.getByRole("link", {name: "wide", exact: true}).click();
      await page.getByRole("searchbox").fill("reading_49");
      assert.equal(await page.locator("[aria-label=Features] tbody tr").count(), 11);
      await page.getByText("serves", {exact: true}).waitFor();
      await expectAccessible(page, "a model of 500 features");
    });
  });
}
