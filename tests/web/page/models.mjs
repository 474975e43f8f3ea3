// The models that the tests of the page ask: trained once, served by one server.

import {copyFileSync, mkdirSync, renameSync} from "node:fs";
import path from "node:path";

import {ROOT, run, TITANIC, write} from "./server.mjs";

/** A name of a column, and of a model, that means harm: markup, quotes of all languages, blanks. */
export const HOSTILE = `<img src=x onerror="window.bad=1"> 'it''s' "$(id)" \\u0041 größe 😀`;
export const CATEGORY = "</script><b>b</b>";

const field = (text) => `"${text.replaceAll('"', '""')}"`;

/** CSV with such names and categories; who is taken for what depends on the row's number. */
export function hostileCsv() {
  const rows = Array.from({length: 40}, (_, i) => [
    i % 7, field(i % 2 ? CATEGORY : "__proto__"), i % 3 ? 1 : 2, (i + (i % 2)) % 4 > 1 ? "yes" : "<i>no</i>"].join(","));
  return `${field(HOSTILE)},constructor,__proto__,label\n${rows.join("\n")}\n`;
}

export function wideCsv(name) {
  const names = Array.from({length: 500}, (_, i) => `${name}${i}`);
  const rows = Array.from({length: 60}, (_, row) =>
    [...names.map((_, i) => ((row * 31 + i * 17) % 97) / 10), row % 3 === 0 ? "on" : "off"].join(","));
  return `${names.join(",")},state\n${rows.join("\n")}\n`;
}

/** Numbers that locales write with groups. */
function houseCsv() {
  const rows = Array.from({length: 40}, (_, i) => `${1148.5 + 1300 * i},${1e6 * (i + (i * 7) % 5)}`);
  return `size,price\n${rows.join("\n")}\n`;
}

/** Puts the models into a folder of their own; returns its path. */
export function trainModels(folder) {
  const models = path.join(folder, "models");
  mkdirSync(models);
  for (const name of ["kinds_v2", "counts_v2"]) {
    copyFileSync(path.join(ROOT, "tests/golden", `${name}.json`), path.join(models, `${name}.json`));
  }
  const train = (name, data, ...options) => {
    run(folder, "train", data, ...options, "-o", "trained.json");
    renameSync(path.join(folder, "trained.json"), path.join(models, `${name}.json`));
  };
  train("titanic", TITANIC);
  train("port", TITANIC, "--target", "Embarked", "--features", "Age,Sex,Pclass");
  train(HOSTILE, write(folder, "hostile.csv", hostileCsv()), "--target", "label");
  train("houses", write(folder, "houses.csv", houseCsv()), "--target", "price");
  train("wide", write(folder, "wide.csv", wideCsv("reading_")), "--target", "state", "--test-size", 0);
  return models;
}
