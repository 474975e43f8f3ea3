// Training: from a file to a model that serves.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {describe, test} from "node:test";
import {gzipSync} from "node:zlib";

import {expectAccessible, openPage, textOf} from "./browser.mjs";
import {HOSTILE, hostileCsv, wideCsv} from "./models.mjs";
import {scratchFolder, serve, TITANIC, train, write} from "./server.mjs";

const PART = 100000;  // bytes

/** More than PART of records with line breaks in quotes. */
function letters() {
  const rows = Array.from({length: 400}, (_, i) =>
    `"${`Größe ${i}, ${i % 2 ? "delightful" : "dreadful"}\n`.repeat(20)}",${i % 2 ? "yes" : "no"}\n`);
  return `letter,good\n${rows.join("")}`;
}

async function chooseFile(page, file) {
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("columnheader", {name: "Taken as"}).waitFor();
}

export function trainTests(site) {
  describe("Train", () => {
    test("a file becomes a model that serves, with its metrics and curves", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`);
      await chooseFile(page, TITANIC);
      assert.equal(await page.getByLabel("What to predict").inputValue(), "Survived");
      await page.getByText("Survived makes this a classification.").waitFor();
      assert.match(await page.locator(".choice tr", {hasText: "Name"}).innerText(), /left out: its texts are nearly all different/);
      await expectAccessible(page, "a form to train");
      await page.getByLabel("What to predict").selectOption("Fare");
      await page.getByText("Fare makes this a regression of numbers.").waitFor();
      await page.getByLabel("What to predict").selectOption("Survived");
      await page.getByText("Survived makes this a classification.").waitFor();
      for (const name of ["PassengerId", "Ticket"]) await page.getByLabel(`Use ${name}`).uncheck();
      await page.getByLabel("Take Pclass as").selectOption("categorical");
      await page.getByLabel("Name of the model").fill("survivors");
      await page.getByRole("button", {name: "Train"}).click();
      await page.waitForURL("**/#/jobs/*");
      await page.getByRole("heading", {name: "survivors serves"}).waitFor();
      assert.deepEqual(await page.locator("figcaption").allInnerTexts(), ["ROC curve", "Precision and recall", "Calibration"]);
      assert.match(await page.locator(".tiles").innerText(), /Accuracy\s+8\d(\.\d)?%/);
      await expectAccessible(page, "a training that is done");
      await page.reload();
      await page.getByRole("heading", {name: "survivors serves"}).waitFor();
      await page.getByRole("link", {name: "Ask survivors"}).click();
      await page.getByLabel("Pclass").selectOption("1");
      assert.equal(await page.getByLabel("Ticket").count(), 0);
    });

    test("numbers are measured by what was predicted and what was", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`);
      await chooseFile(page, TITANIC);
      await page.getByLabel("What to predict").selectOption("Fare");
      await page.getByText("Fare makes this a regression of numbers.").waitFor();
      await page.getByLabel("Name of the model").fill("fares");
      await page.getByLabel("Measured").selectOption("5");
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "fares serves"}).waitFor();
      assert.deepEqual(await page.locator("figcaption").allInnerTexts(), ["Predicted and actual"]);
      assert.match(await page.locator(".tiles").innerText(), /R²\s+0\.\d+ ± /);
      await page.getByText("Means over 5 folds").waitFor();
    });

    test("numbers may be counts", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`);
      await chooseFile(page, TITANIC);
      await page.getByLabel("What to predict").selectOption("SibSp");
      await page.getByText("SibSp makes this a classification.").waitFor();
      await page.getByLabel("Predicted as").selectOption("counts");
      await page.getByText("SibSp makes this a regression of counts.").waitFor();
      await page.getByLabel("Name of the model").fill("siblings");
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "siblings serves"}).waitFor();
      const {estimator} = await (await fetch(`${site.origin}/models/siblings`)).json();
      assert.equal(estimator, "poisson");
    });

    test("a long file of texts is read by its first whole records, packed or not", async (t) => {
      const folder = scratchFolder(t);
      const server = await serve(t, folder, "--models", site.models, "--allow-training", "--max-body-bytes", PART);
      const page = await openPage(t, site.browser, `${server.origin}/#/train`);
      const csv = letters();
      assert.equal(csv.slice(0, PART).split('"').length % 2, 0, "the part ends inside of quotes");
      await chooseFile(page, write(folder, "letters.csv.gz", gzipSync(csv)));
      await page.getByText("Inferred from its first rows").waitFor();
      await chooseFile(page, write(folder, "letters.csv", csv));
      await page.getByRole("heading", {name: "letters.csv 1"}).waitFor();
      await page.getByText("Inferred from its first rows").waitFor();
      await page.getByText("good makes this a classification.").waitFor();
      await page.getByLabel("Take letter as").selectOption("text");
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "letters serves"}).waitFor();
      const {features} = await server.get("/models/letters");
      assert.deepEqual(features.map(({name, kind}) => [name, kind]), [["letter", "text"]]);
    });

    test("columns of a file from Windows have the names that the server reads", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`);
      const rows = Array.from({length: 40}, (_, i) => `${20 + i % 9}, ${i % 3 ? "m" : "f"}, ${i % 2 ? "yes" : "no"}\r\n`);
      await chooseFile(page, write(scratchFolder(t), "Blank Names.csv", `Age, Sex, ok\r\n${rows.join("")}`));
      assert.deepEqual(await page.getByLabel("What to predict").locator("option").allInnerTexts(), ["Age", "Sex", "ok"]);
      await page.getByText("ok makes this a classification.").waitFor();
      await page.getByLabel("Use Age").uncheck();
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "blank-names serves"}).waitFor();
      const {features} = await (await fetch(`${site.origin}/models/blank-names`)).json();
      assert.deepEqual(features.map(({name}) => name), ["Sex"]);
    });

    test("of 500 columns many are left out, but not all", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`, {statuses: [400]});
      await chooseFile(page, write(scratchFolder(t), "many.csv", wideCsv("a_reading_whose_name_tells_all_that_there_is_to_know_of_it_")));
      await page.getByText("500 of 500 columns are used.").waitFor();
      await page.getByRole("button", {name: "None"}).click();
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("alert").getByText("names no column").waitFor();
      await page.getByRole("button", {name: "All"}).click();
      await page.getByLabel("Find a column").fill("1");
      await page.getByRole("button", {name: "None"}).click();
      await page.getByText("324 of 500 columns are used.").waitFor();
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "many serves"}).waitFor();
    });

    test("what was chosen stays while nothing can be inferred", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`, {statuses: [422]});
      await chooseFile(page, TITANIC);
      await page.getByLabel("Use Ticket").uncheck();
      await page.getByLabel("Take Pclass as").selectOption("categorical");
      await page.getByLabel("Predicted as").selectOption("counts");
      await page.getByLabel("What to predict").selectOption("Name");
      await page.getByRole("alert").waitFor();
      await expectAccessible(page, "a target that is not counts");
      const trained = page.waitForRequest(/models\/titanic\?/);
      await page.route(/models\/titanic\?/, (route) => route.fulfill(
          {status: 422, contentType: "application/problem+json", body: '{"detail": "these are no counts"}'}));
      await page.getByRole("button", {name: "Train"}).click();
      assert.match((await trained).url(), /exclude=Ticket&categorical=Pclass/);
      await page.getByText("these are no counts").waitFor();
      await page.getByLabel("Predicted as").selectOption("");
      await page.getByLabel("What to predict").selectOption("Survived");
      await page.getByText("Survived makes this a classification.").waitFor();
      assert.equal(await page.getByLabel("Use Ticket").isChecked(), false);
      assert.equal(await page.getByLabel("Take Pclass as").inputValue(), "categorical");
    });

    test("a packed file of several members is read by the first of them, one that is not packed is told", async (t) => {
      const folder = scratchFolder(t);
      const page = await openPage(t, site.browser, `${site.origin}/#/train`);
      const csv = readFileSync(TITANIC, "utf8");
      const half = csv.indexOf("\n", csv.length / 2) + 1;
      await chooseFile(page, write(folder, "members.csv.gz",
          Buffer.concat([csv.slice(0, half), csv.slice(half)].map((part) => gzipSync(part)))));
      await page.getByText("Inferred from its first rows").waitFor();
      await page.getByText("Survived makes this a classification.").waitFor();
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "members serves"}).waitFor();
      await page.getByText("1,317 rows, ").waitFor();
      await page.getByRole("link", {name: "Train", exact: true}).click();
      await page.locator("input[type=file]").setInputFiles(write(folder, "not.csv.gz", csv));
      await page.getByText("The file cannot be unpacked.").waitFor();
      assert.equal(await page.getByRole("button", {name: "Try again"}).count(), 0);
    });

    test("what was not measured is said to be so", async (t) => {
      const answer = await fetch(`${site.origin}/models/few?target=y&task=regression`, {
        method: "POST", headers: {"Content-Type": "text/csv"}, body: "x,y\n1,1.5\n2,2\n3,3.5\n4,4\n5,5.5\n"});
      const {id} = await answer.json();
      const page = await openPage(t, site.browser, `${site.origin}/#/jobs/${id}`);
      await page.getByText("Not measured: no rows were held out.").waitFor();
      assert.equal(await page.locator(".tiles, table").count(), 0);
    });

    test("a training whose answer was lost is asked for again, not a second time", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`, {mayLose: true});
      const keys = [];
      await page.route("**/models/once?*", (route) => {
        keys.push(route.request().headers()["idempotency-key"]);
        return keys.length === 1 ? route.abort() : route.continue();
      });
      await chooseFile(page, TITANIC);
      for (const name of ["", ".."]) {
        await page.getByLabel("Name of the model").fill(name);
        await page.getByRole("button", {name: "Train"}).click();
        await page.getByText("A model needs a name").waitFor();
        assert.equal(await page.getByLabel("Name of the model").getAttribute("aria-invalid"), "true");
      }
      await page.getByLabel("Name of the model").fill("once");
      assert.equal(await page.getByLabel("Name of the model").getAttribute("aria-invalid"), "false");
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("button", {name: "Try again"}).click();
      await page.waitForURL("**/#/jobs/*");
      assert.equal(keys.length, 2);
      assert.match(keys[0], /^[0-9a-f]{32}$/);
      assert.equal(keys[0], keys[1]);
    });

    test("what was not promoted is served by hand, where that is allowed", async (t) => {
      const folder = scratchFolder(t);
      const server = await serve(t, folder, "--models", site.models, "--allow-training", "--admin");
      const page = await openPage(t, site.browser, `${server.origin}/#/train`);
      await chooseFile(page, TITANIC);
      await page.getByLabel("Name of the model").fill("later");
      await page.getByLabel("Serve it as soon as it is trained").uncheck();
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "later is stored"}).waitFor();
      await page.getByRole("button", {name: "Serve it"}).click();
      await page.getByRole("heading", {name: "later serves"}).and(page.locator(":focus")).waitFor();
      await page.goto(`${server.origin}/#/models/later`);
      const versions = page.getByRole("region", {name: "Versions", exact: true});
      await versions.getByText("serves", {exact: true}).waitFor();
      assert.match(await versions.innerText(), /\b1\b/);
      await expectAccessible(page, "a model");
    });

    test("the page of a training tells what has become of its version, and rests when it is left", async (t) => {
      const older = await train(site.origin, "twice", 1);
      const server = site.origin;
      const page = await openPage(t, site.browser, `${server}/#/jobs/${older.id}`);
      await page.getByRole("heading", {name: "twice serves"}).waitFor();
      const newer = await train(server, "twice", 2);
      await page.goto(`${server}/#/jobs/${newer.id}`);
      await page.getByRole("heading", {name: "twice serves"}).waitFor();
      await page.getByText("Version 2, on every server of this store.").waitFor();
      await page.goto(`${server}/#/jobs/${older.id}`);
      await page.getByText("Version 1 does not serve: there are 1 newer versions.").waitFor();

      await page.clock.install();
      const looks = /twice\/versions$/;
      await page.route(looks, (route) => route.fulfill({json: {name: "twice", serving: null, versions: []}}));
      const asked = page.waitForResponse(looks);
      await page.reload();
      await page.clock.runFor(100);
      await asked;
      await page.getByRole("link", {name: "All jobs"}).click();
      await page.locator(".jobs .succeeded").first().waitFor();
      const before = page.asked.length;
      await page.clock.runFor("10:00");
      assert.deepEqual(page.asked.slice(before).filter((url) => looks.test(url)), []);
    });

    test("columns may have any name", async (t) => {
      const folder = scratchFolder(t);
      const page = await openPage(t, site.browser, `${site.origin}/#/train`);
      const csv = hostileCsv().replace("constructor", '"a, ""b"""');
      await chooseFile(page, write(folder, "hostile.csv", csv));
      await page.getByLabel("Use __proto__").uncheck();
      await page.getByLabel(`Take ${HOSTILE} as`).selectOption("categorical");
      await page.getByLabel("Name of the model").fill("any-name");
      await page.getByRole("button", {name: "Train"}).click();
      await page.getByRole("heading", {name: "any-name serves"}).waitFor();
      const {features} = await (await fetch(`${site.origin}/models/any-name`)).json();
      assert.deepEqual(features.map(({name, kind}) => [name, kind]), [[HOSTILE, "categorical"], ['a, "b"', "categorical"]]);
      assert.equal(await page.locator("main img, main b").count(), 0);
    });

    test("the columns of a file fit a phone", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/train`, {viewport: {width: 390, height: 800}});
      await chooseFile(page, TITANIC);
      const [wide, seen] = await page.getByRole("region", {name: "Columns"}).evaluate((one) => [one.scrollWidth, one.clientWidth]);
      assert.equal(wide, seen);
    });

    test("a file that cannot be learned from is told about", async (t) => {
      const folder = scratchFolder(t);
      const page = await openPage(t, site.browser, `${site.origin}/#/train`, {statuses: [400, 422]});
      await page.locator("input[type=file]").setInputFiles(write(folder, "one.csv", "a,b\n1,2\n"));
      await page.getByRole("alert").waitFor();
      assert.notEqual(await textOf(page, "[role=alert]"), "");
      await expectAccessible(page, "a file of one row");
      await page.locator("input[type=file]").setInputFiles(write(folder, "note.txt", "x"));
      await page.getByText("A training wants a .csv file").waitFor();
    });
  });
}
