// Reads rows of a CSV text as the server does, to show them and to put predictions behind them, and
// writes CSV.

const DELIMITERS = [",", ";", "\t", "|"];
const SAMPLE = 1 << 16;  // characters, in which a delimiter is looked for
const MOST_RECORDS = 100;

/** The rows of a text, at most so many; a last row that is not whole is left out when `cut`. */
export function* csvRows(text, delimiter, most, cut = false) {
  let count = 0;
  let row = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  while (at < text.length && count < most) {
    const [value, end] = csvField(text, at, delimiter);
    const blank = row.length === 0 && !/[^ \t]/.test(text.slice(at, end));
    row.push(value);
    at = end + 1;
    if (text[end] === delimiter) continue;
    if (cut && end >= text.length) break;
    if (text[end] === "\r" && text[end + 1] === "\n") at += 1;
    if (!blank) {
      yield row;
      count += 1;
    }
    row = [];
  }
}

/** The value that begins at a place, without blanks around it, and where it ends. */
function csvField(text, at, delimiter) {
  const begin = afterBlanks(text, at);
  if (text[begin] !== '"') {
    let end = begin;
    while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end += 1;
    return [text.slice(begin, end).trim(), end];
  }
  let value = "";
  for (let i = begin + 1; i < text.length; ++i) {
    if (text[i] !== '"') value += text[i];
    else if (text[i + 1] === '"') value += text[++i];
    else return [value, afterBlanks(text, i + 1)];
  }
  return [value, text.length];
}

function afterBlanks(text, at) {
  while (text[at] === " ") at += 1;
  return at;
}

/**
 * The delimiter that stands most often in the header; one that stands in each of the first records as
 * often goes before one that does not. A comma when two are equally good, or none is there.
 */
export function delimiterOf(text) {
  const records = bareRecords(text);
  const merits = DELIMITERS.map((delimiter) => {
    const [header = 0, ...others] = records.map((record) => record.split(delimiter).length - 1);
    return others.every((times) => times === header) ? header * SAMPLE : header;  // above all that are not
  });
  const most = Math.max(...merits);
  const [best, other] = DELIMITERS.filter((_, i) => merits[i] === most);
  return other ? "," : best;
}

/** The first records that are whole, without what stands in quotes. */
function bareRecords(text) {
  for (let size = SAMPLE; ; size *= 2) {
    const lines = text.slice(0, size).replace(/"[^"]*("|$)/g, '"').split("\n");
    if (size < text.length) lines.pop();
    const records = lines.filter((line) => line.trim() !== "");
    if (records.length > 0 || size >= text.length) return records.slice(0, MOST_RECORDS);
  }
}

const quoted = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]|^[ \t]|[ \t]$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvLine = (row) => row.map(quoted).join(",") + "\n";
