// What was predicted for the rows of a file: the first of them as a table, all of them to take away.

import {hasKey, send} from "./api.js";
import {actions, button, card, hint, link, make, table} from "./dom.js";
import {csvRows, csvText, delimiterOf} from "./csv.js";
import {CSV, mediaTypeOf} from "./dropped.js";
import {count, counted, moment, number, percent} from "./format.js";
import {problemView} from "./problems.js";

export const FIRST_ROWS = 20;
const FORMATS = [["csv", "CSV"], ["json", "JSON"]];

/** The result that came at once. */
export async function answeredResult(told, file, preview) {
  const records = told.prediction.slice(0, FIRST_ROWS).map(
      (prediction, i) => ({prediction, probabilities: told.probabilities?.[i]}));
  const rows = await joinedRows(told, file);
  const name = file.name.replace(/\.[^.]*(\.gz)?$/, "");
  return card("Result",
      make("h2", {}, counted(told.prediction.length, "prediction")),
      firstRows(records, preview, told.prediction.length),
      actions(saveButton("Save as CSV", `${name}.predictions.csv`, CSV, () => csvText(rows)),
          saveButton("Save as JSON", `${name}.predictions.json`, "application/json", () => JSON.stringify(told))));
}

/** The result of a predict job that has succeeded; `input` has the first rows of the file, if known. */
export async function jobResult(job, input) {
  const {rows, warnings} = job.summary ?? {};
  const title = make("h2", {}, rows === undefined ? "Predictions" : counted(rows, "prediction"));
  try {
    return card("Result", title, firstRows(await firstRecords(job), input, rows),
        actions(FORMATS.map(([format, name]) => download(job, format, name))),
        hint("One prediction a row of the file, in its order",
            job.expires_at ? `, kept until ${moment(job.expires_at)}.` : "."),
        warningList(warnings));
  } catch (problem) {
    return card("Result", title, problemView(problem));
  }
}

/** How often values were missing, unknown or out of range. */
function warningList(warnings) {
  const entries = Object.entries(warnings || {});
  if (entries.length === 0) return null;
  const words = [["missing", "missing"], ["unknown", "never seen in training"], ["out_of_range", "outside of what training saw"]];
  return make("details", {}, make("summary", {}, `Values worth a look in ${counted(entries.length, "feature")}`),
      make("ul", {}, entries.map(([name, counts]) => make("li", {}, make("strong", {}, name), ": ",
          words.filter(([kind]) => counts[kind]).map(([kind, text]) => `${count(counts[kind])} ${text}`).join(", ")))));
}

/** The first records of a result, however long it is: what follows is not read. */
async function firstRecords(job) {
  const answer = await send(`jobs/${job.id}/result?format=jsonl`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let ended = false;
  while (!ended && text.split("\n").length <= FIRST_ROWS) {
    const {done, value} = await reader.read();
    ended = done;
    text += value ?? "";
  }
  await reader.cancel();
  return text.split("\n").slice(0, FIRST_ROWS).filter(Boolean).map((line) => JSON.parse(line));
}

/** The records beside the rows that they answer. */
function firstRows(records, input, total) {
  const names = input?.names ?? [];
  const classes = Object.keys(records.find(({probabilities}) => probabilities)?.probabilities ?? {}).slice(0, 6);
  const heads = ["Row", "Prediction", ...classes.map((name) => `P(${name})`), ...names];
  const rows = records.map(({prediction, probabilities}, i) => [
    count(i + 1),
    make("strong", {}, typeof prediction === "number" ? number(prediction) : String(prediction ?? "–")),
    ...classes.map((name) => (probabilities ? percent(probabilities[name]) : "–")),
    ...names.map((_, k) => String(input.rows[i]?.[k] ?? "")),
  ]);
  const note = total > records.length ? `The first ${count(records.length)} of ${counted(total, "row")}` : "";
  return [
    table("First predictions", heads, rows, {numeric: [0, ...classes.map((_, k) => k + 2)], class: "data"}),
    note && hint(note),
  ];
}

/** The file's own columns, if they are a table, with the predictions behind them. */
async function joinedRows({prediction, probabilities}, file) {
  const classes = probabilities ? Object.keys(probabilities[0] ?? {}) : [];
  const heads = ["prediction", ...classes.map((name) => `probability_${name}`)];
  const cells = prediction.map((value, i) => [value, ...classes.map((name) => probabilities[i]?.[name])]);
  if (mediaTypeOf(file) === CSV && !file.name.toLowerCase().endsWith(".gz")) {
    const text = await file.text();
    const [names, ...rows] = csvRows(text, delimiterOf(text), Infinity);
    if (rows.length === cells.length) {
      return [[...names, ...heads], ...rows.map((row, i) => [...row, ...cells[i]])];
    }
  }
  return [heads, ...cells];
}

// A link of the browser's own, which writes to the disk as the bytes come; it cannot send a key.
function download(job, format, title) {
  const path = `jobs/${job.id}/result?format=${format}`;
  const name = `${job.model}.predictions.${format}`;
  return link(`Save as ${title}`, path, {class: "button", download: name, onclick: async (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    save(name, await (await send(path)).blob());
  }});
}

const saveButton = (text, name, type, content) =>
  button(text, () => save(name, new Blob([content()], {type})));

function save(name, blob) {
  const url = URL.createObjectURL(blob);
  make("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
