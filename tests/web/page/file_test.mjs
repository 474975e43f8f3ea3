// Sending a file that is answered at once.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {describe, test} from "node:test";
import path from "node:path";
import {gzipSync} from "node:zlib";

import {expectAccessible, openPage, textOf} from "./browser.mjs";
import {ROOT, scratchFolder, TITANIC, write} from "./server.mjs";

/** Drops a file where the page takes one, as a hand with a mouse does. */
async function drop(page, name, content) {
  const data = await page.evaluateHandle(([file, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], file));
    return transfer;
  }, [name, content]);
  await page.locator(".drop").dispatchEvent("drop", {dataTransfer: data});
}

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
      assert.ok(first.startsWith(csvFirst.replaceAll('"Abbing, Mr. Anthony"', '"Abbing, Mr. Anthony"')), first);
      assert.equal(others.length, 1316);
      const told = JSON.parse(await saved(page, "Save as JSON"));
      assert.equal(told.prediction.length, 1317);
      assert.deepEqual(others.map((line) => Number(line.split(",").at(-3))), told.prediction.slice(1));
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
