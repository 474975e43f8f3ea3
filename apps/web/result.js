// What was predicted for the rows of a file: the first of them as a table, all of them to take away.

import {bodyOf, hasKey, send, unanswered} from "./api.js";
import {actions, button, card, fill, hint, link, make, table} from "./dom.js";
import {csvLine, csvRows, delimiterOf} from "./csv.js";
import {CSV, isPacked, mediaTypeOf, requireReadable} from "./file_begin.js";
import {count, counted, moment, number, percent} from "./format.js";
import {problemView} from "./problems.js";

export const FIRST_ROWS = 20;
const MOST_CLASSES = 6;  // with a column each; of more, the probability of what was predicted
const FORMATS = [["csv", "CSV"], ["json", "JSON"]];

/** The result that came at once, for {file, preview, model}. */
export function answeredResult(told, {file, preview, model}) {
  const records = told.prediction.slice(0, FIRST_ROWS).map(
      (prediction, i) => ({prediction, probabilities: told.probabilities?.[i]}));
  const name = file.name.replace(/\.[^.]*(\.gz)?$/, "");
  const trouble = make("div");
  const saveButton = (text, ending, type, pieces) => button(text, async () => {
    try {
      save(`${name}.predictions.${ending}`, new Blob(await pieces(), {type}));
      fill(trouble);
    } catch (problem) {
      fill(trouble, problemView(problem));
    }
  });
  return card("Result",
      make("h2", {}, counted(told.prediction.length, "prediction"), " ", make("small", {}, `by ${model.name}`)),
      firstRows(records, preview, told.prediction.length),
      actions(saveButton("Save as CSV", "csv", CSV, () => joinedLines(told, file)),
          saveButton("Save as JSON", "json", "application/json", () => [JSON.stringify(told)])), trouble);
}

/** The result of a predict job that has succeeded; `input` has the first rows of the file, if known. */
export async function jobResult(job, input) {
  const {rows, warnings} = job.summary ?? {};
  const title = make("h2", {}, rows === undefined ? "Predictions" : counted(rows, "prediction"));
  const trouble = make("div");
  return card("Result", title, firstRows(await firstRecords(job), input, rows),
      actions(FORMATS.map(([format, name]) => download(job, format, name, trouble))), trouble,
      hint("One prediction a row of the file, in its order",
          job.expires_at ? `, kept until ${moment(job.expires_at)}.` : "."),
      warningList(warnings));
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
    const {done, value} = await reader.read().catch((error) => { throw unanswered(error); });
    ended = done;
    text += value ?? "";
  }
  await reader.cancel();
  return text.split("\n").slice(0, FIRST_ROWS).filter(Boolean).map((line) => JSON.parse(line));
}

/** The records beside the rows that they answer. */
function firstRows(records, input, total) {
  const names = input?.names ?? [];
  const classes = Object.keys(records.find(({probabilities}) => probabilities)?.probabilities ?? {});
  const many = classes.length > MOST_CLASSES;
  const shares = many ? [["Probability", (record) => record.prediction]] :
    classes.map((name) => [`P(${name})`, () => name]);
  const heads = ["Row", "Prediction", ...shares.map(([head]) => head), ...names];
  const rows = records.map((record, i) => [
    count(i + 1),
    make("strong", {}, typeof record.prediction === "number" ? number(record.prediction) : String(record.prediction ?? "–")),
    ...shares.map(([, classOf]) => (record.probabilities ? percent(record.probabilities[classOf(record)]) : "–")),
    ...names.map((_, k) => String(input.rows[i]?.[k] ?? "")),
  ]);
  const note = total > records.length ? `The first ${count(records.length)} of ${counted(total, "row")}` : "";
  return [
    table("First predictions", heads, rows, {numeric: [0, ...shares.map((_, k) => k + 2)], class: "data"}),
    note && hint(note),
  ];
}

/** Lines of CSV: the file's own columns, if they are a table, with the predictions behind them. */
async function joinedLines({prediction, probabilities}, file) {
  const classes = probabilities ? Object.keys(probabilities[0] ?? {}) : [];
  const answers = [["prediction", ...classes.map((name) => `probability_${name}`)],
    ...prediction.map((value, i) => [value, ...classes.map((name) => probabilities[i]?.[name])])];
  if (mediaTypeOf(file) === CSV && !isPacked(file)) {
    await requireReadable(file);
    const text = await file.text();
    const lines = [];
    for (const row of csvRows(text, delimiterOf(text), Infinity)) {
      lines.push(csvLine([...row, ...(answers[lines.length] ?? [])]));
    }
    if (lines.length === answers.length) return lines;
  }
  return answers.map(csvLine);
}

// A link of the browser's own, which writes to the disk as the bytes come; it cannot send a key.
function download(job, format, title, trouble) {
  const path = `jobs/${job.id}/result?format=${format}`;
  const name = `${job.model}.predictions.${format}`;
  return link(`Save as ${title}`, path, {class: "button", download: name, onclick: async (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    fill(trouble);
    try {
      save(name, await bodyOf(await send(path), "blob"));
    } catch (problem) {
      fill(trouble, problemView(problem));
    }
  }});
}

function save(name, blob) {
  const url = URL.createObjectURL(blob);
  make("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
