// Pages in headless Chromium: what they log, what they ask for, and whether everybody can use them.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

import {chromium} from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  "--disable-dev-shm-usage"];
const PATIENCE = 60000;  // milliseconds, for what comes at once on a machine with time

export const startBrowser = () =>
  chromium.launch({executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: SWITCHES});

/**
 * A page of its own, closed after the test, which fails if the page logged an error or asked
 * elsewhere. `statuses` are those of answers that the test provokes: the browser logs them. `heard` is
 * called with each answer.
 */
export async function openPage(test, browser, url, {statuses = [], mayLose = false, heard = () => {}, ...options} = {}) {
  const context = await browser.newContext({viewport: {width: 1024, height: 800}, locale: "en-US", ...options});
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const trouble = [];
  page.asked = [];
  page.on("pageerror", (error) => trouble.push(error.stack));
  page.on("console", (message) => {
    const text = message.text();
    const expected = statuses.some((status) => text.includes(`status of ${status} `)) ||
        (mayLose && /net::ERR_/.test(text));
    if (["error", "warning"].includes(message.type()) && !expected) trouble.push(`${text} ${message.location().url}`);
  });
  page.on("response", heard);
  page.on("request", (request) => page.asked.push(request.url()));
  test.after(async () => {
    await context.close();
    assert.deepEqual(trouble, []);
    const {origin} = new URL(url);
    assert.deepEqual(page.asked.filter((one) => !one.startsWith(origin) && !one.startsWith("blob:")), []);
  });
  await page.goto(url);
  return page;
}

/** No violation of any rule of axe-core, in light and in dark. */
export async function expectAccessible(page, what) {
  // Evaluated, not added as a script: the page's own policy would refuse that.
  await page.evaluate(AXE);
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({colorScheme, reducedMotion: "reduce"});
    const violations = await page.evaluate(async () => (await globalThis.axe.run()).violations.map(
        ({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary}`).join("; ")}`));
    assert.deepEqual(violations, [], `${what}, ${colorScheme}`);
  }
}

/** The text of what a selector finds, when it is there. */
export const textOf = async (page, selector) => (await page.locator(selector).first().innerText()).trim();
