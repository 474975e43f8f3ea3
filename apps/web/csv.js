// Reads the first rows of a CSV text, to show them, and writes CSV. What counts is what the server
// reads: this is for looking alone.

const DELIMITERS = [",", ";", "\t", "|"];

/** The rows of a text, at most so many; a last row that is not whole is left out when `cut`. */
export function* csvRows(text, delimiter, most, cut = false) {
  let count = 0;
  let row = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  while (at < text.length && count < most) {
    const [value, end] = csvField(text, at, delimiter);
    row.push(value);
    at = end + 1;
    if (text[end] === delimiter) continue;
    if (cut && end >= text.length) break;
    if (text[end] === "\r" && text[end + 1] === "\n") at += 1;
    if (row.length > 1 || row[0] !== "") {
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

/** The delimiter that stands most often in the first line, outside of quotes. */
export function delimiterOf(text) {
  const [line = ""] = text.replace(/"[^"]*"/g, "").split(/\r?\n/, 1);
  const times = (delimiter) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (times(one) > times(best) ? one : best));
}

const quoted = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvLine = (row) => row.map(quoted).join(",") + "\n";
