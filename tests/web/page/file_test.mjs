// Sending a file that is answered at once.

import assert from "node:assert/strict";
import {readFileSync, utimesSync} from "node:fs";
import {describe, test} from "node:test";
import path from "node:path";
import {gzipSync} from "node:zlib";

import {expectAccessible, openPage, textOf} from "./browser.mjs";
import {ROOT, run, scratchFolder, serve, serveAlias, TITANIC, write} from "./server.mjs";

/** Drops a file on the place for it, or elsewhere, as a hand with a mouse does. */
async function drop(page, name, content, where = ".drop") {
  const data = await page.evaluateHandle(([file, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], file));
    return transfer;
  }, [name, content]);
  await page.locator(where).dispatchEvent("drop", {dataTransfer: data});
}

/** Holds the requests that a pattern fits; {keys, release()}: keys are their Idempotency-Keys. */
async function hold(page, pattern) {
  const held = {keys: []};
  const released = new Promise((done) => { held.release = done; });
  await page.route(pattern, async (route) => {
    held.keys.push(route.request().headers()["idempotency-key"]);
    await released;
    await route.continue();
  });
  return held;
}

const focused = (page) => page.evaluate(() => document.activeElement.innerText);

/** What a button or link saves. */
export async function saved(page, name) {
  const coming = page.waitForEvent("download");
  await page.getByText(name, {exact: true}).click();
  return readFileSync(await (await coming).path(), "utf8");
}

