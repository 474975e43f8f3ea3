/** A text; undefined where it is missing. */
function readString(record, { name }) {
  const value = valueOf(record, name);
  if (value !== undefined && typeof value !== "string") {
    throw fieldError(name, `${inWords(value)} is not a string`);
  }
  return value;
}
