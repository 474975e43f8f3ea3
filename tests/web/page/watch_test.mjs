// Watching jobs when answers fail, are refused or are cut short, and when nobody looks.

import assert from "node:assert/strict";
import {describe, test} from "node:test";

import {expectAccessible, openPage} from "./browser.mjs";
import {sendFile, SLOWLY, startWorker} from "./jobs_test.mjs";
import {scratchFolder, serve, TITANIC} from "./server.mjs";

const LIST = /\/jobs\?/;

/** As somebody who is far away and has no key: the server lists no jobs. */
const FAR_AWAY = {statuses: [403], extraHTTPHeaders: {"X-Forwarded-For": "10.0.0.9"}};

const problem = (status, detail, headers = {}) => ({
  status, headers, contentType: "application/problem+json", body: JSON.stringify({status, detail})});

/** Whether the page is shown, for the page; nothing is changed for the browser. */
const setHidden = (page, hidden) => page.evaluate((value) => {
  Object.defineProperty(document, "hidden", {value, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}, hidden);

/** The page does not learn that the server is back before the function that this returns is called. */
async function holdProbes(page) {
  let goOn;
  const held = new Promise((go) => { goOn = go; });
  await page.route("**/livez", async (route) => {
    await held;
    await route.fallback();
  });
  return goOn;
}

export function watchTests(site) {
  const start = async (t, ...words) => {
    const folder = scratchFolder(t);
    return {folder, ...await serve(t, folder, "--models", site.models, ...words)};
  };

  describe("Watch", () => {
    test("a server that lists no jobs tells of those of the tab, and does not hear too often", async (t) => {
      const {folder, origin} = await start(t, ...SLOWLY);
      const page = await openPage(t, site.browser, origin, FAR_AWAY);
      const id = await sendFile(page, origin, TITANIC);
      await page.getByRole("button", {name: "Cancel"}).click();
      await page.getByText("Cancelled", {exact: true}).waitFor();
      await page.getByRole("button", {name: "Try again"}).click();
      await page.getByText("in the queue").waitFor();
      await page.getByRole("link", {name: "All jobs"}).click();
      await page.getByText("Only the jobs of this tab").waitFor();
      await expectAccessible(page, "the jobs of this tab");

      const other = await openPage(t, site.browser, `${origin}/#/jobs/${id}`, FAR_AWAY);
      await other.getByText("in the queue").waitFor();
      for (let held = 0; held < 2; ++held) await other.waitForRequest(new RegExp(`/jobs/${id}\\?wait=2`));
      assert.equal(other.asked.filter((url) => url.endsWith(`/jobs/${id}`)).length, 1);
      startWorker(t, folder);
      await other.getByText("Done, 1,317 rows").waitFor();
      await page.getByText("Done, 1,317 rows").waitFor();
    });

    test("own jobs that are gone are asked for once", async (t) => {
      const {origin} = await start(t, ...SLOWLY);
      const page = await openPage(t, site.browser, origin, {...FAR_AWAY, statuses: [403, 404], mayLose: true});
      const id = await sendFile(page, origin, TITANIC);
      const gone = "0190d3d2-6d1e-7a6b-8a55-0123456789ab";
      await page.evaluate((ids) => {
        sessionStorage.setItem("mlserve.jobs", JSON.stringify(ids));
        sessionStorage.setItem(`mlserve.job.${ids[0]}`, "{}");
      }, [gone, id]);
      await page.reload();
      await page.waitForFunction((name) => sessionStorage.getItem(name) === null, `mlserve.job.${gone}`);
      const before = page.asked.length;
      for (let held = 0; held < 2; ++held) await page.waitForRequest(new RegExp(`/jobs/${id}\\?wait=2`));
      assert.deepEqual(page.asked.slice(before).filter((url) => url.includes(gone)), []);
    });

    test("a server that goes again before the first pause is over is asked by one probe at a time", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/models`, {mayLose: true});
      await page.getByRole("heading", {name: "Models"}).waitFor();
      await page.route(/\/(jobs|models)\b/, () => {});  // held: an answer would say that the server is there
      await page.route("**/livez", (route) => route.abort());
      await page.clock.install({time: 0});
      await page.clock.pauseAt(1000);
      const asked = page.asked.length;
      await page.evaluate(async () => {
        const {lost, reached} = await import(new URL("web/connection.js", document.baseURI));
        lost();
        reached();
        lost();
      });
      await page.clock.runFor(1000);
      await page.getByText("Next try in 2 s.").waitFor();
      assert.equal(page.asked.slice(asked).filter((url) => url.endsWith("/livez")).length, 1);
      await page.unroute("**/livez");
      await page.getByRole("button", {name: "Try now"}).click();
      await page.getByText("The server does not answer.").waitFor({state: "hidden"});
    });

    test("an answer that is cut short is asked for again", async (t) => {
      const {folder, origin} = await start(t, ...SLOWLY);
      const page = await openPage(t, site.browser, origin);
      await sendFile(page, origin, TITANIC);
      await page.getByText("Next in the queue").waitFor();
      const goOn = await holdProbes(page);
      await page.route(LIST, (route) => route.fulfill({contentType: "application/json", body: '{"jobs": ['}));
      await page.reload();
      await page.getByText("The server does not answer.").waitFor();
      await page.unroute(LIST);
      goOn();
      startWorker(t, folder);
      await page.getByText("Done, 1,317 rows").waitFor();
    });

    test("an error that passes is said once, and is gone when it has passed", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/docs`, {statuses: [503]});
      let goOn;
      const held = new Promise((go) => { goOn = go; });
      let answers = 0;
      await page.route(LIST, async (route) => {
        await held;
        ++answers;
        await (answers < 4 ? route.fulfill(problem(503, "the store is away", {"Retry-After": "1"})) : route.fallback());
      });
      await page.goto(`${site.origin}/#/jobs`);
      await page.getByText("Loading …").waitFor();
      goOn();
      const alert = await page.getByRole("alert").elementHandle();
      while (answers < 3) await page.waitForResponse(LIST);
      assert.equal(await alert.evaluate((element) => element.isConnected), true);
      await page.getByRole("alert").waitFor({state: "hidden"});
      await page.getByRole("heading", {name: "No jobs yet"}).or(page.locator(".jobs li").first()).waitFor();
    });

    test("why a job cannot be cancelled stays to be read", async (t) => {
      const {origin} = await start(t, ...SLOWLY);
      const page = await openPage(t, site.browser, origin, {statuses: [503], mayLose: true});
      const id = await sendFile(page, origin, TITANIC);
      const cancel = page.getByRole("button", {name: "Cancel"});
      await page.route(`**/jobs/${id}`, (route) => (route.request().method() === "DELETE" ?
        route.fulfill(problem(503, "the store is away")) : route.fallback()));
      await cancel.click();
      await page.getByText("the store is away").waitFor();
      const looked = page.waitForRequest(/jobs\?limit=\d+$/).then(() => page.waitForRequest(/jobs\?.*wait=/));
      await setHidden(page, false);
      await looked;
      assert.ok(await page.getByText("the store is away").isVisible());
      await expectAccessible(page, "a job that cannot be cancelled");
      await page.unroute(`**/jobs/${id}`);
      await cancel.press("Enter");
      await page.getByText("Cancelled", {exact: true}).waitFor();
      assert.equal(await page.getByText("the store is away").count(), 0);
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Try again");
    });

    test("a list is held by the server while it is the one that the page has, and nobody asks while it is hidden", async (t) => {
      const {origin} = await start(t, ...SLOWLY);
      const page = await openPage(t, site.browser, origin, {mayLose: true});
      const holding = page.waitForRequest(/jobs\?.*wait=20/);
      await sendFile(page, origin, TITANIC);
      const held = await holding;
      assert.match(held.headers()["if-none-match"], /^(W\/)?"[0-9a-f]{64}"$/);
      const ended = page.waitForEvent("requestfailed", (request) => LIST.test(request.url()));
      await setHidden(page, true);
      await ended;
      const asked = page.asked.length;
      await page.clock.install();
      await page.clock.runFor("10:00");
      assert.deepEqual(page.asked.slice(asked), []);
      const looks = page.waitForRequest(LIST);
      await setHidden(page, false);
      await looks;
      await page.close();  // before the server ends
    });

    test("a job that is found after all is shown", async (t) => {
      const {origin} = await start(t, ...SLOWLY);
      const page = await openPage(t, site.browser, origin, {statuses: [404], mayLose: true});
      const id = await sendFile(page, origin, TITANIC);
      // Until it is seen: how often the page asks, before and after the reload, is left to it.
      await page.route(`**/jobs/${id}`, (route) => route.fulfill(problem(404, "no such job")));
      await page.reload();
      await page.getByRole("heading", {name: "There is no such job"}).waitFor();
      await page.unroute(`**/jobs/${id}`);
      await setHidden(page, false);
      await page.getByText("Next in the queue").waitFor();
    });

    test("a result that could not be had is asked for again", async (t) => {
      const {origin} = await start(t, "--sync-limit", 100);
      const page = await openPage(t, site.browser, origin, {statuses: [503], mayLose: true});
      const id = await sendFile(page, origin, TITANIC);
      const rows = page.locator("[aria-label=Result] tbody tr");
      await rows.nth(19).waitFor();
      const result = `**/jobs/${id}/result?format=jsonl`;
      await page.route(result, (route) => route.fulfill(problem(503, "the store is away")));
      await page.reload();
      await page.getByText("the store is away").waitFor();
      await page.unroute(result);
      await page.route(result, (route) => route.abort());
      const goOn = await holdProbes(page);
      await page.getByRole("button", {name: "Try again"}).click();
      await page.getByText("The server does not answer.").first().waitFor();
      await page.unroute(result);
      goOn();
      await rows.nth(19).waitFor();
    });

    test("what is kept of old jobs makes room for a new one", async (t) => {
      const {origin} = await start(t, ...SLOWLY);
      const page = await openPage(t, site.browser, origin, {mayLose: true});
      const old = "mlserve.job.0190d3d2-6d1e-7a6b-8a55-0123456789ab";
      await page.evaluate((name) => {
        sessionStorage.setItem(name, JSON.stringify("x".repeat(100000)));
        for (let size = 1 << 22; size > 0; size >>= 1) {
          try { sessionStorage.setItem(`filler${size}`, "x".repeat(size)); } catch { /* full */ }
        }
      }, old);
      await sendFile(page, origin, TITANIC);
      await page.reload();
      await page.getByText("titanic.csv · submitted").waitFor();
      assert.equal(await page.evaluate((name) => sessionStorage.getItem(name), old), null);
    });
  });
}