export function fileTests(site) {
  describe("File", () => {
    test("a dropped CSV is answered at once and can be taken away with its predictions", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`);
      const csv = readFileSync(TITANIC, "utf8");
      await drop(page, "titanic.csv", csv);
      await page.getByRole("region", {name: "First rows of titanic.csv"}).waitFor();
      await expectAccessible(page, "a chosen file");
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "1,317 predictions"}).waitFor();
      assert.equal(await page.locator("[aria-label=Result] tbody tr").count(), 20);
      await expectAccessible(page, "an answered file");

      const [head, first, ...others] = (await saved(page, "Save as CSV")).trimEnd().split("\n");
      const [csvHead, csvFirst] = csv.split("\n");
      assert.equal(head, `${csvHead},prediction,probability_0,probability_1`);
      assert.ok(first.startsWith(`${csvFirst},`), first);
      assert.equal(others.length, 1316);
      const told = JSON.parse(await saved(page, "Save as JSON"));
      assert.equal(told.prediction.length, 1317);
      assert.deepEqual(others.map((line) => Number(line.split(",").at(-3))), told.prediction.slice(1));
    });

    test("a file with CRLF, blanks and line breaks in quotes is shown and joined by its fields", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`);
      const csv = 'Age, Sex ,Embarked, "a ""note"""\r\n22, male,S,"x, y"\r\n\r\n38,female , C,"two\r\nlines"\r\n';
      // Beside the place, where a browser would open the file in its own way.
      await drop(page, "windows.csv", csv, "h1");
      await page.getByRole("region", {name: "First rows of windows.csv"}).waitFor();
      assert.deepEqual(await page.locator(".data th").allInnerTexts(), ["Age", "Sex", "Embarked", 'a "note"']);
      assert.deepEqual(await page.locator(".data td").allInnerTexts(),
          ["22", "male", "S", "x, y", "38", "female", "C", "two lines"]);
      await page.getByLabel("With probabilities").uncheck();
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "2 predictions"}).waitFor();
      assert.equal(await saved(page, "Save as CSV"),
          'Age,Sex,Embarked,"a ""note""",prediction\n22,male,S,"x, y",0\n38,female,C,"two\r\nlines",1\n');
    });

    test("an answer stands beside the rows that were sent, with the focus, whatever came meanwhile", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`);
      const {keys, release} = await hold(page, "**/predict*");
      await drop(page, "first.csv", "Age,Sex,Embarked\n22,male,S\n38,female,C\n");
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByText("The next one can come when this one is through.").waitFor();
      assert.match(await focused(page), /^first\.csv/);
      await drop(page, "second.csv", "Age,Sex,Pclass\n1,male,3\n");
      await page.getByLabel("Model").selectOption("port");
      await page.getByText("A prediction of Embarked for each row.").waitFor();
      await page.getByRole("heading", {name: "first.csv"}).waitFor();
      release();
      await page.getByRole("heading", {name: "2 predictions by titanic"}).waitFor();
      assert.deepEqual(await page.locator("[aria-label=Result] td:nth-child(6)").allInnerTexts(), ["male", "female"]);
      assert.equal(await page.getByRole("heading", {name: "second.csv"}).count(), 0);

      await drop(page, "second.csv", "Age,Sex,Pclass\n1,male,3\n");
      await page.getByRole("heading", {name: "second.csv"}).waitFor();
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "1 prediction by port"}).waitFor();
      assert.equal(await focused(page), "1 prediction by port");
      assert.notEqual(keys[0], keys[1]);
    });

    test("a file is sent to an alias as such", async (t) => {
      const server = await serveAlias(t);
      const page = await openPage(t, site.browser, `${server.origin}/#/file/champion`);
      await drop(page, "rows.csv", "Age,Pclass\n30,1\n30,3\n");
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "2 predictions by champion"}).waitFor();
      assert.deepEqual(await page.locator("[aria-label=Result] tbody strong").allInnerTexts(), ["1", "0"]);
    });

    test("of models that are chosen one after the other the last is shown, and asked", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`);
      const before = await page.getByRole("heading", {level: 1}).elementHandle();
      const {release} = await hold(page, "**/models/port");
      const asked = page.waitForRequest("**/models/port");
      await page.getByLabel("Model").selectOption("port");
      const answered = (await asked).response();
      await page.getByLabel("Model").selectOption("titanic");
      await page.waitForFunction(({isConnected}) => !isConnected, before);
      release();
      await (await answered).finished();
      await drop(page, "rows.csv", "Age,Sex,Embarked\n22,male,S\n");
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "1 prediction by titanic"}).waitFor();
    });

    test("a file is cut into fields as the server does, and its rows are those of the server", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`);
      await drop(page, "notes.csv", 'Sex;Embarked;Age;Fare;Note, a, b, c, d\nmale;S;5;7;"  x "\nfemale;C;6;8;y\n');
      await page.getByLabel("With probabilities").uncheck();
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "2 predictions"}).waitFor();
      assert.equal(await saved(page, "Save as CSV"),
          'Sex,Embarked,Age,Fare,"Note, a, b, c, d",prediction\nmale,S,5,7,"  x ",0\nfemale,C,6,8,y,1\n');

      await page.getByLabel("Model").selectOption("houses");
      await page.getByText("A prediction of price for each row.").waitFor();
      await drop(page, "sizes.csv", 'size\n""\n \t\n3000\n');
      await page.getByRole("heading", {name: "sizes.csv"}).waitFor();
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "2 predictions"}).waitFor();
      assert.deepEqual(await page.locator("[aria-label=Result] td:last-child").allInnerTexts(), ["", "3000"]);
    });

    test("of many classes the probability of the predicted one is shown", async (t) => {
      const folder = scratchFolder(t);
      run(folder, "train", TITANIC, "--target", "Parch", "--features", "Sex", "--test-size", 0, "-o", "parents.json");
      const server = await serve(t, folder, "-m", "parents.json");
      const page = await openPage(t, site.browser, `${server.origin}/#/file`);
      await drop(page, "rows.csv", "Sex\nmale\n");
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "1 prediction"}).waitFor();
      assert.deepEqual(await page.locator("[aria-label=Result] th").allInnerTexts(), ["Row", "Prediction", "Probability", "Sex"]);
      assert.match(await page.locator("[aria-label=Result] tbody").innerText(), /^1\s+0\s+8\d(\.\d)?%\s+male$/);
    });

    test("a file that becomes a job leaves the reader where they are", async (t) => {
      const server = await serve(t, scratchFolder(t), "--models", site.models, "--sync-limit", 1, "--workers", 0);
      const page = await openPage(t, site.browser, `${server.origin}/#/file/titanic`, {mayLose: true});
      const {release} = await hold(page, "**/predict*");
      await drop(page, "rows.csv", "Age,Sex,Embarked\n22,male,S\n38,female,C\n");
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("link", {name: "Ask", exact: true}).click();
      await page.getByRole("heading", {name: "Ask", exact: true}).waitFor();
      release();
      await page.getByText("rows.csv was sent and is a job now").waitFor();
      assert.match(page.url(), /#\/ask/);
      await page.getByRole("link", {name: "File", exact: true}).click();
      await page.getByRole("link", {name: "a job"}).click();
      await page.waitForURL("**/#/jobs/*");
      await page.getByText("rows.csv · submitted").waitFor();
    });

    test("a file that was changed after it was chosen wants to be chosen again", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`, {mayLose: true});
      const folder = scratchFolder(t);
      await page.locator("input[type=file]").setInputFiles(write(folder, "rows.csv", "Age,Sex,Embarked\n22,male,S\n"));
      await page.getByRole("heading", {name: "rows.csv"}).waitFor();
      const file = write(folder, "rows.csv", "Age,Sex,Embarked\n22,male,S\n38,female,C\n");
      const later = Date.now() / 1000 + 60;
      utimesSync(file, later, later);  // browsers look at whole seconds
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByText("The file cannot be read: it has changed").waitFor();
      assert.equal(await page.locator("#connection").isVisible(), false);
      await page.locator("input[type=file]").setInputFiles(file);
      await page.getByText("The file cannot be read").waitFor({state: "hidden"});  // so the button is the new one
      await page.getByRole("button", {name: "Predict"}).click();
      await page.getByRole("heading", {name: "2 predictions"}).waitFor();
    });

    test("JSON, JSON Lines and packed files are taken", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`);
      const passengers = readFileSync(path.join(ROOT, "data/passengers.json"), "utf8");
      const lines = JSON.parse(passengers).map((record) => JSON.stringify(record) + "\n").join("");
      const folder = scratchFolder(t);
      const files = [
        path.join(ROOT, "data/passengers.json"), write(folder, "lines.jsonl", lines),
        write(folder, "lines.ndjson.gz", gzipSync(lines))];
      for (const file of files) {
        await page.locator("input[type=file]").setInputFiles(file);
        await page.getByRole("heading", {name: path.basename(file)}).waitFor();
        await page.getByRole("button", {name: "Predict"}).click();
        await page.getByRole("heading", {name: "4 predictions"}).waitFor();
        assert.deepEqual(await page.locator("[aria-label=Result] tbody strong").allInnerTexts(), ["0", "1", "0", "0"]);
      }
    });

    test("what is wrong with a file is told by row and column", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/file/titanic`, {statuses: [422]});
      await drop(page, "bad.csv", "Age,Sex,Embarked\n22,male,S\nold,male,S\n");
      await page.getByRole("button", {name: "Predict"}).click();
      const problem = page.getByRole("alert");
      await problem.waitFor();
      assert.match(await problem.innerText(), /row 2, Age "old" is not a number/);
      await expectAccessible(page, "a bad file");
      await drop(page, "picture.png", "x");
      await page.getByText("This page sends .csv, .json").waitFor();
      await drop(page, "empty.csv", "");
      await page.getByText("The file is empty.").waitFor();
      assert.equal(await page.getByRole("button", {name: "Predict"}).count(), 0);
      assert.match(await textOf(page, ".lead"), /Up to 10,000 rows are answered at once/);
    });
  });
}
