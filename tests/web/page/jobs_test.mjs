// Jobs: watching, cancelling, trying again, and what outlives the page, the server, and one of them.

import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {describe, test} from "node:test";

import {expectAccessible, openPage, textOf} from "./browser.mjs";
import {saved} from "./file_test.mjs";
import {freePort, inTurn, Process, scratchFolder, serve, TITANIC, train, write} from "./server.mjs";

/** No worker takes what becomes a job. */
export const SLOWLY = ["--sync-limit", 100, "--workers", 0];

export const startWorker = (t, folder, ...words) => new Process(t, folder, "worker", ...words);

/** Sends a file that becomes a job; returns its id. */
export async function sendFile(page, origin, file) {
  await page.goto(`${origin}/#/file/titanic`);
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", {name: "Predict"}).click();
  await page.waitForURL("**/#/jobs/*");
  return page.url().split("/").at(-1);
}

/** Asks the server until the job is as wanted. */
async function jobThat(server, id, wanted) {
  for (;;) {
    const job = await server.get(`/jobs/${id}`);
    if (wanted(job)) return job;
    assert.notEqual(job.status, "succeeded", "the job is done already");
  }
}

/** Stops a worker, but not in the middle of writing: then nobody else could write. */
function standStill(worker, folder) {
  for (;;) {
    worker.process.kill("SIGSTOP");
    const script = "import sqlite3; sqlite3.connect('mlserve.db', 0, isolation_level=None).execute('BEGIN IMMEDIATE')";
    if (spawnSync("/usr/bin/python3", ["-c", script], {cwd: folder}).status === 0) return;
    worker.process.kill("SIGCONT");
  }
}

const state = (page) => page.locator(".job .state");

