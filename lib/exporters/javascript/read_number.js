const truths = new Map([
  ["true", 1], ["True", 1], ["TRUE", 1], ["false", 0], ["False", 0], ["FALSE", 0],
]);

/** What a text that is no number should have been. */
function expectedNumber(text, kind) {
  if (kind === "boolean") return "true or false";
  const hasDecimalComma = text.includes(",") && parseNumber(text.replaceAll(",", ".")) !== undefined;
  return hasDecimalComma
    ? "a number: it has a decimal comma where a point belongs"
    : "a number";
}

/** A number; NaN where it is missing. */
function readNumber(record, { name, kind }) {
  const value = valueOf(record, name);
  if (value === undefined) return NaN;
  let number = value;
  if (typeof value === "string") {
    number = parseNumber(value) ?? truths.get(value);
    if (number === undefined) {
      throw fieldError(name, `${shown(value)} is not ${expectedNumber(value, kind)}`);
    }
  } else if (typeof value === "boolean" || typeof value === "bigint") {
    number = Number(value);
  } else if (typeof value !== "number") {
    throw fieldError(name, `${inWords(value)} is not a number`);
  }
  if (Math.abs(number) > 1e150) throw fieldError(name, `${number} is not a number up to 1e150`);
  return number;
}
