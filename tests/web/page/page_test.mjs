// The page of a running server in headless Chromium. The environment names the program in MLSERVE and
// the browser in CHROMIUM. Arguments are suites, all by default; `node --test-name-pattern WORDS` runs some
// of the tests.

import {after, before} from "node:test";

import {askTests} from "./ask_test.mjs";
import {startBrowser} from "./browser.mjs";
import {fileTests} from "./file_test.mjs";
import {frameTests} from "./frame_test.mjs";
import {jobTests} from "./jobs_test.mjs";
import {measureTests} from "./measures_test.mjs";
import {trainModels} from "./models.mjs";
import {scratchFolder, serve} from "./server.mjs";
import {trainTests} from "./train_test.mjs";
import {watchTests} from "./watch_test.mjs";

const SUITES = {
  frame: frameTests, ask: askTests, file: fileTests, jobs: jobTests, watch: watchTests, train: trainTests,
  measures: measureTests,
};

/** What most tests share: {browser, folder, models, origin}. The server has a store, and trains. */
const site = {};
const endings = [];
const suite = {after: (ending) => endings.unshift(ending)};

before(async () => {
  site.folder = scratchFolder(suite);
  site.models = trainModels(site.folder);
  site.browser = await startBrowser();
  suite.after(() => site.browser.close());
  ({origin: site.origin} = await serve(suite, site.folder, "--models", "models", "--allow-training"));
});
after(async () => { for (const end of endings) await end(); });

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SUITES);
for (const name of wanted) SUITES[name](site);