export function jobTests(site) {
  const servers = (t) => {
    const folder = scratchFolder(t);
    return {folder, start: (...words) => serve(t, folder, "--models", site.models, ...words)};
  };

  describe("Jobs", () => {
    test("a large file becomes a job that waits, is cancelled, tried again and done", async (t) => {
      const {folder, start} = servers(t);
      const server = await start(...SLOWLY);
      const page = await openPage(t, site.browser, `${server.origin}/#/jobs`);
      await page.getByRole("heading", {name: "No jobs yet"}).waitFor();
      await expectAccessible(page, "no jobs");
      const first = await sendFile(page, server.origin, TITANIC);
      await page.getByText("Next in the queue").waitFor();
      await page.getByText("titanic.csv · submitted").waitFor();
      const second = await sendFile(page, server.origin, TITANIC);
      assert.notEqual(first, second);
      await page.getByText("Number 2 in the queue").waitFor();
      await expectAccessible(page, "a job that waits");
      assert.equal(await textOf(page, "#open-jobs"), "2");

      await page.getByRole("button", {name: "Cancel"}).click();
      await page.getByText("Cancelled", {exact: true}).waitFor();
      await page.getByRole("button", {name: "Try again"}).click();
      await page.getByText("in the queue").waitFor();
      startWorker(t, folder);
      await page.getByText("Done, 1,317 rows").waitFor();
      await page.locator("[aria-label=Result] tbody tr").nth(19).waitFor();
      assert.match(await page.locator("[aria-label=Result] tbody tr").first().innerText(), /Abbing/);
      await expectAccessible(page, "a job that is done");
      const lines = (await saved(page, "Save as CSV")).trimEnd().split("\n");
      assert.deepEqual([lines[0], lines.length], ["prediction,probability_0,probability_1", 1318]);

      // The list has both, and a reload finds the result again; then there is nothing to wait for.
      await page.getByRole("link", {name: "All jobs"}).click();
      await page.locator(".jobs .succeeded").nth(1).waitFor();
      await expectAccessible(page, "the list of jobs");
      await page.clock.install();
      await page.goto(`${server.origin}/#/jobs/${second}`);
      await page.reload();
      await page.locator("[aria-label=Result] tbody tr").nth(19).waitFor();
      assert.match(await page.locator("[aria-label=Result] tbody tr").first().innerText(), /Abbing/);
      const asked = page.asked.length;
      await page.clock.runFor("10:00");
      assert.deepEqual(page.asked.slice(asked), []);
    });

    test("a job that runs tells how far it is, and can be stopped", async (t) => {
      const {folder, start} = servers(t);
      const server = await start(...SLOWLY);
      const rows = write(folder, "many.csv", "Age,Sex,Embarked\n" + "30,male,S\n31,female,C\n".repeat(1500000));
      const page = await openPage(t, site.browser, server.origin);
      const id = await sendFile(page, server.origin, rows);
      const worker = startWorker(t, folder);
      const {progress} = await jobThat(server, id, (job) => job.progress > 0);
      standStill(worker, folder);  // while the page is looked at
      await page.getByText("Running").waitFor();
      const bar = page.getByRole("progressbar");
      await page.waitForFunction((least) => document.querySelector(".job progress").value >= least, progress);
      assert.match(await textOf(page, ".job .hint"), /^for .*\d%/);
      assert.equal(await bar.getAttribute("aria-label"), "Progress of the job");
      await expectAccessible(page, "a job that runs");
      await page.getByRole("button", {name: "Cancel"}).click();
      await page.getByText("Cancelled", {exact: true}).waitFor();
      assert.equal((await server.get(`/jobs/${id}`)).status, "cancelled");
    });

    test("a restart of the server is told, and waited for", async (t) => {
      const {folder, start} = servers(t);
      const port = await freePort();
      const before = await start("--port", port, ...SLOWLY);
      const page = await openPage(t, site.browser, before.origin, {mayLose: true});
      await sendFile(page, before.origin, TITANIC);
      await page.getByText("Next in the queue").waitFor();
      await before.stop("SIGKILL");
      await page.getByText("The server does not answer.").waitFor();
      await expectAccessible(page, "a server that has gone");
      const after = await start("--port", port, ...SLOWLY);
      await page.getByRole("button", {name: "Try now"}).click();
      await page.getByText("The server does not answer.").waitFor({state: "hidden"});
      assert.equal(await textOf(page, ".job .state"), "Next in the queue");
      startWorker(t, folder);
      await page.getByText("Done, 1,317 rows").waitFor();
      assert.equal(after.origin, before.origin);
    });

    test("any server of a store tells of a job, whichever took it", async (t) => {
      const {start} = servers(t);
      const [front, back] = [await start(...SLOWLY, "--allow-training"), await start("--sync-limit", 100)];
      const page = await openPage(t, site.browser, front.origin);
      const id = await sendFile(page, front.origin, TITANIC);
      await page.getByText("Done, 1,317 rows").waitFor();
      const other = await openPage(t, site.browser, `${back.origin}/#/jobs/${id}`);
      await other.getByText("Done, 1,317 rows").waitFor();
      await other.locator("[aria-label=Result] tbody tr").nth(19).waitFor();
      // Nor is a model that was trained through the one unknown to the other.
      await other.goto(`${back.origin}/#/models`);
      await other.getByRole("link", {name: "titanic", exact: true}).waitFor();
      const {id: training} = await train(front.origin, "shared", 1);
      await other.goto(`${back.origin}/#/jobs/${training}`);
      await other.getByText("shared serves").waitFor();
    });

    test("servers of a store may answer one page in turn", async (t) => {
      const {folder, start} = servers(t);
      const both = [await start(...SLOWLY, "--allow-training"), await start(...SLOWLY, "--allow-training")];
      const origin = await inTurn(t, ...both.map((server) => server.origin));
      const page = await openPage(t, site.browser, `${origin}/#/ask/titanic`);
      await page.getByRole("button", {name: "Fill in an example"}).click();
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await page.locator(".headline strong").waitFor();
      await sendFile(page, origin, TITANIC);
      await page.getByText("Next in the queue").waitFor();
      await page.getByRole("button", {name: "Cancel"}).click();
      await page.getByText("Cancelled", {exact: true}).waitFor();
      await page.getByRole("button", {name: "Try again"}).click();
      await page.getByText("Next in the queue").waitFor();
      startWorker(t, folder);
      await page.getByText("Done, 1,317 rows").waitFor();
      await page.locator("[aria-label=Result] tbody tr").nth(19).waitFor();
      const {id} = await train(origin, "shared", 1);
      await page.goto(`${origin}/#/jobs/${id}`);
      await page.getByRole("heading", {name: "shared serves"}).waitFor();
      await page.getByRole("link", {name: "Models"}).click();
      await page.getByRole("link", {name: "shared", exact: true}).waitFor();
      await page.waitForLoadState("networkidle");
    });

    test("what is no job is told", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/jobs/0190d3d2-6d1e-7a6b-8a55-0123456789ab`, {statuses: [404]});
      await page.getByRole("heading", {name: "There is no such job"}).waitFor();
      await expectAccessible(page, "no such job");
    });

    test("a job that fails says why", async (t) => {
      const {folder, start} = servers(t);
      const server = await start("--sync-limit", 1);
      const page = await openPage(t, site.browser, server.origin, {statuses: [409]});
      const id = await sendFile(page, server.origin, write(folder, "bad.csv", "Age,Sex,Embarked\n22,male,S\n23,male,S\nold,male,S\n"));
      const failed = page.getByText(/Failed: .*"old" is not a number/);
      await failed.waitFor();
      assert.equal(await state(page).getAttribute("class"), "state failed");
      await expectAccessible(page, "a job that failed");
      // It fails again, however often it is tried.
      for (let tries = 0; tries < 2; ++tries) {
        const button = await page.getByRole("button", {name: "Try again"}).elementHandle();
        const answer = page.waitForResponse(/\/retry$/);
        await button.press("Enter");
        assert.equal((await answer).status(), 202);
        await page.waitForFunction(({isConnected}) => !isConnected, button);  // in the queue again
        await page.getByRole("button", {name: "Try again"}).and(page.locator(":focus")).waitFor();
        await failed.waitFor();
      }
    });
  });
}
