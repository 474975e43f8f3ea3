// A place to drop a file, or to choose one, and what can be seen of the file before it is sent.

import {card, freshId, make, table} from "./dom.js";
import {csvRows, delimiterOf} from "./csv.js";
import {bytes} from "./format.js";

export const CSV = "text/csv";
const TYPES = [
  [/\.csv(\.gz)?$/i, CSV],
  [/\.(jsonl|ndjson)(\.gz)?$/i, "application/x-ndjson"],
  [/\.json(\.gz)?$/i, "application/json"],
];
export const ALL_TYPES = TYPES.map(([, type]) => type);
const PREVIEW_BYTES = 256 * 1024;

/** {element, reset()}: calls `take` with each file. `words` say what to drop. */
export function dropPlace(words, accept, take) {
  const id = freshId();
  const input = make("input", {type: "file", id, accept, onchange: () => {
    const [file] = input.files;
    input.value = "";  // the same file may come again
    if (file) take(file);
  }});
  const element = make("div", {class: "drop"}, input,
      make("label", {htmlFor: id}, make("strong", {}, words), " ",
          make("span", {}, "Drop it here, or choose one from your machine.")));
  const over = (on) => (event) => {
    event.preventDefault();
    element.classList.toggle("over", on);
  };
  element.addEventListener("dragover", over(true));
  element.addEventListener("dragleave", over(false));
  element.addEventListener("drop", (event) => {
    over(false)(event);
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
  return element;
}

/** Its media type by its name; undefined for a file that is none of ours. */
export const mediaTypeOf = ({name}) => TYPES.find(([pattern]) => pattern.test(name))?.[1];

/** Headers that tell the server how to read the file. */
export const headersOf = (file) => ({
  "Content-Type": mediaTypeOf(file),
  ...(file.name.toLowerCase().endsWith(".gz") ? {"Content-Encoding": "gzip"} : {}),
});

/** The text at the begin of a file, unpacked if need be, and whether there is more. */
async function beginOf(file) {
  let stream = file.stream();
  if (file.name.toLowerCase().endsWith(".gz")) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return {text, cut: false};
    text += value;
    if (text.length > PREVIEW_BYTES) {
      await reader.cancel();
      return {text, cut: true};
    }
  }
}

/** {names, rows} of the first `most` rows; what cannot be read has none: the server will say why. */
export async function previewOf(file, most) {
  try {
    const {text, cut} = await beginOf(file);
    if (mediaTypeOf(file) === CSV) {
      const [names = [], ...rows] = csvRows(text, delimiterOf(text), most + 1, cut);
      return {names, rows};
    }
    return recordPreview(recordsIn(text, mediaTypeOf(file), cut), most);
  } catch {
    return {names: [], rows: []};
  }
}

function recordsIn(text, type, cut) {
  if (type === "application/json") {
    const whole = cut ? [] : JSON.parse(text);
    return Array.isArray(whole) ? whole : [whole];
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (cut) lines.pop();
  return lines.map((line) => JSON.parse(line));
}

function recordPreview(records, most) {
  const first = records.slice(0, most);
  const names = [...new Set(first.flatMap(Object.keys))];
  return {names, rows: first.map((record) => names.map((name) => record[name] ?? ""))};
}

/** A file that was taken, with rows of its preview, what is wrong with it, and what can be done. */
export const fileCard = (file, names, rows, wrong, ...children) => card("The file",
    make("h2", {}, file.name, " ", make("small", {}, bytes(file.size))),
    rows.length > 0 && table(`First rows of ${file.name}`, names, rows.map((row) => row.map(String)), {class: "data"}),
    wrong && make("p", {class: "error", role: "alert"}, wrong), children);

/** Why a file cannot be sent, "" if it can. */
export const whyNot = (file, types, limit) => (!types.includes(mediaTypeOf(file)) ?
  `${types.length > 1 ? "This page sends .csv, .json, .jsonl and .ndjson files" : "A training wants a .csv file"}, also gzipped (.gz).` :
  file.size > limit ? `The server takes up to ${bytes(limit)}.` : file.size === 0 ? "The file is empty." : "");
