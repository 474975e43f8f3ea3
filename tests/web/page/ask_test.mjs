// Asking a model about one record.

import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdirSync} from "node:fs";
import {describe, test} from "node:test";
import path from "node:path";

import {expectAccessible, openPage, textOf} from "./browser.mjs";
import {CATEGORY, HOSTILE} from "./models.mjs";
import {run, scratchFolder, serve, serveAlias, TITANIC, write} from "./server.mjs";

export function askTests(site) {
  const open = (t, model, options) =>
    openPage(t, site.browser, `${site.origin}/#/ask/${encodeURIComponent(model)}`, options);

  describe("Ask", () => {
    test("a record is answered with its probability and what pushed it", async (t) => {
      const page = await open(t, "titanic");
      await page.getByLabel("Age", {exact: true}).fill("30");
      await page.getByLabel("Sex", {exact: true}).selectOption("female");
      await page.getByLabel("Embarked", {exact: true}).selectOption("C");
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      assert.match(await textOf(page, ".headline"), /Survived\s+1\s+with a probability of 85\.3%/);
      const pushes = await page.locator(".pushes tbody tr").allInnerTexts();
      assert.deepEqual(pushes.map((row) => row.replace(/\s+/g, " ").trim()),
          ["Sex female +1.58", "Embarked C +0.79", "Age 30 0.00"]);
      assert.match(await textOf(page, "#said"), /Survived is 1, probability 85\.3%/);
      await expectAccessible(page, "an answer");

      // From here on a change asks again; a reload keeps what was filled in.
      await page.getByLabel("Sex", {exact: true}).selectOption("male");
      await page.locator(".headline strong").getByText("0", {exact: true}).waitFor();
      await page.reload();
      assert.equal(await page.getByLabel("Age", {exact: true}).inputValue(), "30");
    });

    test("what is wrong stands at its field, in the server's words", async (t) => {
      const page = await open(t, "titanic", {statuses: [422]});
      const age = page.getByLabel("Age", {exact: true});
      await age.fill("old");
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      const error = page.locator(".field .error:visible");
      await error.waitFor();
      assert.equal(await error.innerText(), '"old" is not a number');
      assert.equal(await age.getAttribute("aria-invalid"), "true");
      assert.ok((await age.getAttribute("aria-describedby")).split(" ").includes(await error.getAttribute("id")));
      assert.equal(await page.evaluate(() => document.activeElement.value), "old");
      await expectAccessible(page, "a wrong value");
      await age.fill("Infinity");
      await age.press("Enter");
      await page.getByText('"Infinity" is not a number').waitFor();
      await age.fill("400");
      await age.press("Enter");
      await page.getByText("Outside of what training saw.").waitFor();
      assert.equal(await page.locator(".field .error:visible").count(), 0);
    });

    test("who fills in further is not led back by what is wrong", async (t) => {
      const page = await open(t, "titanic", {statuses: [422]});
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await page.locator(".headline").waitFor();
      await page.getByLabel("Age", {exact: true}).fill("old");
      await page.keyboard.press("Tab");
      await page.getByText("Mend what is marked").waitFor();
      assert.equal(await page.locator(".field .error:visible").innerText(), '"old" is not a number');
      assert.equal(await focused(page), "Sex");
    });

    test("an answer that comes after its record was cleared is not shown", async (t) => {
      const page = await open(t, "titanic");
      const asked = new Promise((note) => { page.route(/predict/, note, {times: 1}); });
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await asked;
      const given = page.waitForEvent("requestfailed");
      await page.getByRole("button", {name: "Clear", exact: true}).click();
      assert.match((await given).url(), /predict/);
      assert.match(await textOf(page, ".answer"), /^Fill in what you know/);
      assert.equal(await page.locator("[aria-busy]").count(), 0);
    });

    test("a model that was replaced is asked with its own form", async (t) => {
      const folder = scratchFolder(t);
      mkdirSync(path.join(folder, "models"));
      const train = (target) => run(folder, "train", TITANIC, "--target", target, "--features", "Age,Pclass", "-o", "models/person.json");
      train("Fare");
      const server = await serve(t, folder, "--models", "models", "--admin");
      const page = await openPage(t, site.browser, `${server.origin}/#/ask/person`);
      await page.getByLabel("Age", {exact: true}).fill("30");
      train("Survived");
      assert.equal((await fetch(`${server.origin}/-/reload`, {method: "POST"})).status, 200);
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await page.getByText("person has been replaced by another version.").waitFor();
      await page.getByText("Predicts Survived").waitFor();
      assert.equal(await page.getByLabel("Age", {exact: true}).inputValue(), "30");
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      assert.match(await textOf(page, ".headline"), /Survived\s+0\s+with a probability of/);
    });

    test("an alias is asked as itself", async (t) => {
      const server = await serveAlias(t);
      const page = await openPage(t, site.browser, `${server.origin}/#/ask/champion`);
      await page.getByLabel("Pclass", {exact: true}).fill("1");
      const predicted = page.waitForRequest("**/models/champion/predict?*");
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await predicted;
      await page.locator(".headline strong").waitFor();
      assert.match(await page.locator(".snippets code").innerText(), /\/models\/champion\/predict/);
    });

    test("who gives no key is not asked for one again at once", async (t) => {
      const page = await open(t, "titanic", {statuses: [401]});
      await page.getByLabel("Age", {exact: true}).waitFor();
      for (const asked of ["**/predict?*", "**/models"]) {
        await page.route(asked, (route) => route.fulfill(
            {status: 401, contentType: "application/problem+json", body: '{"detail": "an API key is needed"}'}));
      }
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("A key is needed").waitFor();
      assert.equal(await page.getByRole("dialog").isVisible(), false);
    });

    test("nothing known is an answer, too", async (t) => {
      const page = await open(t, "titanic");
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      const told = await (await fetch(`${site.origin}/models/titanic/predict?probabilities=true`, {
        method: "POST", headers: {"Content-Type": "application/json"}, body: '{"Age":null}'})).json();
      assert.match(await textOf(page, ".headline"), new RegExp(`\\b${told.prediction[0]}\\b`));
    });

    test("every kind of feature has its field, several classes their bars", async (t) => {
      const page = await open(t, "kinds_v2");
      const {features} = await (await fetch(`${site.origin}/models/kinds_v2`)).json();
      for (const {name} of features) await page.getByLabel(name, {exact: true}).waitFor();
      for (const model of ["kinds_v2", "counts_v2", "port"]) {
        await page.getByLabel("Model", {exact: true}).selectOption(model);
        await page.waitForURL(`**/#/ask/${model}`);
        await page.getByRole("button", {name: "Fill in an example"}).click();
        await page.getByRole("button", {name: "Ask", exact: true}).click();
        await page.locator(".headline strong").waitFor();
        await expectAccessible(page, model);
      }
      assert.equal(await page.locator(".classes dt").count(), 4);
      await page.getByLabel("What pushed it to class").selectOption("B");
      assert.match(await page.locator(".answer").innerText(), /in the score of B \(before softmax\)/);
      const tracks = await page.locator(".classes .track").evaluateAll((all) => all.map((track) => {
        const {left, right} = track.getBoundingClientRect();
        return `${left} to ${right}`;
      }));
      assert.equal(new Set(tracks).size, 1, tracks.join(", "));
    });

    test("names and categories from data stay text, and snippets say the same as the page", async (t) => {
      const page = await open(t, HOSTILE, {permissions: ["clipboard-read", "clipboard-write"]});
      await page.getByLabel(HOSTILE, {exact: true}).fill("3");
      await page.getByLabel("constructor", {exact: true}).selectOption(CATEGORY);
      await page.getByLabel("__proto__", {exact: true}).fill("2");
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await page.locator(".headline strong").waitFor();
      assert.equal(await page.locator("main b, main i, main img, main script").count(), 0);
      assert.equal(await page.evaluate(() => window.bad), undefined);
      assert.ok((await page.locator(".pushes").innerText()).includes(HOSTILE));
      await expectAccessible(page, "hostile names");
      await page.setViewportSize({width: 390, height: 800});
      const thick = await page.locator(".push").evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().height));
      assert.equal(new Set(thick.map(Math.round)).size, 1, `bars of ${thick} pixels`);
      const folder = scratchFolder(t);
      const shown = await textOf(page, ".headline strong");
      for (const [language, command] of SNIPPETS) {
        await page.getByRole("tab", {name: language, exact: true}).click();
        const text = await page.locator(".snippets code").textContent();
        await page.locator(".tabs > button").click();
        await page.waitForFunction(async (shown) => await navigator.clipboard.readText() === shown, text);
        const answer = await command(folder, text);
        assert.ok(answer.includes(shown), `${language}: ${answer}`);
      }
    });

    test("a model of 500 features can be searched and is shown at once", async (t) => {
      const page = await open(t, "wide");
      await page.getByLabel("reading_499", {exact: true}).waitFor({state: "attached"});
      assert.equal(await page.locator(".field:visible").count(), 40);
      const bar = await page.locator(".long .actions").boundingBox();
      await page.setViewportSize({width: 390, height: 800});
      assert.equal((await page.locator(".long .actions").boundingBox()).height, bar.height);
      const search = page.getByRole("searchbox", {name: "Find a feature"});
      await search.fill("reading_42");
      assert.equal(await page.locator(".field:visible").count(), 11);
      await page.getByLabel("reading_42", {exact: true}).fill("3.5");
      await search.fill("");
      await page.getByLabel("Only filled").check();
      assert.equal(await page.locator(".field:visible").count(), 1);
      await page.getByText("1 of 500 features filled").waitFor();
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      await page.getByRole("button", {name: "Show all 500"}).click();
      assert.equal(await page.locator(".pushes tbody tr").count(), 500);
      assert.equal(await page.evaluate(() => document.activeElement.sectionRowIndex), 10);
      await page.getByLabel("Only filled").uncheck();
      await page.getByRole("button", {name: "Show all 500 features"}).click();
      assert.equal(await page.locator(".field:visible").count(), 500);
      assert.equal(await focused(page), "reading_40");
      await expectAccessible(page, "500 features");
    });

    test("numbers are written and read as in the reader's locale", async (t) => {
      const page = await open(t, "titanic", {locale: "de-DE"});
      await page.getByText("0,1667 to 74 in training").waitFor();
      await page.getByLabel("Age", {exact: true}).fill("30,5");
      await page.getByLabel("Sex", {exact: true}).selectOption("female");
      await page.getByLabel("Embarked", {exact: true}).selectOption("C");
      await page.getByRole("button", {name: "Ask", exact: true}).click();
      assert.match(await textOf(page, ".headline .sure"), /85,\d\s%/);
      assert.match(await textOf(page, ".pushes"), /Age 30,5/);
      assert.match(await page.locator(".snippets code").innerText(), /"Age":30\.5/);

      // What is shown may be typed, and groups are groups.
      await page.getByLabel("Model", {exact: true}).selectOption("houses");
      await page.getByText("1149 to 51849 in training").waitFor();
      const size = page.getByLabel("size", {exact: true});
      for (const [typed, read] of [["52.079", "52079"], ["1.234.567,5", "1234567.5"], ["1148,50", "1148.5"],
        ["51849", "51849"], ["0.125", "0.125"], ["1,234.5", '"1,234.5"']]) {
        await size.fill(typed);
        assert.ok((await page.locator(".snippets code").innerText()).includes(`{"size":${read}}`), typed);
      }
      await size.fill("1148,5");
      await page.reload();
      assert.equal(await size.inputValue(), "1148,5");
    });

    test("everything can be reached by keyboard", async (t) => {
      const page = await open(t, "titanic");
      await page.getByLabel("Age", {exact: true}).waitFor();
      const reached = [];
      for (let i = 0; i < 18; ++i) {
        await page.keyboard.press("Tab");
        reached.push(await page.evaluate(() => document.activeElement.textContent.trim().slice(0, 30) || document.activeElement.labels?.[0]?.textContent));
      }
      for (const stop of ["Skip to the content", "Ask", "Models", "API", "Age", "Fill in an example", "Clear", "curl"]) {
        assert.ok(reached.includes(stop), `${stop}: ${reached}`);
      }
      await page.getByRole("tab", {name: "curl"}).focus();
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.getByRole("tab", {name: "JavaScript"}).getAttribute("aria-selected"), "true");
      assert.match(await page.locator(".snippets code").innerText(), /await fetch/);
      // The choice of a model keeps the focus, so that each can be come to.
      const picker = page.getByLabel("Model", {exact: true});
      const names = await picker.locator("option").allInnerTexts();
      await picker.selectOption(names[0]);
      for (const name of names.slice(1, 3)) {
        await picker.press("ArrowDown");
        await page.waitForURL(`**/#/ask/${encodeURIComponent(name)}`);
        await page.waitForFunction((now) => document.title.startsWith(`Ask ${now}`), name);
        assert.equal(await focused(page), "Model");
        assert.equal(await picker.inputValue(), name);
      }
      await page.getByRole("link", {name: "Models", exact: true}).press("Enter");
      await page.getByRole("heading", {level: 1, name: "Models"}).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "view");
    });
  });
}

/** The label of what has the focus. */
const focused = (page) => page.evaluate(() => document.activeElement.labels?.[0]?.textContent);

/** How what is copied is run; each prints the answer. Java only where there is a compiler. */
const SNIPPETS = [
  ["curl", (folder, text) => execFileSync("sh", ["-c", text], {stdio: ["ignore", "pipe", "ignore"]}).toString()],
  ["JavaScript", (folder, text) => execFileSync(process.execPath, [write(folder, "ask.mjs", text)]).toString()],
  ["Python", (folder, text) => execFileSync("/usr/bin/python3", [write(folder, "ask.py", text)]).toString()],
  ...(hasJava() ? [["Java", (folder, text) => execFileSync("java", [write(folder, "Ask.java", text)]).toString()]] : []),
];

function hasJava() {
  try {
    execFileSync("javac", ["-version"], {stdio: "ignore"});
    return true;
  } catch {
    return false;
  }
}
