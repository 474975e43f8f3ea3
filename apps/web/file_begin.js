// What can be known of a file before it is sent: its type, its first rows, the records at its begin.

import {Problem} from "./api.js";
import {csvRows, delimiterOf} from "./csv.js";

export const CSV = "text/csv";
const TYPES = [
  [/\.csv(\.gz)?$/i, CSV],
  [/\.(jsonl|ndjson)(\.gz)?$/i, "application/x-ndjson"],
  [/\.json(\.gz)?$/i, "application/json"],
];
export const ALL_TYPES = TYPES.map(([, type]) => type);
const PREVIEW_BYTES = 256 * 1024;
const MOST_CHARACTERS = 200;  // of a value: it is shown, and remembered, for orientation alone

/** Its media type by its name; undefined for a file that is none of ours. */
export const mediaTypeOf = ({name}) => TYPES.find(([pattern]) => pattern.test(name))?.[1];

export const isPacked = ({name}) => /\.gz$/i.test(name);

/** Headers that tell the server how to read the file. */
export const headersOf = (file) => ({
  "Content-Type": mediaTypeOf(file),
  ...(isPacked(file) ? {"Content-Encoding": "gzip"} : {}),
});

/** Throws a Problem if the file is no longer what was chosen: the browser then gives none of it. */
export async function requireReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem(422, {detail: "The file cannot be read: it has changed, or it is a folder. Choose it again."});
  }
}

/** The first `most` bytes of a file, unpacked if need be, and whether there are more. */
async function beginOf(file, most) {
  if (!isPacked(file)) return {begin: file.slice(0, most), cut: file.size > most};
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const pieces = [];
  let size = 0;
  try {
    while (size <= most) {
      const {done, value} = await reader.read();
      if (done) return {begin: new Blob(pieces), cut: false};
      pieces.push(value);
      size += value.length;
    }
    await reader.cancel();
  } catch {
    // Where a second member begins browsers fail; the server reads them all.
    if (size === 0) throw new Problem(422, {detail: "The file cannot be unpacked."});
  }
  return {begin: new Blob(pieces).slice(0, most), cut: true};
}

/** What a schema is inferred from: the records that are whole in the first `most` bytes of a CSV file. */
export async function firstRecords(file, most) {
  const {begin, cut} = await beginOf(file, most);
  if (!cut) return {records: begin, cut};
  return {records: begin.slice(0, endOfRecords(new Uint8Array(await begin.arrayBuffer()))), cut};
}

/** Where the last record ends that is whole; at the end of the text if none is: the server will say why. */
function endOfRecords(bytes) {
  const [lineFeed, quote] = [10, 34];
  let end = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; ++i) {
    if (bytes[i] === quote) quoted = !quoted;
    else if (bytes[i] === lineFeed && !quoted) end = i + 1;
  }
  return end || bytes.length;
}

/** {names, rows} of the first `most` rows; what cannot be read has none: the server will say why. */
export async function previewOf(file, most) {
  try {
    const {begin, cut} = await beginOf(file, PREVIEW_BYTES);
    const text = await begin.text();
    if (mediaTypeOf(file) === CSV) {
      const [names = [], ...rows] = csvRows(text, delimiterOf(text), most + 1, cut);
      return {names, rows: rows.map((row) => row.map(shortened))};
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
  return {names, rows: first.map((record) => names.map((name) => shortened(record[name] ?? "")))};
}

function shortened(value) {
  const text = String(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}
