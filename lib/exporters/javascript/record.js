/** What a value is, in words. */
function inWords(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
}

function fieldError(name, what) {
  return new TypeError(`field '${JSON.stringify(name).slice(1, -1)}': ${what}`);
}

/** A text for a message: not all of a long one. */
function shown(text) {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** The field of a record; undefined where it is missing. */
function valueOf(record, name) {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return value === null || missingTexts.has(value) ? undefined : value;
}

function requireRecord(record) {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw new TypeError(`a record is not an object but ${inWords(record)}`);
  }
  if (!features.some(({ name }) => Object.hasOwn(record, name))) {
    const names = features.map(({ name }) => name).join(", ");
    throw new TypeError(`a record has none of the features ${names}`);
  }
}
